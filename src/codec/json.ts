import { describe, fail, StorageError } from '../errors';
import { formatPath } from './format-path';
import type { StorageCodec } from './storage-codec';
import { utf8Size } from './utf8-size';

/**
 * Keeps JSON text, as `setItem(key, JSON.stringify(data))` does: what JSON drops or changes is dropped or changed.
 * The codec for media that hold text.
 *
 * @throws {StorageError} `ERR_UNSERIALIZABLE`, naming the path
 */
export const json = {
  encode(data: unknown): string {
    let text: string | undefined;
    try {
      text = JSON.stringify(data);
    } catch (cause) {
      const received = `${describe(cause)} at ${pathToCulprit(data)}`;
      throw new StorageError('ERR_UNSERIALIZABLE', { expected: EXPECTED, received, cause });
    }
    if (text !== undefined) return text;
    return fail('ERR_UNSERIALIZABLE', EXPECTED, data, `${describe(data)} at data`);
  },

  decode<T>(text: string): T {
    return JSON.parse(text);
  },

  measure: utf8Size,
} satisfies StorageCodec<unknown, string>;

const EXPECTED = 'data that JSON can write';

function pathToCulprit(data: unknown): string {
  try {
    return formatPath(keysToCulprit(data, new Set(), new Set()) ?? []);
  } catch {
    return 'data'; // nested too deeply, or a Proxy that refuses
  }
}

/** Leads to the first bigint or cycle. Reads no getter and calls no `toJSON`: they have been run once already. */
function keysToCulprit(value: unknown, ancestors: Set<unknown>, searched: Set<unknown>): string[] | undefined {
  if (typeof value === 'bigint' || ancestors.has(value)) return [];
  if (typeof value !== 'object' || value === null || searched.has(value)) return undefined;
  ancestors.add(value);
  for (const key of Object.keys(value)) {
    const keys = keysToCulprit(Object.getOwnPropertyDescriptor(value, key)?.value, ancestors, searched);
    if (keys !== undefined) return [key, ...keys];
  }
  ancestors.delete(value);
  searched.add(value);
  return undefined;
}
