import { describe, StorageError } from '../errors';
import { formatPath } from './path';
import type { StorageCodec } from './storage-codec';
import { utf8Size } from './utf8-size';

/**
 * Keeps JSON text, as `setItem(key, JSON.stringify(data))` does: what JSON drops or changes is dropped or changed.
 * The codec for media that hold text.
 *
 * @throws {StorageError} `ERR_UNSERIALIZABLE`, naming the path
 */
export const json = { encode, decode, measure: utf8Size } satisfies StorageCodec<unknown, string>;

const EXPECTED = 'data that JSON can write';

function encode(data: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    const received = `${describe(cause)} at ${findCulprit(data)}`;
    throw new StorageError('ERR_UNSERIALIZABLE', { expected: EXPECTED, received, cause });
  }
  if (text === undefined) {
    throw new StorageError('ERR_UNSERIALIZABLE', { expected: EXPECTED, received: `${describe(data)} at data` });
  }
  return text;
}

function decode<T>(text: string): T {
  return JSON.parse(text);
}

/** Path of the first bigint or cycle. Reads no getter and calls no `toJSON`: they have been run once already. */
function findCulprit(data: unknown): string {
  const keys: string[] = [];
  const ancestors = new Set<unknown>();
  const searched = new Set<unknown>();
  const search = (value: unknown): boolean => {
    if (typeof value === 'bigint' || ancestors.has(value)) return true;
    if (typeof value !== 'object' || value === null || searched.has(value)) return false;
    ancestors.add(value);
    for (const key of Object.keys(value)) {
      keys.push(key);
      if (search(Object.getOwnPropertyDescriptor(value, key)?.value)) return true;
      keys.pop();
    }
    ancestors.delete(value);
    searched.add(value);
    return false;
  };
  try {
    return search(data) ? formatPath(keys) : 'data';
  } catch {
    return 'data'; // nested too deeply, or a Proxy that refuses
  }
}
