import type { StorageCodec } from '../codec/storage-codec';
import { decodeWith, encodeWith, measureWith } from '../codec/use-codec';
import type { Revision, SnapshotMetadata } from '../contracts';
import { RevisionConflictError, refuse } from '../errors';
import { isRevision } from '../revision';

/** What a medium keeps for a key. Immutable: a save makes a new one. Media treat `data` as opaque. */
export interface StorageRecord {
  readonly revision: Revision;
  /** The data, as the codec encoded it. */
  readonly data: unknown;
}

/** A record of a backend with metadata tracking. `JSON.stringify` writes all of these fields. */
export interface TrackedRecord extends StorageRecord {
  /** When this was saved, in ms since the epoch. */
  readonly updatedAt: number;
  /** When the key was first saved. Absent on its first save, where it would equal `updatedAt`. */
  readonly createdAt?: number;
  /** Saves since the key was last empty. Absent on the first, where it would be 1. */
  readonly saveCount?: number;
  /** What `saveWithMetadata` was given; absent after a plain save. */
  readonly metadata?: SnapshotMetadata | undefined;
  /** UTF-8 bytes of `{"revision":…,"data":…}` as JSON text, counted when first asked for. */
  readonly sizeBytes: number;
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

/** A `#private` field would add 80 ns to every save; by a name, whoever spreads a record would write the codec as JSON. */
const SIZE = Symbol('size');

/**
 * A tracked record whose bytes are counted when they are first asked for: it can't change, so neither can they.
 * It has only the fields that it needs, since a medium may hold a million of these.
 */
export class MeasuredRecord<T> implements TrackedRecord {
  readonly revision: Revision;
  readonly data: unknown;
  readonly updatedAt: number;
  declare readonly createdAt?: number;
  declare readonly saveCount?: number;
  declare readonly metadata?: SnapshotMetadata | undefined;
  /** Bytes; until they are counted, the codec that can do it. */
  private [SIZE]: number | StorageCodec<T>;

  constructor(revision: Revision, data: unknown, updatedAt: number, size: number | StorageCodec<T>) {
    this.revision = revision;
    this.data = data;
    this.updatedAt = updatedAt;
    this[SIZE] = size;
  }

  /**
   * Any tracked record as one of these: one that was read back from text, or that a hook has put together.
   * @throws {StorageError} `ERR_INVALID_RECORD`
   */
  static from<T>(codec: StorageCodec<T>, record: StorageRecord): MeasuredRecord<T> {
    if (record instanceof MeasuredRecord) return record;
    // What it says of its size is not taken over: bytes are measured, whoever has put the record together.
    if (isTracked(record)) return SucceedingRecord.like(record, record.data, codec);
    const expected = 'a record with revision, data and updatedAt, as it was given to write';
    return refuse('ERR_INVALID_RECORD', expected, record);
  }

  /** UTF-8 bytes of `{"revision":…,"data":…}` as JSON text. */
  get sizeBytes(): number {
    if (typeof this[SIZE] !== 'number') this[SIZE] = envelopeSize(this.revision, measureWith(this[SIZE], this.data));
    return this[SIZE];
  }

  /** The same save, in the place of the record before it. */
  after(current: StorageRecord | null): MeasuredRecord<T> {
    if (!isTracked(current)) return this;
    const { createdAt = current.updatedAt, saveCount = 1 } = current;
    return new SucceedingRecord(this, this.data, this[SIZE], createdAt, saveCount + 1, this.metadata);
  }

  /** The same record, encoded with one codec, as a medium with another keeps it. */
  recoded(from: StorageCodec<T>, to: StorageCodec<T>): MeasuredRecord<T> {
    if (from === to) return this;
    return SucceedingRecord.like(this, encodeWith(to, decodeWith(from, this.data)), to);
  }

  toJSON(): TrackedRecord {
    const { createdAt = this.updatedAt, saveCount = 1, sizeBytes } = this;
    return { ...this, createdAt, saveCount, sizeBytes };
  }
}

/**
 * A record of a key that was saved before, or with metadata of its own. A class of its own, since V8 keeps room in every
 * instance for the fields that any instance has.
 */
export class SucceedingRecord<T> extends MeasuredRecord<T> {
  override readonly createdAt: number;
  override readonly saveCount: number;
  override readonly metadata: SnapshotMetadata | undefined;

  constructor(
    { revision, updatedAt }: Pick<TrackedRecord, 'revision' | 'updatedAt'>,
    data: unknown,
    size: number | StorageCodec<T>,
    createdAt: number,
    saveCount: number,
    metadata: SnapshotMetadata | undefined,
  ) {
    super(revision, data, updatedAt, size);
    this.createdAt = createdAt;
    this.saveCount = saveCount;
    this.metadata = metadata;
  }

  /** The same record with other data. */
  static like<T>(record: Omit<TrackedRecord, 'sizeBytes'>, data: unknown, size: number | StorageCodec<T>): MeasuredRecord<T> {
    const { createdAt = record.updatedAt, saveCount = 1, metadata } = record;
    return new SucceedingRecord(record, data, size, createdAt, saveCount, metadata);
  }
}

function isTracked(record: StorageRecord | null): record is TrackedRecord {
  if (record instanceof MeasuredRecord) return true;
  if (typeof record !== 'object' || record === null) return false;
  const { revision, updatedAt, createdAt = updatedAt, saveCount = updatedAt } = record as Partial<TrackedRecord>;
  return isRevision(revision) && 'data' in record && [createdAt, updatedAt, saveCount].every(Number.isFinite);
}

const EMPTY_ENVELOPE = '{"revision":""}'.length;
const DATA_MEMBER = ',"data":'.length;

function envelopeSize(revision: Revision, dataSize: number): number {
  return EMPTY_ENVELOPE + revision.length + (dataSize === 0 ? 0 : DATA_MEMBER + dataSize);
}
