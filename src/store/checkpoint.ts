import type { StorageCodec } from '../codec/storage-codec';
import type { MeasuredRecord } from './storage-record';

/**
 * Everything that a registry held at one moment. Opaque and immutable; it can be restored any number of times, into the
 * registry it came from or into another one.
 */
export class Checkpoint<T> {
  readonly #records: ReadonlyMap<string, MeasuredRecord<T>>;

  /** @internal A registry makes them. */
  constructor(records: ReadonlyMap<string, MeasuredRecord<T>>) {
    this.#records = new Map(records);
  }

  /** How many keys it holds. */
  get size(): number {
    return this.#records.size;
  }

  /** @internal The records as a medium with this codec keeps them. */
  recordsFor(codec: StorageCodec<T>): Map<string, MeasuredRecord<T>> {
    return new Map(Array.from(this.#records, ([key, record]) => [key, record.recoded(codec)]));
  }
}
