import { describe, StorageError } from '../errors';
import { formatPath, refusal } from './refusal';
import type { StorageCodec } from './storage-codec';
import { clone } from './structured';

/**
 * Copies on save and freezes the copy deeply; every load hands out that same frozen object, at no cost.
 * What freezing can't protect (Date, Map, Set, ArrayBuffer and its views) is refused.
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path
 */
export const frozen = { encode, decode } satisfies StorageCodec<unknown>;

const EXPECTED = 'data that can be frozen: plain objects, arrays, primitives';

function encode(data: unknown): unknown {
  const copy = clone(data);
  const keys: string[] = [];
  try {
    freeze(copy, keys);
  } catch (cause) {
    if (StorageError.is(cause)) throw cause;
    throw refusal('ERR_UNCLONEABLE', EXPECTED, `${describe(cause)} while freezing ${formatPath(keys)}`, cause);
  }
  return copy;
}

function decode<T>(data: unknown): T {
  return data as T;
}

function freeze(value: unknown, keys: string[]): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  if (isMutableInside(value)) throw refusal('ERR_UNCLONEABLE', EXPECTED, `${describe(value)} at ${formatPath(keys)}`);
  Object.freeze(value);
  for (const [key, member] of Object.entries(value)) {
    keys.push(key);
    freeze(member, keys);
    keys.pop();
  }
  if (value instanceof Error) freeze(value.cause, [...keys, 'cause']);
}

function isMutableInside(value: object): boolean {
  return (
    value instanceof Date ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  );
}
