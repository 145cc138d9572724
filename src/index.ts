export type { BackendClass, BackendWith } from './backend/backend-class';
export { type BackendOptions, BaseStorageBackend } from './backend/base-storage-backend';
export { KeyedMemoryBackend, type KeyedMemoryBackendOptions } from './backend/keyed-memory-backend';
export type { Operation } from './backend/operation';
export { type MetadataTracking, withMetadataTracking } from './backend/with-metadata-tracking';
export { type DeepReadonly, frozen } from './codec/frozen';
export { json } from './codec/json';
export { reference } from './codec/reference';
export type { StorageCodec } from './codec/storage-codec';
export { strict } from './codec/strict';
export { structured } from './codec/structured';
export type * from './contracts';
export {
  QuotaExceededError,
  RevisionConflictError,
  StorageError,
  type StorageErrorCode,
  type StorageErrorDetails,
} from './errors';
export { createSharedMemoryStorage, type SharedMemoryStorage } from './registry/create-shared-memory-storage';
export type { KeyedMemoryBackendClass, SharedMemoryRegistryOptions, StoreOptions } from './registry/registry-options';
export { type GetBackendOptions, SharedMemoryRegistry } from './registry/shared-memory-registry';
export { compareRevisions, isRevision, nextRevision, toRevision } from './revision';
export type { Checkpoint } from './store/checkpoint';
export type { MemoryStore } from './store/memory-store';
export { nextRecord, type ReadContext, type StorageRecord, type WriteCondition } from './store/storage-record';
