import type { StorageCodec } from '../codec/storage-codec';
import type { MeasuredRecord } from './storage-record';

/**
 * Everything that a registry held at one moment. Opaque and immutable; it can be restored any number of times, into the
 * registry it came from or into another one.
 */
export class Checkpoint<T> {
  readonly #records: ReadonlyMap<string, MeasuredRecord<T>>;
  readonly #codec: StorageCodec<T>;

  /** @internal A registry makes them. */
  constructor(records: ReadonlyMap<string, MeasuredRecord<T>>, codec: StorageCodec<T>) {
    this.#records = new Map(records);
    this.#codec = codec;
  }

  /** How many keys it holds. */
  get size(): number {
    return this.#records.size;
  }

  /** @internal The records as a medium with this codec keeps them. */
  recordsFor(codec: StorageCodec<T>): Map<string, MeasuredRecord<T>> {
    const records = new Map(this.#records);
    if (codec !== this.#codec) for (const [key, record] of records) records.set(key, record.recoded(this.#codec, codec));
    return records;
  }
}
