import { decodeWith, encodeWith, measureWith, type StorageCodec } from '../codec/storage-codec';
import type { AbortSignalLike, PersistedSnapshotMetadata, Revision, SnapshotEnvelope } from '../contracts';
import { fail, RevisionConflictError } from '../errors';
import { isRevision } from '../revision';
import { isEqualData } from './is-equal-data';

/**
 * What a store keeps for a key: plain and immutable, a save makes a new one. Text and back by `JSON.stringify` and
 * `JSON.parse` is fine where the codec gives text. Metadata tracking adds the optional fields.
 */
export interface StorageRecord {
  readonly revision: Revision;
  /** The data, as the codec encoded it. Stores treat it as opaque. */
  readonly data: unknown;
  /** When this was saved, in ms since the epoch. */
  readonly updatedAt?: number | undefined;
  /** When the key was first saved since it was last empty, in ms since the epoch. */
  readonly createdAt?: number | undefined;
  /** Saves since the key was last empty. */
  readonly saveCount?: number | undefined;
  /** What `saveWithMetadata` was given; absent after a plain save. */
  readonly metadata?: PersistedSnapshotMetadata | undefined;
}

/** What the hook `read` is given. */
export interface ReadContext {
  /** Ends the operation: its caller has an answer already. */
  readonly signal?: AbortSignalLike | undefined;
  /** Counts from 1: the reads of an `update` whose write found another record. */
  readonly attempt?: number | undefined;
}

/** What must be stored for a write to take effect. A field that is absent is no condition. */
export interface WriteCondition {
  /** The revision that the caller expects; `null`: nothing may be stored. */
  readonly ifMatch?: Revision | null | undefined;
  /** The record that `read` returned in this `update`, or `null`: it must still be stored, whatever its revision. */
  readonly replaces?: StorageRecord | null | undefined;
  /** Ends the operation: its caller has been answered that the outcome is unknown. */
  readonly signal?: AbortSignalLike | undefined;
}

/**
 * The record to store in the place of the current one, with the time of creation and the count of saves carried on;
 * `null` to remove it. What a store's `write` is made of: to check and to store must be one step of the store.
 * @throws {RevisionConflictError} `ERR_REVISION_CONFLICT` where the condition does not hold
 */
export function nextRecord(
  current: StorageRecord | null | undefined,
  record: StorageRecord | null,
  condition: WriteCondition = {},
): StorageRecord | null {
  assertPrecondition(current ?? null, condition);
  if (record?.updatedAt === undefined || current?.updatedAt === undefined) return record;
  return TrackedRecord.from(record).succeeding(current.createdAt ?? current.updatedAt, (current.saveCount ?? 1) + 1);
}

/** Preconditions as in RFC 9110, section 13 (https://www.rfc-editor.org/rfc/rfc9110#section-13). */
export function assertPrecondition(current: StorageRecord | null, { ifMatch, replaces }: WriteCondition): void {
  const actual = current === null ? null : current.revision;
  if (ifMatch !== undefined && ifMatch !== actual) throw new RevisionConflictError(ifMatch, actual);
  if (replaces !== undefined && !isSameRecord(replaces, current)) {
    throw new RevisionConflictError(replaces === null ? null : replaces.revision, actual);
  }
}

/** By identity, or by contents: a store may make a new object at each read. */
function isSameRecord(a: StorageRecord | null, b: StorageRecord | null): boolean {
  return a === b || (a !== null && b !== null && isEqualData(fieldsOf(a), fieldsOf(b)));
}

function fieldsOf({ revision, updatedAt, createdAt, saveCount, data, metadata }: StorageRecord): unknown[] {
  return [revision, updatedAt, createdAt, saveCount, data, metadata];
}

/**
 * A record with the fields of metadata tracking. It keeps its size, which is counted when first asked for: the record can't
 * change, so neither can that. A copy, by spreading, has no size.
 */
export class TrackedRecord implements StorageRecord {
  #size: number | undefined;

  constructor(
    readonly revision: Revision,
    readonly data: unknown,
    readonly updatedAt: number,
    readonly metadata?: PersistedSnapshotMetadata,
    readonly createdAt = updatedAt,
    readonly saveCount = 1,
  ) {}

  /** Any record with an `updatedAt` as one of these. */
  static from(record: StorageRecord): TrackedRecord {
    if (record instanceof TrackedRecord) return record;
    const { revision, data, updatedAt, metadata, createdAt, saveCount } = checkRecord(record);
    if (updatedAt === undefined) return fail('ERR_INVALID_RECORD', 'a record with updatedAt, as it was given to write', record);
    return new TrackedRecord(revision, data, updatedAt, metadata, createdAt, saveCount);
  }

  /** UTF-8 bytes of `{"revision":…,"data":…}` as JSON text. */
  sizeBytes<T>(codec: StorageCodec<T>): number {
    if (this.#size === undefined) {
      const bytes = measureWith(codec, this.data);
      this.#size = `{"revision":"${this.revision}"}`.length + (bytes === 0 ? 0 : ',"data":'.length + bytes);
    }
    return this.#size;
  }

  /** The same save, of a key that was saved before. */
  succeeding(createdAt: number, saveCount: number): TrackedRecord {
    const record = new TrackedRecord(this.revision, this.data, this.updatedAt, this.metadata, createdAt, saveCount);
    record.#size = this.#size;
    return record;
  }

  /** The same record, with its data encoded by another codec. */
  transcode<T>(from: StorageCodec<T>, to: StorageCodec<T>): TrackedRecord {
    return from === to ? this : TrackedRecord.from({ ...this, data: encodeWith(to, decodeWith(from, this.data)) });
  }
}

/** A snapshot of its own, decoded from a record. */
export function openRecord<T>(record: StorageRecord, codec: StorageCodec<T>): SnapshotEnvelope<T> {
  const { revision, data } = checkRecord(record);
  return { revision, data: decodeWith(codec, data) };
}

/** Hooks are other people's code: what they give is checked before it is used. */
function checkRecord(value: unknown): StorageRecord {
  if (value instanceof TrackedRecord) return value;
  const expected = 'a record { revision, data }';
  if (typeof value !== 'object' || value === null || !('data' in value)) return fail('ERR_INVALID_RECORD', expected, value);
  const record = value as StorageRecord;
  if (!isRevision(record.revision)) return fail('ERR_INVALID_RECORD', `${expected} with a revision`, record.revision);
  for (const field of ['updatedAt', 'createdAt', 'saveCount'] as const) {
    if (record[field] === undefined || Number.isFinite(record[field])) continue;
    return fail('ERR_INVALID_RECORD', `${expected} whose ${field} is a finite number`, record[field]);
  }
  return record;
}
