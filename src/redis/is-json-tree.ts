import { isPrototypeOdd } from '../codec/copy-tree';

/** Deeper data may contain itself. */
const DEEP = 200;
/** Objects may refer to each other in so many ways that a tree of them would have no end. */
const MANY_PARTS = 100_000;

/**
 * Whether JSON keeps all of a value that `Copier` has made: plain objects, arrays without holes, and those primitives that JSON has
 * words for; not very deep or very many.
 */
export function isJsonTree(value: unknown): boolean {
  return !isPrototypeOdd() && !('toJSON' in Array.prototype) && isTree(value, { parts: 0 }, 0);
}

function isTree(value: unknown, met: { parts: number }, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  met.parts += 1;
  if (depth > DEEP || met.parts > MANY_PARTS) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!isTree(value[index], met, depth + 1)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) if (!isTree(value[key as keyof typeof value], met, depth + 1)) return false;
  return true;
}
