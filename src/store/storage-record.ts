import { jsonSize } from '../codec/json-size';
import type { StorageCodec } from '../codec/storage-codec';
import type { Revision, SnapshotMetadata } from '../contracts';
import { attemptCodec, RevisionConflictError, refuse } from '../errors';
import { isRevision } from '../revision';

/** What a medium keeps for a key. Immutable: a save makes a new one. Media treat `data` as opaque. */
export interface StorageRecord {
  readonly revision: Revision;
  /** As the codec encoded it. */
  readonly data: unknown;
}

/** A record of a backend with metadata tracking. `JSON.stringify` writes all of these fields. */
export interface TrackedRecord extends StorageRecord {
  /** What `saveWithMetadata` was given; absent after a plain save. */
  readonly metadata?: SnapshotMetadata | undefined;
  readonly sizeBytes: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly saveCount: number;
}

/** What must be stored for a write to take effect. */
export interface WriteCondition {
  /** This revision, or `null` for nothing. Absent: whatever is stored. */
  readonly ifMatch?: Revision | null | undefined;
}

/**
 * Refuses a conditional write that has come too late.
 * @throws {RevisionConflictError} `ERR_REVISION_CONFLICT`
 */
export function checkCondition(condition: WriteCondition, current: StorageRecord | null): void {
  const actual = current === null ? null : current.revision;
  if (condition.ifMatch !== undefined && condition.ifMatch !== actual) {
    throw new RevisionConflictError(condition.ifMatch, actual);
  }
}

/**
 * The record that a write puts in the place of the current one: checks the condition, and carries the count of saves
 * and the time of creation on. Every medium's `write` stores what this returns.
 * @throws {RevisionConflictError} `ERR_REVISION_CONFLICT`
 */
export function supersede(current: StorageRecord | null, record: StorageRecord, condition: WriteCondition): StorageRecord {
  checkCondition(condition, current);
  // By its shape: a medium may have been written with another copy of this package.
  const { after } = record as Partial<MeasuredRecord<unknown>>;
  return typeof after === 'function' ? after.call(record, current) : record;
}

/** A tracked record whose bytes are counted when they are first asked for: it can't change, so neither can they. */
export class MeasuredRecord<T> implements TrackedRecord {
  readonly revision: Revision;
  readonly data: unknown;
  readonly metadata: SnapshotMetadata | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly saveCount: number;
  readonly #codec: StorageCodec<T>;
  #sizeBytes: number | undefined;

  constructor(codec: StorageCodec<T>, record: Omit<TrackedRecord, 'sizeBytes'>, sizeBytes?: number) {
    this.revision = record.revision;
    this.data = record.data;
    this.metadata = record.metadata;
    this.createdAt = record.createdAt;
    this.updatedAt = record.updatedAt;
    this.saveCount = record.saveCount;
    this.#codec = codec;
    this.#sizeBytes = sizeBytes;
  }

  /** The record of a save into an empty place. */
  static first<T>(codec: StorageCodec<T>, record: StorageRecord, now: number, metadata?: SnapshotMetadata): MeasuredRecord<T> {
    const { revision, data } = record;
    return new MeasuredRecord(codec, { revision, data, metadata, createdAt: now, updatedAt: now, saveCount: 1 });
  }

  /**
   * Any tracked record as one of these: one that was read back from text, or that a hook has put together.
   * @throws {StorageError} `ERR_INVALID_RECORD`
   */
  static from<T>(codec: StorageCodec<T>, record: StorageRecord): MeasuredRecord<T> {
    if (record instanceof MeasuredRecord) return record;
    // What it says of its size is not taken over: bytes are measured, whoever has put the record together.
    if (isTracked(record)) return new MeasuredRecord(codec, record);
    return refuse(
      'ERR_INVALID_RECORD',
      'a record with revision, data, createdAt, updatedAt and saveCount, as it was given to write',
      record,
    );
  }

  /** UTF-8 bytes of `{"revision":…,"data":…}` as JSON text. */
  get sizeBytes(): number {
    this.#sizeBytes ??= envelopeSize(this.revision, this.#measure());
    return this.#sizeBytes;
  }

  #measure(): number {
    const size = attemptCodec(() => this.#codec.measure?.(this.data) ?? jsonSize(this.#codec.decode(this.data)));
    if (Number.isSafeInteger(size) && size >= 0) return size;
    return refuse('ERR_CODEC_FAILED', 'measure to return a whole number of bytes, 0 or more', size);
  }

  /** The same save, in the place of the record before it. */
  after(current: StorageRecord | null): MeasuredRecord<T> {
    if (!isTracked(current)) return this;
    const { createdAt, saveCount } = current;
    return new MeasuredRecord(this.#codec, { ...this, createdAt, saveCount: saveCount + 1 }, this.#sizeBytes);
  }

  /** The same record as a medium with this codec keeps it. */
  recoded(codec: StorageCodec<T>): MeasuredRecord<T> {
    if (codec === this.#codec) return this;
    return new MeasuredRecord(codec, { ...this, data: attemptCodec(() => codec.encode(this.#codec.decode(this.data))) });
  }

  /** A copy of the data, as its codec decodes it. */
  decode(): T {
    return attemptCodec(() => this.#codec.decode(this.data));
  }

  toJSON(): TrackedRecord {
    return { ...this, sizeBytes: this.sizeBytes };
  }
}

function isTracked(record: StorageRecord | null): record is TrackedRecord {
  if (typeof record !== 'object' || record === null) return false;
  const { revision, createdAt, updatedAt, saveCount } = record as Partial<TrackedRecord>;
  return isRevision(revision) && 'data' in record && [createdAt, updatedAt, saveCount].every(Number.isFinite);
}

const EMPTY_ENVELOPE = '{"revision":""}'.length;
const DATA_MEMBER = ',"data":'.length;

function envelopeSize(revision: Revision, dataSize: number): number {
  return EMPTY_ENVELOPE + revision.length + (dataSize === 0 ? 0 : DATA_MEMBER + dataSize);
}
