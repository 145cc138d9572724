/**
 * What a caller sees: the envelopes, the metadata, and the documented interfaces that a backend fits
 * (`StorageBackend`, `StorageBackendWithMetadata` of the documentation this library starts from). Types only.
 */

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/**
 * Canonical decimal text of an unsigned 64-bit number: `'0'` to `'18446744073709551615'`, no sign, no leading zeros.
 * Input may be any such string; what comes out of the storage carries the brand.
 */
export type Revision = string & { readonly __brand: 'Revision' };

/** A snapshot as it is handed in: the revision may be a plain string. */
export interface SnapshotInput<T> {
  readonly revision: string;
  readonly data: T;
}

/** A snapshot as it is handed out. */
export interface SnapshotEnvelope<T> {
  readonly revision: Revision;
  readonly data: T;
}

/** What is stored beside a snapshot. Fields that are not named here are kept as well. */
export interface SnapshotMetadata {
  /** When it was saved, in ms since the epoch. */
  readonly savedAt: number;
  /** Version of the data's schema: a whole number, 0 or more. */
  readonly schemaVersion: number;
  /** UTF-8 bytes of the JSON text of the envelope, or what `saveWithMetadata` was told. */
  readonly sizeBytes: number;
  readonly compressed: boolean;
  readonly checksum?: string;
  /** Time to live in ms, counted from `savedAt`. */
  readonly ttlMs?: number;
}

/** A snapshot together with its metadata. */
export interface PersistedSnapshot<T> {
  readonly snapshot: SnapshotEnvelope<T>;
  readonly metadata: SnapshotMetadata;
}

/** Bytes in use. Without a quota, `quota` and `percentage` are absent. */
export interface StorageUsage {
  /** Measured UTF-8 bytes of keys and entries. */
  readonly used: number;
  /** The most that may be held, in bytes. */
  readonly quota?: number;
  /** `used` as a share of `quota`, from 0 to 100. */
  readonly percentage?: number;
}

/** What was tracked and measured about one key, whatever its metadata claims. */
export interface StorageStat {
  readonly revision: Revision;
  /** UTF-8 bytes of the JSON text of the envelope. */
  readonly sizeBytes: number;
  /** When the key was first saved since it was last empty, in ms since the epoch. */
  readonly createdAt: number;
  /** When the save that is stored was called (of an update: when its updater returned), in ms since the epoch. */
  readonly updatedAt: number;
  /** Saves since the key was last empty. */
  readonly saveCount: number;
}

/** That a key has changed. It carries no data: load it. */
export interface StorageChange {
  readonly type: 'save' | 'clear';
  readonly key: string;
  /** Name of the client that made it; `null` for the registry itself (`clearAll`, `restore`, `reset`). */
  readonly client: string | null;
  /** The revision that is there now; `null` after a clear. */
  readonly revision: Revision | null;
  /** The revision that was there before; `null` if there was none. */
  readonly previousRevision: Revision | null;
}

export type StorageChangeListener = (change: StorageChange) => void;

/** Ends a subscription. Idempotent; counts at once, even in the middle of a delivery. */
export type Unsubscribe = () => void;

/** The part of an `AbortSignal` that is used, so that no DOM types are needed. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface OperationOptions {
  /** Rejects the operation with the signal's reason, unless it has taken effect already. */
  readonly signal?: AbortSignalLike;
}

export interface WriteOptions extends OperationOptions {
  /**
   * Take effect only if this is the revision that is stored; `null`: only if nothing is stored.
   * Not given: the last write wins.
   */
  readonly ifMatch?: string | null;
}

/** A place for one snapshot, as documented. */
export interface StorageBackend<T> {
  save(snapshot: SnapshotInput<T>): Promise<void>;
  load(): Promise<SnapshotEnvelope<T> | null>;
  clear?(): Promise<void>;
}

/** A place for one snapshot and its metadata, as documented. */
export interface StorageBackendWithMetadata<T> extends StorageBackend<T> {
  saveWithMetadata(snapshot: SnapshotInput<T>, metadata: SnapshotMetadata): Promise<void>;
  loadWithMetadata(): Promise<PersistedSnapshot<T> | null>;
  getUsage?(): Promise<StorageUsage>;
}
