import { Copier } from './copier';
import { copyTree } from './copy-tree';
import { jsonSize, plainSize } from './json-size';
import { Refusal, refusal } from './refusal';
import type { StorageCodec } from './storage-codec';

/**
 * Copies as the structured clone algorithm does (HTML Standard, "Safe passing of structured data"), into objects of
 * this realm: what was loaded passes `toStrictEqual` under Jest, where the global `structuredClone` makes objects of
 * another realm, or is missing. A tree of plain objects, arrays and primitives, which is what most applications store,
 * is copied several times faster.
 *
 * Refused as in IndexedDB: functions, symbols, shared memory, and platform objects that can't be cloned. It differs from
 * the algorithm in this:
 * - A plain object or array that is in the data twice becomes two, as in JSON: remembering every object that was met
 *   would cost as much as copying it. What refers back to an object that contains it does so in the copy.
 * - An array is copied as by `slice`, so its named properties, such as the `index` of a match, are dropped, as in JSON:
 *   looking for them would take as long as copying the array.
 * - Nesting beyond 1,000 levels is refused (of Maps, Sets and Errors, beyond 250): a load must not run out of stack.
 * - What no code can see: a live Proxy, and the `arguments` of a function, are copied as the objects they look like; a view
 *   that grows with its buffer has the length it had.
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path
 */
export const structured = { encode, decode, measure } satisfies StorageCodec<unknown>;

/** Data that is no plain tree: a load copies it with all the care that its save took. */
class Graph {
  constructor(readonly data: object) {}

  toJSON(): object {
    return this.data;
  }
}

function encode(data: unknown): unknown {
  const copier = new Copier();
  const copy = run(copier, data);
  return copier.metTree ? copy : new Graph(copy as object);
}

function decode<T>(encoded: unknown): T {
  if (typeof encoded !== 'object' || encoded === null) return encoded as T;
  return (encoded instanceof Graph ? run(new Copier(), encoded.data) : copyTree(encoded)) as T;
}

function measure(encoded: unknown): number {
  return encoded instanceof Graph ? jsonSize(encoded.data) : plainSize(encoded);
}

/**
 * A copy that shares no object with the value, and is of the type that the value has.
 * @param expected what the error says when there can be none
 * @param settle is given the copy of each object in it when that is complete
 */
export function clone<T>(value: T, expected?: string, settle?: (copy: object) => void): T {
  return run(new Copier(settle), value, expected) as T;
}

function run(copier: Copier, value: unknown, expected = 'data that can be copied'): unknown {
  try {
    return copier.copy(value);
  } catch (error) {
    const { received, cause } = Refusal.from(error);
    throw refusal('ERR_UNCLONEABLE', expected, received, cause);
  }
}
