/**
 * What a caller sees: envelopes, metadata, changes, and the interfaces of backends and registries. Types only.
 *
 * `StorageBackend`, `StorageBackendWithMetadata` and what they are made of are those of the package
 * `@statesync/persistence` (https://github.com/777genius/state-sync), member by member.
 */

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/**
 * Canonical decimal text of an unsigned 64-bit number: `'0'` to `'18446744073709551615'`, no sign, no leading zeros.
 * Input may be any such string; output carries the brand.
 */
export type Revision = string & { readonly __brand: 'Revision' };

/** A snapshot as callers hand it in: the revision may be a plain string. */
export interface SnapshotInput<T> {
  revision: string;
  data: T;
}

/** A snapshot as it is handed out: the caller's own copy. */
export interface SnapshotEnvelope<T> {
  revision: Revision;
  data: T;
}

/** What is stored beside a snapshot. Fields that are not named here are kept as well. */
export interface PersistedSnapshotMetadata {
  /** When the snapshot was saved, in ms since the epoch. */
  savedAt: number;
  /** Version of the data's schema: a whole number, 0 or more. */
  schemaVersion: number;
  /** UTF-8 bytes of the JSON text of the envelope, or the number that `saveWithMetadata` was given. */
  sizeBytes: number;
  compressed: boolean;
  /** Any string. It is not compared with the data. */
  hash?: string;
  /** Time to live in ms, counted from `savedAt`. */
  ttlMs?: number;
}

/** Metadata as callers hand them in: an optional field may be `undefined`. */
export type MetadataInput = Omit<PersistedSnapshotMetadata, 'hash' | 'ttlMs'> & {
  hash?: string | undefined;
  ttlMs?: number | undefined;
};

/** A snapshot together with its metadata, as callers hand it in. */
export interface PersistedSnapshotInput<T> {
  snapshot: SnapshotInput<T>;
  metadata: MetadataInput;
}

/** A snapshot together with its metadata, as it is handed out: the caller's own copy. */
export interface PersistedSnapshot<T> {
  snapshot: SnapshotEnvelope<T>;
  metadata: PersistedSnapshotMetadata;
}

/** Given a copy of what is stored, or `null`, returns what to store. */
export type Updater<T> = (current: SnapshotEnvelope<T> | null) => SnapshotInput<T>;

/** Bytes in use. Without a quota, `quota` and `percentage` are absent. */
export interface StorageUsage {
  /** Measured UTF-8 bytes of keys and entries. */
  used: number;
  /** The most that may be held, in bytes. */
  quota?: number;
  /** `used` as a share of `quota`, from 0 to 100. */
  percentage?: number;
}

/** A place for one snapshot. */
export interface StorageBackend<T> {
  /** Stores a copy of the snapshot, in the place of what is there. */
  save(snapshot: SnapshotInput<T>): Promise<void>;
  /** A copy of what is stored, or `null`. */
  load(): Promise<SnapshotEnvelope<T> | null>;
  /** Removes what is stored. */
  clear?(): Promise<void>;
}

/** A place for one snapshot and its metadata. */
export interface StorageBackendWithMetadata<T> extends StorageBackend<T> {
  /** Stores a copy of the snapshot with a copy of this metadata, to the letter. */
  saveWithMetadata(persisted: PersistedSnapshotInput<T>): Promise<void>;
  /** Copies of what is stored, or `null`. */
  loadWithMetadata(): Promise<PersistedSnapshot<T> | null>;
  /** Measured bytes in use. */
  getUsage?(): Promise<StorageUsage>;
}

/** What was tracked and measured about one key, whatever its metadata claims. */
export interface StorageStat {
  revision: Revision;
  /** UTF-8 bytes of the JSON text of the envelope. */
  sizeBytes: number;
  /** When the key was first saved since it was last empty, in ms since the epoch. */
  createdAt: number;
  /** When the latest save was called (of an update: when its updater returned), in ms since the epoch. */
  updatedAt: number;
  /** Saves since the key was last empty. */
  saveCount: number;
}

