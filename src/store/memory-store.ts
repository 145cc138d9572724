import type { StorageCodec } from '../codec/storage-codec';
import { decodeWith } from '../codec/use-codec';
import { utf8Size } from '../codec/utf8-size';
import type { StorageChangeListener, StorageUsage, Unsubscribe } from '../contracts';
import { attempt, QuotaExceededError, refuse, StorageError } from '../errors';
import { type ChangeFeed, reportUncaught } from './change-feed';
import { Checkpoint } from './checkpoint';
import { checkCondition, type MeasuredRecord, type WriteCondition } from './storage-record';

/** Who makes a change: a handle, which does not hear of it. */
export interface ChangeMaker {
  readonly client: string;
}

/**
 * Is told of a change inside the stack of the one who makes it, with what was there before and is there now. The key is
 * `null` where somebody clears everything. What it throws is reported: the change has been made.
 */
export type CommitObserver<T> = (
  key: string | null,
  before: MeasuredRecord<T> | null,
  after: MeasuredRecord<T> | null,
  maker: ChangeMaker | null,
) => void;

export interface MemoryStoreOptions<T> {
  readonly codec: StorageCodec<T>;
  readonly now: () => number;
  readonly quota?: number | undefined;
  /** Bytes that a key and its data take. Default: UTF-8 bytes of the key and of the envelope's JSON text. */
  readonly weigh?: ((key: string, data: T) => number) | undefined;
  readonly changes: ChangeFeed;
}

/**
 * The medium: immutable records by key, the bytes they hold against the quota, and the changes made to them.
 * Every method is synchronous, so each is atomic.
 */
export class MemoryStore<T> {
  readonly codec: StorageCodec<T>;
  readonly now: () => number;
  readonly #changes: ChangeFeed;
  readonly #quota: number | undefined;
  readonly #weigh: ((key: string, data: T) => number) | undefined;
  #observers: readonly CommitObserver<T>[] = [];
  #records = new Map<string, MeasuredRecord<T>>();
  /** Bytes held, and those of each key. Counted as they come only where there is a quota to check. */
  #held = 0;
  #weights = new Map<string, number>();
  #disposed = false;

  constructor({ codec, now, quota, weigh, changes }: MemoryStoreOptions<T>) {
    this.codec = codec;
    this.now = now;
    this.#changes = changes;
    this.#quota = quota;
    this.#weigh = weigh;
  }

  get(key: string): MeasuredRecord<T> | null {
    return this.#alive().get(key) ?? null;
  }

