/**
 * A copy of a plain tree: plain objects, arrays and primitives, not very deep or very many. Nothing for anything else.
 * There must be no getters and no symbol keys in it, as there are none in what `Copier` has made.
 */
export function copyTree(source: object): object | undefined {
  if (isPrototypeOdd()) return undefined;
  try {
    return copyNode(source, { nodes: 0 }, 0);
  } catch (error) {
    if (error === NO_TREE) return undefined;
    throw error;
  }
}

const NO_TREE = Symbol('no tree');
/** Deeper data may contain itself: it is left to `Copier`. */
export const DEEP = 200;
/** Objects may refer to each other in so many ways that a tree of them would have no end. */
export const MANY_NODES = 100_000;

function copyNode(source: object, met: { nodes: number }, depth: number): object {
  met.nodes += 1;
  if (depth > DEEP || met.nodes > MANY_NODES) throw NO_TREE;
  if (Array.isArray(source)) return copyArray(source, met, depth);
  if (Object.getPrototypeOf(source) !== Object.prototype) throw NO_TREE;
  const copy: Record<string, unknown> = {};
  for (const key in source) {
    if (key === '__proto__') throw NO_TREE; // assignment would change the prototype
    const value: unknown = source[key as keyof typeof source];
    copy[key] = typeof value === 'object' && value !== null ? copyNode(value, met, depth + 1) : value;
  }
  return copy;
}

function copyArray(source: readonly unknown[], met: { nodes: number }, depth: number): object {
  // `slice` goes through every place, and a sparse array may have four thousand million.
  met.nodes += source.length >>> 3;
  if (Object.getPrototypeOf(source) !== Array.prototype || met.nodes > MANY_NODES) throw NO_TREE;
  const copy: unknown[] = source.slice();
  for (let index = countNumbers(copy); index < copy.length; index += 1) {
    const value = copy[index];
    if (typeof value === 'object' && value !== null) copy[index] = copyNode(value, met, depth + 1);
  }
  return copy;
}

/**
 * How many numbers a list begins with, for a loop to start after them: to one that has met lists of all kinds, V8 hands
 * each double in an object of its own, at ten times the cost. So the loop that counts them meets no other lists.
 */
export function countNumbers(list: readonly unknown[]): number {
  return typeof list[0] === 'number' ? countInNumbers(list) : 0;
}

function countInNumbers(list: readonly unknown[]): number {
  let index = 0;
  while (index < list.length && typeof list[index] === 'number') index += 1;
  return index;
}

/**
 * Whether plain assignment and `for…in` do more or less than with an object's own members: with an enumerable member on
 * `Object.prototype`, and where that is frozen.
 */
export function isPrototypeOdd(): boolean {
  for (const _key in Object.prototype) return true;
  return Object.isFrozen(Object.prototype);
}