/** That a key has changed. */
export interface StorageChange {
  readonly type: 'save' | 'clear';
  readonly key: string;
  /** Name of the client that made the change; `null` for the registry itself (`clearAll`, `restore`, `reset`). */
  readonly client: string | null;
  /** The revision that is there now; `null` after a clear. */
  readonly revision: Revision | null;
  /** The revision that was there before; `null` if there was none. */
  readonly previousRevision: Revision | null;
}

/** The contents of a key around a change. Each call decodes a copy. */
export interface StorageChangeContents<T> {
  /** The snapshot before the change, or `null`. */
  before(): SnapshotEnvelope<T> | null;
  /** The snapshot that the change has stored, or `null`. */
  after(): SnapshotEnvelope<T> | null;
}

/** Registries in memory call listeners with the contents as well. */
export type StorageChangeListener<T = unknown> = (change: StorageChange, contents: StorageChangeContents<T>) => void;

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
  /**
   * Ends the operation early. It rejects at once: with the signal's reason, and nothing has changed; or, where the store
   * was writing already, with `ERR_OUTCOME_UNKNOWN`, and the reason is the cause.
   */
  readonly signal?: AbortSignalLike | undefined;
}

export interface WriteOptions extends OperationOptions {
  /**
   * Take effect only if this is the revision that is stored; `null`: only if nothing is stored.
   * Not given: the last write wins.
   */
  readonly ifMatch?: string | null;
}

/** A handle on one key of a registry, as every registry gives it out. */
export interface StorageHandle<T> extends StorageBackendWithMetadata<T> {
  readonly key: string;
  /** Name of who uses the handle, in changes and operations. */
  readonly client: string;
  save(snapshot: SnapshotInput<T>, options?: WriteOptions): Promise<void>;
  load(options?: OperationOptions): Promise<SnapshotEnvelope<T> | null>;
  clear(options?: WriteOptions): Promise<void>;
  /** Reads, changes and writes as one. Resolves to a copy of what was stored. */
  update(updater: Updater<T>, options?: WriteOptions): Promise<SnapshotEnvelope<T>>;
  saveWithMetadata(persisted: PersistedSnapshotInput<T>, options?: WriteOptions): Promise<void>;
  loadWithMetadata(options?: OperationOptions): Promise<PersistedSnapshot<T> | null>;
  /** What was tracked and measured, or `null`. */
  stat(options?: OperationOptions): Promise<StorageStat | null>;
  getUsage(options?: OperationOptions): Promise<StorageUsage>;
  /** Listens to the changes of this key that other handles make. */
  subscribe(listener: (change: StorageChange) => void): Unsubscribe;
}

export interface ResetOptions {
  /** Whether every listener is dropped as well. Default: false */
  readonly listeners?: boolean | undefined;
}

/** What every registry has, in memory or on a server. Code that awaits the results runs on any of them. */
export interface StorageRegistry<T> extends AsyncDisposable {
  /** A new handle on a key. */
  getBackend(key: string, options?: { readonly client?: string | undefined }): StorageHandle<T>;
  /** Listens to every change of every key. */
  subscribe(listener: (change: StorageChange) => void): Unsubscribe;
  /** Copies of what a key holds, or `null`. No hook is called. */
  peek(key: string): Awaitable<PersistedSnapshot<T> | null>;
  has(key: string): Awaitable<boolean>;
  keys(): Awaitable<string[]>;
  entries(): Awaitable<[key: string, entry: PersistedSnapshot<T>][]>;
  /** Measured bytes of all keys and entries. */
  getUsage(): Awaitable<StorageUsage>;
  /** What is stored now, for `restore`. */
  checkpoint(): Awaitable<unknown>;
  /** Puts back everything as it was. */
  restore(checkpoint: unknown): Awaitable<void>;
  /** Puts back what was there at the beginning. */
  reset(options?: ResetOptions): Awaitable<void>;
  /** Removes every key. */
  clearAll(): Awaitable<void>;
  /** Later operations are refused. */
  dispose(): Awaitable<void>;
}
