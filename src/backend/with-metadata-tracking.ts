import type { dataType } from '../codec/data-type';
import type { StorageCodec } from '../codec/storage-codec';
import { utf8Size } from '../codec/utf8-size';
import type {
  OperationOptions,
  PersistedSnapshot,
  PersistedSnapshotInput,
  PersistedSnapshotMetadata,
  Revision,
  StorageStat,
  StorageUsage,
  WriteOptions,
} from '../contracts';
import { fail, withContext } from '../errors';
import { openRecord, type StorageRecord, TrackedRecord } from '../store/storage-record';
import type { BackendClass, BackendWith } from './backend-class';
import { BaseStorageBackend, createRecord, operationPath } from './base-storage-backend';
import { checkMetadata, checkPersisted, checkTime } from './input-validation';

/** What metadata tracking adds to a backend. */
export interface MetadataTracking {
  /** The `T` of the backend that it is mixed into. */
  readonly [dataType]: unknown;

  /**
   * Stores a copy of the snapshot together with a copy of this metadata, to the letter.
   * @throws {StorageError} what `save` throws; `ERR_INVALID_METADATA`
   */
  saveWithMetadata(persisted: PersistedSnapshotInput<this[typeof dataType]>, options?: WriteOptions): Promise<void>;

  /**
   * Copies of what is stored, or `null`. After a plain save the metadata is
   * `{ savedAt, schemaVersion: 1, sizeBytes, compressed: false }`.
   * @throws {StorageError} what `load` throws; `ERR_INVALID_METADATA` if the store has lost a part of it
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
  if (Backend !== (BaseStorageBackend as unknown) && !(Object(Backend).prototype instanceof BaseStorageBackend)) {
    withContext('withMetadataTracking', () => fail('ERR_INVALID_OPTION', 'a class that extends BaseStorageBackend', Backend));
  }
  abstract class TrackedBackend extends Backend implements MetadataTracking {
    saveWithMetadata(persisted: PersistedSnapshotInput<this[typeof dataType]>, options?: WriteOptions): Promise<void> {
      return BaseStorageBackend[operationPath].save(this, options, () => {
        const { snapshot, metadata } = checkPersisted(persisted);
        return [snapshot, checkMetadata(metadata)];
      });
    }

    loadWithMetadata(options?: OperationOptions): Promise<PersistedSnapshot<this[typeof dataType]> | null> {
      return BaseStorageBackend[operationPath].read(this, 'loadWithMetadata', options, openWithMetadata);
    }

    stat(options?: OperationOptions): Promise<StorageStat | null> {
      return BaseStorageBackend[operationPath].read(this, 'stat', options, statOf);
    }

    async getUsage(options?: OperationOptions): Promise<StorageUsage> {
      const measure = (record: StorageRecord, codec: StorageCodec<unknown>) =>
        utf8Size(this.key) + TrackedRecord.from(record).sizeBytes(codec);
      return { used: (await BaseStorageBackend[operationPath].read(this, 'getUsage', options, measure)) ?? 0 };
    }

    override [createRecord](revision: Revision, data: unknown, metadata?: PersistedSnapshotMetadata): StorageRecord {
      return new TrackedRecord(revision, data, checkTime(this.now()), metadata);
    }
  }
  return TrackedBackend;
}

/** Snapshot and metadata of a record: what `saveWithMetadata` was given, or what a plain save stamps. */
export function openWithMetadata<T>(record: StorageRecord, codec: StorageCodec<T>): PersistedSnapshot<T> {
  const tracked = TrackedRecord.from(record);
  const snapshot = openRecord(tracked, codec);
  if (tracked.metadata !== undefined) return { snapshot, metadata: checkMetadata(tracked.metadata) };
  const sizeBytes = tracked.sizeBytes(codec);
  return { snapshot, metadata: { savedAt: tracked.updatedAt, schemaVersion: 1, sizeBytes, compressed: false } };
}

/** A subclass may pass a record with unchecked metadata to `write`. */
export function trackRecord(record: StorageRecord): TrackedRecord {
  if (record instanceof TrackedRecord || record?.metadata === undefined) return TrackedRecord.from(record);
  return TrackedRecord.from({ ...record, metadata: checkMetadata(record.metadata) });
}

function statOf<T>(record: StorageRecord, codec: StorageCodec<T>): StorageStat {
  const tracked = TrackedRecord.from(record);
  const { revision, createdAt, updatedAt, saveCount } = tracked;
  return { revision, sizeBytes: tracked.sizeBytes(codec), createdAt, updatedAt, saveCount };
}
