import { attempt, fail, isPromise, wrapError } from '../errors';
import { jsonSize } from './json-size';

/**
 * How data crosses the storage boundary. `encode` is called once for every save, in the stack of its caller, so it must
 * take its copy there and then; `decode` once for every load. Both are synchronous.
 *
 * What `encode` returns is what a store keeps: text from `json`, a private copy from `structured`. It must never
 * change afterwards, and `decode` must hand out something that can be changed without changing it.
 *
 * @example
 * const base64: StorageCodec<string, string> = { encode: btoa, decode: atob };
 */
export interface StorageCodec<T, Encoded = unknown> {
  /** Copies data into the storage. Throws where data can't be stored; nothing is stored then. */
  encode(data: T): Encoded;
  /** Copies data out of the storage. */
  decode(encoded: Encoded): T;
  /**
   * UTF-8 bytes of the data as JSON text; 0 for `undefined`. Not given: measured on what `decode` returns,
   * so that sizes are the same on every codec.
   */
  measure?(encoded: Encoded): number;
}

/** A codec may be anybody's code: what it throws becomes the cause of an `ERR_CODEC_FAILED`. */
const EXPECTED = 'the codec to succeed';

export function encodeWith<T>(codec: StorageCodec<T>, data: T): unknown {
  let encoded: unknown;
  try {
    encoded = codec.encode(data);
  } catch (cause) {
    throw wrapError('ERR_CODEC_FAILED', EXPECTED, cause);
  }
  if (isPromise(encoded)) fail('ERR_CODEC_FAILED', 'a codec that encodes at once', encoded);
  return encoded;
}

export function decodeWith<T>(codec: StorageCodec<T>, encoded: unknown): T {
  let data: T;
  try {
    data = codec.decode(encoded);
  } catch (cause) {
    throw wrapError('ERR_CODEC_FAILED', EXPECTED, cause);
  }
  if (data !== encoded && isPromise(data)) fail('ERR_CODEC_FAILED', 'a codec that decodes at once', data);
  return data;
}

/** UTF-8 bytes of the data as JSON text. */
export function measureWith<T>(codec: StorageCodec<T>, encoded: unknown): number {
  const size = attempt('ERR_CODEC_FAILED', EXPECTED, () => codec.measure?.(encoded) ?? jsonSize(codec.decode(encoded)));
  if (Number.isSafeInteger(size) && size >= 0) return size;
  return fail('ERR_CODEC_FAILED', 'measure to return a whole number of bytes, 0 or more', size);
}