  /** Keys and records, the key that was first saved first. */
  get records(): ReadonlyMap<string, MeasuredRecord<T>> {
    return this.#alive();
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  put(key: string, record: MeasuredRecord<T>, condition: WriteCondition, maker: ChangeMaker): void {
    // Weighing may run code of the data, the codec or `weigh`, which may save as well: it is over before anything is looked at.
    const bytes = this.#quota === undefined ? 0 : this.weigh(key, record);
    const current = this.#check(key, condition);
    this.#replace(key, current, record.after(current), bytes, maker);
  }

  delete(key: string, condition: WriteCondition, maker: ChangeMaker): void {
    const current = this.#check(key, condition);
    if (current !== null) this.#replace(key, current, null, 0, maker);
  }

  /** Bytes of a key and its record, as the quota counts them. */
  weigh(key: string, record: MeasuredRecord<T> | null): number {
    if (record === null) return 0;
    if (this.#weigh === undefined) return utf8Size(key) + record.sizeBytes;
    return this.#callWeigh(this.#weigh, key, record);
  }

  /** Bytes against the quota: of one key, or of all. */
  usage(used = sum(this.#weighAll(this.#alive()))): StorageUsage {
    const quota = this.#quota;
    if (quota === undefined) return { used };
    return { used, quota, percentage: quota === 0 ? 100 : (used / quota) * 100 };
  }

  /** Hears of one key, or of every one; a handle that subscribes does not hear of its own changes. */
  subscribe(listener: StorageChangeListener, key?: string, subscriber?: ChangeMaker): Unsubscribe {
    this.#alive();
    return this.#changes.subscribe(listener, key, subscriber);
  }

  /** Tells of every change at once, before anything else can happen. */
  observe(observer: CommitObserver<T>): Unsubscribe {
    this.#alive();
    const own: CommitObserver<T> = (...commit) => observer(...commit);
    this.#observers = [...this.#observers, own];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== own);
    };
  }

  checkpoint(): Checkpoint<T> {
    return new Checkpoint(this.#alive(), this.codec);
  }

  /** Puts everything in the place of everything at once, and tells of what has changed by it. */
  restore(checkpoint: Checkpoint<T>): void {
    this.#alive();
    const after = checkpoint.recordsFor(this.codec);
    const weights = this.#quota === undefined ? this.#weights : this.#weighAll(after);
    // Encoding and weighing may have run other code: what is replaced is what is there now.
    const before = this.#alive();
    this.#hold(sum(weights));
    this.#weights = weights;
    this.#records = after;
    for (const [key, current] of before) {
      const next = after.get(key) ?? null;
      if (next !== current) this.#publish(key, current, next, null);
    }
    for (const [key, next] of after) if (!before.has(key)) this.#publish(key, null, next, null);
  }

  clear(): void {
    this.restore(new Checkpoint(new Map(), this.codec));
  }

  /** The same by a client, whose one act it is: no change where nothing is stored. */
  clearBy(maker: ChangeMaker): void {
    const before = this.#alive();
    if (before.size === 0) return;
    this.#hold(0);
    this.#weights = new Map();
    this.#records = new Map();
    for (const [key, record] of before) this.#tell(key, record, null, maker);
    this.#notify(null, null, null, maker);
  }

  /** Drops data and listeners. Idempotent. */
  dispose(): void {
    this.#disposed = true;
    this.#records.clear();
    this.#held = 0;
    this.#weights.clear();
    this.#observers = [];
    this.#changes.dispose();
  }

  #alive(): Map<string, MeasuredRecord<T>> {
    if (!this.#disposed) return this.#records;
    throw new StorageError('ERR_DISPOSED', { expected: 'a registry in use', received: 'one that was disposed of' });
  }

  #check(key: string, condition: WriteCondition): MeasuredRecord<T> | null {
    const current = this.get(key);
    checkCondition(condition, current);
    return current;
  }

  #replace(
    key: string,
    current: MeasuredRecord<T> | null,
    next: MeasuredRecord<T> | null,
    bytes: number,
    maker: ChangeMaker,
  ): void {
    if (this.#quota !== undefined) {
      this.#hold(this.#held - (this.#weights.get(key) ?? 0) + bytes);
      this.#weights.set(key, bytes);
    }
    if (next) this.#records.set(key, next);
    else {
      this.#records.delete(key);
      this.#weights.delete(key);
    }
    this.#publish(key, current, next, maker);
  }

  #hold(bytes: number): void {
    if (this.#quota !== undefined && bytes > this.#quota) throw new QuotaExceededError(this.#quota, bytes);
    this.#held = bytes;
  }

  #weighAll(records: ReadonlyMap<string, MeasuredRecord<T>>): Map<string, number> {
    return new Map(Array.from(records, ([key, record]) => [key, this.weigh(key, record)]));
  }

  #callWeigh(weigh: (key: string, data: T) => number, key: string, record: MeasuredRecord<T>): number {
    const bytes: unknown = attempt('ERR_HOOK_FAILED', 'weigh to succeed', () => weigh(key, decodeWith(this.codec, record.data)));
    if (Number.isSafeInteger(bytes) && Number(bytes) >= 0) return Number(bytes);
    return refuse('ERR_HOOK_FAILED', 'weigh to return a whole number of bytes, 0 or more', bytes);
  }

  #publish(key: string, before: MeasuredRecord<T> | null, after: MeasuredRecord<T> | null, maker: ChangeMaker | null): void {
    this.#tell(key, before, after, maker);
    this.#notify(key, before, after, maker);
  }

  #notify(...commit: Parameters<CommitObserver<T>>): void {
    for (const observe of this.#observers) {
      try {
        observe(...commit);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }

  #tell(key: string, before: MeasuredRecord<T> | null, after: MeasuredRecord<T> | null, maker: ChangeMaker | null): void {
    if (!this.#changes.isHeard(key)) return;
    const change = {
      type: after === null ? 'clear' : 'save',
      key,
      client: maker?.client ?? null,
      revision: after?.revision ?? null,
      previousRevision: before?.revision ?? null,
    } as const;
    this.#changes.publish(change, maker);
  }
}

function sum(weights: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const bytes of weights.values()) total += bytes;
  return total;
}
