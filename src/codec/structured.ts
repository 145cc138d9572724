import { Copier } from './copier';
import { copyTree } from './copy-tree';
import { jsonSize } from './json-size';
import type { StorageCodec } from './storage-codec';

/**
 * The default. Keeps what the structured clone algorithm keeps (HTML Standard, "Safe passing of structured data"): Date,
 * Map, Set, bigint, typed arrays, cycles and so on; instances of classes become plain objects. Copies are objects of this
 * realm: what was loaded passes `toStrictEqual` under Jest, where the global `structuredClone` makes objects of another
 * realm, or is missing. Plain objects, arrays and primitives are copied several times faster than by that function.
 *
 * Blob, File and DOMException are kept as well, wherever the environment can make them.
 *
 * Refused, as in IndexedDB: functions, symbols, shared memory, and platform objects that can't be cloned, such as an Event or a
 * URL, of which Node would make `{}`. Unlike there:
 * - A live Proxy is copied as what it shows: the codec `strict` refuses it.
 * - A plain object or array that is in the data twice becomes two, as in JSON (a cycle stays a cycle). From 100,000 objects
 *   on, what is one stays one, so that copying ends.
 * - An array is copied as by `slice`: its named properties, such as the `index` of a match, are dropped.
 * - Nesting beyond 1,000 levels is refused (of Maps, Sets and Errors, beyond 250).
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path
 */
export const structured = {
  encode(data: unknown): unknown {
    return new Copier().run(data);
  },

  /** Most data is a plain tree, and what is stored has no getters: it can be tried, at next to no cost. */
  decode<T>(encoded: unknown): T {
    if (typeof encoded !== 'object' || encoded === null) return encoded as T;
    return (copyTree(encoded) ?? new Copier().run(encoded)) as T;
  },

  measure: jsonSize,
} satisfies StorageCodec<unknown>;
