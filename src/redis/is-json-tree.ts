import { DEEP, isPrototypeOdd, MANY_NODES } from '../codec/copy-tree';

/**
 * Whether JSON keeps all of a value that `Copier` has made: plain objects, arrays without holes, and those primitives that JSON has
 * words for; not very deep or very many.
 */
export function isJsonTree(value: unknown): boolean {
  return !isPrototypeOdd() && !('toJSON' in Array.prototype) && isTree(value, { nodes: 0 }, 0);
}

function isTree(value: unknown, met: { nodes: number }, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  met.nodes += 1;
  if (depth > DEEP || met.nodes > MANY_NODES) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!isTree(value[index], met, depth + 1)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) if (!isTree(value[key as keyof typeof value], met, depth + 1)) return false;
  return true;
}
