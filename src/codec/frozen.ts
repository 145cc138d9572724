import { describe } from '../errors';
import type { StorageCodec } from './storage-codec';
import { clone, Refusal } from './structured';

/**
 * Copies on save and freezes the copy deeply; every load hands out that same frozen object, at no cost.
 * What freezing can't protect (Date, Map, Set, ArrayBuffer and its views) is refused.
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path
 */
export const frozen = { encode, decode } satisfies StorageCodec<unknown>;

function encode(data: unknown): unknown {
  return clone(data, 'data that can be frozen: plain objects, arrays, primitives', freeze);
}

function decode<T>(data: unknown): T {
  return data as T;
}

function freeze(copy: object): object {
  const unfreezable = [Date, Map, Set, ArrayBuffer].some((type) => copy instanceof type) || ArrayBuffer.isView(copy);
  if (unfreezable) throw new Refusal(describe(copy));
  return Object.freeze(copy);
}
