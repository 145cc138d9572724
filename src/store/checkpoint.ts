import type { dataType } from '../codec/data-type';
import type { StorageCodec } from '../codec/storage-codec';
import type { SnapshotEnvelope } from '../contracts';
import { markClass } from '../errors';
import { exposeContents } from './expose-contents';
import { openRecord, type TrackedRecord } from './storage-record';

/**
 * Everything that a registry held at one moment. Opaque and immutable; it can be restored any number of times, into the
 * registry it came from or into another one.
 */
export class Checkpoint<T> {
  declare readonly [dataType]: T;
  readonly #records: ReadonlyMap<string, TrackedRecord>;
  readonly #codec: StorageCodec<T>;

  /** @internal A registry makes them. */
  constructor(records: ReadonlyMap<string, TrackedRecord>, codec: StorageCodec<T>) {
    this.#records = new Map(records);
    this.#codec = codec;
    exposeContents(this, this.#contents);
  }

  /** @internal False for a Proxy of one: that has no private fields. */
  static is(value: unknown): value is Checkpoint<unknown> {
    return #records in Object(value);
  }

  #contents(): Record<string, SnapshotEnvelope<T>> {
    return Object.fromEntries(Array.from(this.#records, ([key, record]) => [key, openRecord(record, this.#codec)]));
  }

  /** How many keys it holds. */
  get size(): number {
    return this.#records.size;
  }

  /** @internal The records as a store with this codec keeps them. */
  recordsFor(codec: StorageCodec<T>): Map<string, TrackedRecord> {
    return new Map(Array.from(this.#records, ([key, record]) => [key, record.transcode(this.#codec, codec)]));
  }
}

markClass(Checkpoint);
