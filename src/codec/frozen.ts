import { describe } from '../errors';
import { plainSize } from './json-size';
import { Refusal } from './refusal';
import type { StorageCodec } from './storage-codec';
import { clone } from './structured';

/** `T` as `frozen` hands it out: nothing in it can be changed. */
export type DeepReadonly<T> = T extends Primitive ? T : T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** Named, so that one with a brand, such as `string & { __brand: 'Id' }`, is not taken for an object. */
type Primitive = string | number | bigint | boolean | null | undefined;

/**
 * Copies on save and freezes the copy deeply; every load hands out that same frozen object, at no cost.
 * What freezing can't protect (Date, Map, Set, ArrayBuffer and its views) is refused.
 *
 * What is loaded is read-only, and its type says so: what is saved need not be.
 *
 * @example
 * const registry = new SharedMemoryRegistry<DeepReadonly<Settings>>({ codec: frozen });
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path
 */
export const frozen = { encode, decode, measure: plainSize } satisfies StorageCodec<unknown>;

function encode(data: unknown): unknown {
  return clone(data, 'data that can be frozen: plain objects, arrays, primitives', freeze);
}

function decode<T>(data: unknown): DeepReadonly<T> {
  return data as DeepReadonly<T>;
}

function freeze(copy: object): void {
  const unfreezable = [Date, Map, Set, ArrayBuffer].some((type) => copy instanceof type) || ArrayBuffer.isView(copy);
  if (unfreezable) throw new Refusal(describe(copy));
  Object.freeze(copy);
}
