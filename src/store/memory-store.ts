import type { dataType } from '../codec/data-type';
import type { StorageCodec } from '../codec/storage-codec';
import type { StorageChange, StorageChangeContents, StorageUsage, Unsubscribe } from '../contracts';
import { disposedError, markClass, QuotaExceededError } from '../errors';
import { ChangeNotifier, type ListenerErrorHandler } from './change-notifier';
import { Checkpoint } from './checkpoint';
import type { Commit, CommitOrigin, KeyChange, StoreObserver } from './commit';
import { reportUncaught } from './report-uncaught';
import { nextRecord, openRecord, type TrackedRecord, type WriteCondition } from './storage-record';
import { usageOf, type Weigh, weighRecord } from './weigh-record';

export interface MemoryStoreOptions<T> {
  readonly codec: StorageCodec<T>;
  readonly now: () => number;
  readonly quota?: number | undefined;
  /** Bytes that a key and its data take. Default: UTF-8 bytes of the key and of the envelope's JSON text. */
  readonly weigh?: Weigh<T> | undefined;
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/**
 * The store of one registry: immutable records by key, the bytes they take of the quota, and the commits that change them.
 * Every method is synchronous, so each is atomic. Opaque to users of the package: a backend hands it on to `super`.
 */
export class MemoryStore<T> {
  declare readonly [dataType]: (data: T) => T;
  /** @internal */
  readonly codec: StorageCodec<T>;
  /** @internal */
  readonly now: () => number;
  /** @internal Calls the listeners of changes. */
  readonly listeners: ChangeNotifier<T>;
  /** @internal What observes the store while there are listeners. */
  readonly notifying: StoreObserver = { onCommit: (commit) => this.#notify(commit) };
  readonly #quota: number | undefined;
  readonly #weigh: Weigh<T> | undefined;
  #observers: readonly StoreObserver[] = [];
  #records = new Map<string, TrackedRecord>();
  /** Bytes of keys, and their sum. With a quota a key is weighed when it is written, without one when the usage is first asked for. */
  #weights = new Map<string, number>();
  #weighed = 0;
  #disposed = false;

  /** @internal */
  constructor({ codec, now, quota, weigh, onListenerError }: MemoryStoreOptions<T>) {
    this.codec = codec;
    this.now = now;
    this.#quota = quota;
    this.#weigh = weigh;
    this.listeners = new ChangeNotifier<T>(() => this.observe(this.notifying), onListenerError);
  }

  /** @internal @throws {StorageError} `ERR_DISPOSED` */
  assertInUse(): void {
    if (this.#disposed) throw disposedError();
  }

  /** @internal @param reader the handle or window that reads; `null` for the registry itself */
  get(key: string, reader: CommitOrigin | null): TrackedRecord | null {
    return this.#read(key, reader).get(key) ?? null;
  }

  /** @internal Keys and records, the key that was first saved first. */
  records(reader: CommitOrigin | null): ReadonlyMap<string, TrackedRecord> {
    return this.#read(null, reader);
  }

  /** @internal */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** @internal Stores the record, or removes what is there, where the condition holds and the quota suffices. */
  write(key: string, record: TrackedRecord | null, condition: WriteCondition, origin: CommitOrigin): void {
    // Weighing may run code of the data, the codec or `weigh`, which may write as well: it is over before the store is read.
    const bytes = this.#quota === undefined || record === null ? 0 : this.weigh(key, record);
    const before = this.get(key, origin);
    const after = nextRecord(before, record, condition) as TrackedRecord | null;
    if (before === null && after === null) return;
    const weighed = this.#weighed - (this.#weights.get(key) ?? 0) + bytes;
    this.#checkQuota(weighed);
    if (after === null) this.#records.delete(key);
    else this.#records.set(key, after);
    if (this.#quota !== undefined && after !== null) this.#weights.set(key, bytes);
    else if (this.#weights.size > 0) this.#weights.delete(key);
    this.#weighed = weighed;
    if (this.#observers.length > 0) this.#publish({ type: 'write', origin, changes: [{ key, before, after }] });
  }

  /** @internal Removes every key, as one commit. */
  clear(origin: CommitOrigin | null): void {
    this.#replaceAll('clear', new Map(), origin);
  }

  /** @internal Replaces all records by those of the checkpoint, as one commit. Where it fails, nothing has changed. */
  restore(checkpoint: Checkpoint<T>, { dropListeners = false } = {}): void {
    this.assertInUse();
    this.#replaceAll('restore', checkpoint.recordsFor(this.codec), null, dropListeners);
  }

  /** @internal */
  checkpoint(): Checkpoint<T> {
    return new Checkpoint(this.records(null), this.codec);
  }

  /** @internal Bytes of a key and its record, as the quota counts them. */
  weigh(key: string, record: TrackedRecord): number {
    return weighRecord(key, record, this.codec, this.#weigh);
  }

  /** @internal Bytes against the quota: of one key, or of all. */
  usage(used = this.#weighAll()): StorageUsage {
    return usageOf(used, this.#quota);
  }

  /** @internal Calls the observer at every read and commit, in the stack of the one who makes it. */
  observe(observer: StoreObserver): Unsubscribe {
    this.assertInUse();
    for (const other of this.#observers) other.onObserve?.(observer);
    const own = { ...observer };
    this.#observers = [...this.#observers, own];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== own);
    };
  }

  /** @internal Drops data, observers and listeners. Idempotent. */
  dispose(): void {
    for (const { onRead } of this.#observers) onRead?.(null, null);
    this.#disposed = true;
    this.#records.clear();
    this.#weights.clear();
    this.#observers = [];
    this.listeners.drop();
  }

  #read(key: string | null, reader: CommitOrigin | null): Map<string, TrackedRecord> {
    if (this.#observers.length > 0) for (const { onRead } of this.#observers) onRead?.(key, reader);
    this.assertInUse();
    return this.#records;
  }

  #replaceAll(
    type: 'clear' | 'restore',
    records: Map<string, TrackedRecord>,
    origin: CommitOrigin | null,
    dropListeners = false,
  ): void {
    const weights = new Map<string, number>();
    if (this.#quota !== undefined) for (const [key, record] of records) weights.set(key, this.weigh(key, record));
    // Encoding and weighing may have run other code: what is replaced is what is there now.
    const before = this.#read(null, origin);
    const weighed = [...weights.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#checkQuota(weighed);
    if (dropListeners) this.listeners.drop();
    this.#weights = weights;
    this.#weighed = weighed;
    this.#records = records;
    if (this.#observers.length === 0) return;
    const changes: KeyChange[] = [];
    for (const key of new Set([...before.keys(), ...records.keys()])) {
      const change = { key, before: before.get(key) ?? null, after: records.get(key) ?? null };
      if (change.before !== change.after) changes.push(change);
    }
    if (changes.length > 0) this.#publish({ type, origin, changes });
  }

  #contentsOf({ before, after }: KeyChange): StorageChangeContents<T> {
    const open = (record: TrackedRecord | null) => record && openRecord(record, this.codec);
    return Object.freeze({ before: () => open(before), after: () => open(after) });
  }

  #checkQuota(bytes: number): void {
    if (this.#quota !== undefined && bytes > this.#quota) throw new QuotaExceededError(this.#quota, bytes);
  }

  /** Weighs the keys that have not been weighed since they changed. */
  #weighAll(): number {
    const records = this.records(null);
    if (this.#weights.size === records.size) return this.#weighed;
    for (const [key, record] of [...records]) {
      if (this.#weights.has(key)) continue;
      const bytes = this.weigh(key, record);
      // Weighing may have run code that writes or weighs.
      if (this.#records.get(key) !== record || this.#weights.has(key)) continue;
      this.#weights.set(key, bytes);
      this.#weighed += bytes;
    }
    return this.#weighed;
  }

  #notify({ origin, changes }: Commit): void {
    for (const change of changes) {
      const { key } = change;
      this.listeners.enqueue({ key, origin, toArguments: () => [toStorageChange(change, origin), this.#contentsOf(change)] });
    }
  }

  #publish(commit: Commit): void {
    for (const { onCommit } of this.#observers) {
      try {
        onCommit?.(commit);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }
}

markClass(MemoryStore);

function toStorageChange({ key, before, after }: KeyChange, origin: CommitOrigin | null): StorageChange {
  return Object.freeze({
    type: after === null ? 'clear' : 'save',
    key,
    client: origin?.client ?? null,
    revision: after?.revision ?? null,
    previousRevision: before?.revision ?? null,
  });
}
