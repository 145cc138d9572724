import { utf8Size } from '../codec/utf8-size';
import type {
  OperationOptions,
  PersistedSnapshot,
  Revision,
  SnapshotInput,
  SnapshotMetadata,
  StorageStat,
  StorageUsage,
  WriteOptions,
} from '../contracts';
import { MeasuredRecord, type StorageRecord, SucceedingRecord, type TrackedRecord } from '../store/storage-record';
import type { BackendClass, BackendWith } from './backend-class';
import type { dataType } from './base-storage-backend';
import { checkMetadata, checkTime } from './checks';

/** What metadata tracking adds to a backend. */
export interface MetadataTracking {
  /** @internal The `T` of the backend that it is mixed into. */
  readonly [dataType]: unknown;

  /**
   * Stores a copy of the snapshot together with a copy of this metadata, to the letter.
   * @throws {StorageError} what `save` throws; `ERR_INVALID_METADATA`
   */
  saveWithMetadata(
    snapshot: SnapshotInput<this[typeof dataType]>,
    metadata: SnapshotMetadata,
    options?: WriteOptions,
  ): Promise<void>;

  /**
   * Copies of what is stored, or `null`. After a plain save the metadata is
   * `{ savedAt, schemaVersion: 1, sizeBytes, compressed: false }`.
   * @throws {StorageError} what `load` throws; `ERR_INVALID_METADATA` if the medium has lost a part of it
   */
  loadWithMetadata(options?: OperationOptions): Promise<PersistedSnapshot<this[typeof dataType]> | null>;

  /**
   * What was tracked and measured, whatever the metadata claims, or `null`.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_DISPOSED`
   */
  stat(options?: OperationOptions): Promise<StorageStat | null>;

  /**
   * Measured bytes of this key and its entry.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_DISPOSED`
   */
  getUsage(options?: OperationOptions): Promise<StorageUsage>;
}

/**
 * Tracks size, times and count of saves of the backend it is mixed into. `T`, statics, constructor arguments and
 * members of that backend survive.
 *
 * @example
 * abstract class FolderBackend<T> extends withMetadataTracking(BaseStorageBackend)<T> {}
 */
export function withMetadataTracking<B extends BackendClass>(Backend: B): BackendWith<B, MetadataTracking> {
  abstract class TrackedBackend extends Backend implements MetadataTracking {
    saveWithMetadata(
      snapshot: SnapshotInput<this[typeof dataType]>,
      metadata: SnapshotMetadata,
      options?: WriteOptions,
    ): Promise<void> {
      return this.submitSave(snapshot, options, () => checkMetadata(metadata));
    }

    loadWithMetadata(options?: OperationOptions): Promise<PersistedSnapshot<this[typeof dataType]> | null> {
      return this.submitRead(
        'load',
        options,
        (record) => record && { snapshot: this.open(record), metadata: metadataOf(MeasuredRecord.from(this.codec, record)) },
      );
    }

    stat(options?: OperationOptions): Promise<StorageStat | null> {
      return this.submitRead('stat', options, (record) => record && statOf(MeasuredRecord.from(this.codec, record)));
    }

    getUsage(options?: OperationOptions): Promise<StorageUsage> {
      return this.submitRead('getUsage', options, (record) => ({
        used: record === null ? 0 : utf8Size(this.key) + MeasuredRecord.from(this.codec, record).sizeBytes,
      }));
    }

    protected override record(revision: Revision, data: unknown, metadata?: SnapshotMetadata): StorageRecord {
      const updatedAt = checkTime(this.now());
      if (metadata === undefined) return new MeasuredRecord(revision, data, updatedAt, this.codec);
      return SucceedingRecord.like({ revision, data, updatedAt, metadata }, data, this.codec);
    }
  }
  return TrackedBackend;
}

/** The documented metadata of a record: what `saveWithMetadata` was given, or what a plain save stamps. */
export function metadataOf(record: TrackedRecord): SnapshotMetadata {
  const { metadata, updatedAt, sizeBytes } = record;
  if (metadata !== undefined) return checkMetadata(metadata);
  return { savedAt: updatedAt, schemaVersion: 1, sizeBytes, compressed: false };
}

function statOf(record: TrackedRecord): StorageStat {
  const { revision, sizeBytes, updatedAt, createdAt = updatedAt, saveCount = 1 } = record;
  return { revision, sizeBytes, createdAt, updatedAt, saveCount };
}
