/**
 * How data crosses the storage boundary. `encode` is called once for every save, in the stack of its caller, so it must
 * take its copy there and then; `decode` once for every load. Both are synchronous.
 *
 * What `encode` returns is what a medium keeps: text from `json`, a private copy from `structured`. It must never
 * change afterwards, and `decode` must hand out something that can be changed without changing it.
 *
 * @example
 * const base64: StorageCodec<string, string> = { encode: btoa, decode: atob };
 */
export interface StorageCodec<T, Encoded = unknown> {
  /** Copies data into the storage. Throws to refuse it; nothing is stored then. */
  encode(data: T): Encoded;
  /** Copies data out of the storage. */
  decode(encoded: Encoded): T;
  /**
   * UTF-8 bytes of the data as JSON text; 0 for `undefined`. Not given: measured on what `decode` returns,
   * so that sizes are the same on every codec.
   */
  measure?(encoded: Encoded): number;
}
