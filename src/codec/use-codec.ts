/** A codec may be anybody's code: what goes wrong in it becomes the cause of an `ERR_CODEC_FAILED`. */

import { attempt, refuse, wrap } from '../errors';
import { jsonSize } from './json-size';
import type { StorageCodec } from './storage-codec';

const EXPECTED = 'the codec to succeed';

export function encodeWith<T>(codec: StorageCodec<T>, data: T): unknown {
  let encoded: unknown;
  try {
    encoded = codec.encode(data);
  } catch (cause) {
    throw wrap('ERR_CODEC_FAILED', EXPECTED, cause);
  }
  if (encoded instanceof Promise) refuse('ERR_CODEC_FAILED', 'a codec that encodes at once', encoded);
  return encoded;
}

export function decodeWith<T>(codec: StorageCodec<T>, encoded: unknown): T {
  try {
    return codec.decode(encoded);
  } catch (cause) {
    throw wrap('ERR_CODEC_FAILED', EXPECTED, cause);
  }
}

/** UTF-8 bytes of the data as JSON text. */
export function measureWith<T>(codec: StorageCodec<T>, encoded: unknown): number {
  const size = attempt('ERR_CODEC_FAILED', EXPECTED, () => codec.measure?.(encoded) ?? jsonSize(codec.decode(encoded)));
  if (Number.isSafeInteger(size) && size >= 0) return size;
  return refuse('ERR_CODEC_FAILED', 'measure to return a whole number of bytes, 0 or more', size);
}
