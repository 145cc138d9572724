import { describe } from '../errors';
import { CloneError } from './clone-error';
import { Copier } from './copier';
import type { StorageCodec } from './storage-codec';

/** `T` as `frozen` hands it out: read-only in its type here, and by `frozen` when the program runs. */
export type DeepReadonly<T> = T extends Whole
  ? T
  : T extends readonly unknown[]
    ? number extends T['length']
      ? readonly DeepReadonly<T[number]>[]
      : { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;

/** Primitives are named, so that one with a brand, such as `string & { __brand: 'Id' }`, is not taken for an object. */
type Whole = string | number | bigint | boolean | null | undefined | ((...args: never[]) => unknown);

/**
 * Copies on save and freezes the copy deeply; every load hands out that same frozen object, at no cost.
 * What freezing can't protect, such as a Date or a Map, is refused: it takes plain objects, arrays and primitives.
 *
 * Give the registry `DeepReadonly<T>`, so that the type of what is loaded is read-only too. What is saved may be mutable.
 *
 * @example
 * const registry = new SharedMemoryRegistry<DeepReadonly<Settings>>({ codec: frozen });
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path
 */
export const frozen = {
  encode(data: unknown): unknown {
    return new Copier(freeze).run(data, 'data that can be frozen: plain objects, arrays, primitives');
  },

  decode<T>(data: unknown): DeepReadonly<T> {
    return data as DeepReadonly<T>;
  },
} satisfies StorageCodec<unknown>;

function freeze(copy: object): void {
  const prototype: unknown = Object.getPrototypeOf(copy);
  if (prototype !== Object.prototype && prototype !== Array.prototype) throw new CloneError(describe(copy));
  Object.freeze(copy);
}
