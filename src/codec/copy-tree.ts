type Members = Record<string, unknown>;

/**
 * A copy of a plain tree: plain objects, arrays and primitives, not very deep or very many. Nothing for anything else.
 * There must be no getters and no symbol keys in it, as there are none in what `Copier` has made.
 */
export function copyTree(source: object): object | undefined {
  try {
    return copyNode(source, { nodes: 0 }, 0);
  } catch (error) {
    if (error === NO_TREE) return undefined;
    throw error;
  }
}

const NO_TREE = Symbol('no tree');
/** Something contains itself, or is as deep as what does. */
const DEEP = 200;
/** Objects may refer to each other in so many ways that a tree of them would have no end. */
const MANY_NODES = 100_000;

function copyNode(source: object, met: { nodes: number }, depth: number): object {
  met.nodes += 1;
  if (depth > DEEP || met.nodes > MANY_NODES) throw NO_TREE;
  const prototype: unknown = Object.getPrototypeOf(source);
  if (prototype === Object.prototype) return copyObject(source as Members, met, depth);
  if (prototype !== Array.prototype || !Array.isArray(source)) throw NO_TREE;
  // Before `slice`, which goes through every place of an array: a sparse one may have four thousand million.
  met.nodes += source.length / 8;
  if (met.nodes > MANY_NODES) throw NO_TREE;
  const copy: unknown[] = source.slice();
  for (let index = countNumbers(copy); index < copy.length; index += 1) {
    const value = copy[index];
    if (typeof value === 'object' && value !== null) copy[index] = copyNode(value, met, depth + 1);
  }
  return copy;
}

function copyObject(source: Members, met: { nodes: number }, depth: number): object {
  const copy = spread(source);
  for (const key in copy) {
    const value = copy[key];
    // A program may have put an enumerable object on Object.prototype; its key comes up here as well.
    if (typeof value === 'object' && value !== null && Object.hasOwn(copy, key)) copy[key] = copyNode(value, met, depth + 1);
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
 * V8 makes `{ ...source }` fast for each place in the code that has met a few shapes of objects (30 ns for eight
 * members), and slow for one that has met many (130 ns). So there are many places, and objects that begin with the same
 * key go to the same one. With 64, an application may have a hundred shapes before it gets slower. They are written out
 * because functions that a loop makes share one place.
 */
function spread(source: Members): Members {
  for (const key in source) {
    // Any number that tells keys apart a little will do; of an empty key it is 0.
    const place = PLACES[(key.length * 7 + key.charCodeAt(0)) & 63] as Spread;
    return place(source);
  }
  return {};
}

type Spread = (source: Members) => Members;

const PLACES: readonly Spread[] = [
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
  (source) => ({ ...source }),
];
