import type { dataType } from '../codec/data-type';
import type { Revision, StorageChange, StorageUsage, Unsubscribe } from '../contracts';
import { fail, markClass, QuotaExceededError, RevisionConflictError } from '../errors';
import { ChangeNotifier, type ListenerErrorHandler, type SubscriptionOptions } from '../store/change-notifier';
import { assertPrecondition, type StorageRecord, type TrackedRecord, type WriteCondition } from '../store/storage-record';
import { usageOf, type Weigh, weighRecord } from '../store/weigh-record';
import { ChangeFeed, type FeedChange } from './change-feed';
import { type RedisLoss, sequenceNumber } from './log-position';
import { type RedisClientLike, RedisConnection } from './redis-connection';
import { createBody, openRemoteRecord, ordinalOf } from './remote-record';
import { type Reply, ScriptRunner } from './script-runner';
import { type Script, scripts } from './scripts';
import { monotonicNow } from './timers';
import type { WireCodec } from './wire-codec';

export interface RedisStoreOptions<T> {
  readonly client: RedisClientLike;
  readonly namespace: string;
  /** The registry's own id. */
  readonly id: string;
  readonly codec: WireCodec<T>;
  readonly now: () => number;
  readonly quota: number | undefined;
  readonly weigh: Weigh<T> | undefined;
  readonly onListenerError: ListenerErrorHandler | undefined;
  readonly onLoss: ((loss: RedisLoss) => void) | undefined;
  readonly idleTtlMs: number;
  readonly timeoutMs: number;
  readonly replicas: number;
}

/** Who writes: a handle, or the registry itself. */
interface Origin {
  readonly id: string;
  readonly client: string;
}

/** The store of one registry on a server: what its scripts are given, and what their replies say. */
export class RedisStore<T> {
  /** @internal Two stores of different data are different types. */
  declare readonly [dataType]: (data: T) => T;
  /** @internal */
  readonly codec: WireCodec<T>;
  /** @internal */
  readonly now: () => number;
  /** @internal Calls the listeners of changes. */
  readonly listeners: ChangeNotifier<T>;
  readonly #options: RedisStoreOptions<T>;
  readonly #keys: readonly string[];
  readonly #runner: ScriptRunner;
  /** What this registry writes where it finds nothing. */
  #initial: ReadonlyMap<string, TrackedRecord> = new Map();
  /** The versions of records that were read or are to be written: the ids of the operations that stored them. */
  readonly #versions = new WeakMap<StorageRecord, string>();
  #feed: ChangeFeed | undefined;
  /** How often the server has lost changes while listeners followed the log. */
  #histories = 0;

  /** @internal */
  constructor(options: RedisStoreOptions<T>) {
    this.#options = options;
    this.codec = options.codec;
    this.now = options.now;
    this.#keys = ['head', 'body', 'state', 'changes'].map((name) => `smr:{${options.namespace}}:${name}`);
    this.#runner = new ScriptRunner({
      ...options,
      connect: (onReady) => this.#connect(onReady),
      keys: this.#keys,
      toOpenArguments: () => [...this.#sharedOptions, ...this.#toArguments(this.#initial)],
      checkOpened: (reply) => this.#checkOpened(reply),
      onLoss: (loss) => {
        // Where listeners follow the log, their feed finds out by itself.
        if (this.#feed === undefined) this.#reportLoss(loss);
      },
    });
    this.listeners = new ChangeNotifier<T>(() => this.#startFeed(), options.onListenerError);
  }

  /** @internal Finds the namespace, or writes these records where nothing is stored. */
  async open(initial: ReadonlyMap<string, TrackedRecord>): Promise<void> {
    this.#initial = initial;
    await this.#runner.open();
  }

  /** @internal */
  assertInUse(): void {
    this.#runner.assertInUse();
  }

  /** @internal */
  async read(key: string): Promise<TrackedRecord | null> {
    const { details } = await this.#runner.read(scripts.read, [JSON.stringify(key)]);
    const [head, body] = details as [string, string];
    return head === '' ? null : this.#open(head, body);
  }

  /** @internal Keys and records, the key that was first saved first. */
  async records(): Promise<Map<string, TrackedRecord>> {
    const { details } = await this.#runner.read(scripts.readAll, ['records']);
    const [, heads, bodies] = details as [string, string[], string[]];
    const bodyOf = new Map(toPairs(bodies));
    return new Map(sortHeads(heads).map(([key, head]) => [JSON.parse(key), this.#open(head, bodyOf.get(key) as string)]));
  }

  /** @internal */
  async keys(): Promise<string[]> {
    const { details } = await this.#runner.read(scripts.readAll, ['heads']);
    return sortHeads(details[1] as string[]).map(([key]) => JSON.parse(key));
  }

  /** @internal Bytes of a key and its record, as the quota counts them. */
  weigh(key: string, record: TrackedRecord): number {
    return weighRecord(key, record, this.codec, this.#options.weigh);
  }

  /** @internal Bytes of one key against the quota. */
  usageOf(used: number): StorageUsage {
    return usageOf(used, this.#options.quota);
  }

  /** @internal Bytes of all keys against the quota. Without a quota no key is weighed when it is written, so all are read. */
  async usage(): Promise<StorageUsage> {
    if (this.#options.quota === undefined) {
      const weights = [...(await this.records())].map(([key, record]) => this.weigh(key, record));
      return this.usageOf(weights.reduce((sum, bytes) => sum + bytes, 0));
    }
    const { details } = await this.#runner.read(scripts.readAll, ['usage']);
    return this.usageOf(Number(details[0]));
  }

  /** @internal Stores the record, or removes what is there, where the condition holds and the quota suffices. */
  async write(key: string, record: TrackedRecord | null, condition: WriteCondition, origin: Origin): Promise<void> {
    const { ifMatch, replaces } = condition;
    // Encoded and weighed once, before anything is sent: both may run code of the user.
    const weight = record === null || this.#options.quota === undefined ? 0 : this.weigh(key, record);
    const body = record === null ? '' : createBody(record);
    const version = replaces === undefined ? '' : await this.#versionOf(key, replaces);
    const { revision = '', createdAt = 0, saveCount = 0, updatedAt = 0 } = record ?? {};
    const args = [
      ...[origin.id, JSON.stringify(origin.client), JSON.stringify(key)],
      ...[ifMatch === undefined ? '' : (ifMatch ?? '-'), version],
      ...[revision, String(createdAt), String(saveCount), String(weight), String(updatedAt), body],
      replaces?.revision ?? '-',
    ];
    await this.#change(scripts.commit, args, condition);
  }

  /** @internal Replaces all records, as one commit. */
  async replaceAll(records: ReadonlyMap<string, TrackedRecord>): Promise<void> {
    await this.#change(scripts.replaceAll, this.#toArguments(records));
  }

  /** @internal Puts back what this registry writes where it finds nothing. */
  async reset(): Promise<void> {
    await this.replaceAll(this.#initial);
  }

  /** @internal Calls the listener for what is committed from now on. */
  subscribe(
    listener: (change: StorageChange) => void,
    options: Pick<SubscriptionOptions, 'key' | 'subscriber'> = {},
  ): Unsubscribe {
    this.assertInUse();
    const { known } = this.#runner;
    return this.listeners.subscribe(listener, {
      ...options,
      since: this.#inHistory(known === undefined ? 0 : sequenceNumber(known.id)),
    });
  }

  /** @internal Ends it without waiting. */
  destroy(): void {
    this.#runner.destroy();
  }

  /** @internal Drops listeners and closes the connections; the data stays. Operations in flight settle before. Idempotent. */
  dispose(): Promise<void> {
    this.listeners.drop();
    return this.#runner.dispose();
  }

  #connect(onReady: () => void): RedisConnection {
    return new RedisConnection(this.#options.client, String(this.#keys[3]), onReady);
  }

  /** Sends a change. It resolves when listeners in this registry have been called. */
  async #change(script: Script, args: readonly string[], { signal }: WriteCondition = {}): Promise<void> {
    const end = monotonicNow() + this.#options.timeoutMs;
    const { status, details } = await this.#runner.change(script, args, () => {
      if (signal?.aborted) throw signal.reason;
    });
    if (status === 'quota') throw toQuotaError(details);
    if (status === 'conflict') {
      const [expected, actual] = (details as Revision[]).map((revision) => (String(revision) === '-' ? null : revision));
      throw new RevisionConflictError(expected ?? null, actual ?? null);
    }
    await this.#feed?.reached(sequenceNumber(String(details[0])), end - monotonicNow());
  }

  /** What all registries of the namespace have in common. */
  get #sharedOptions(): [quota: string, idleTtlMs: string, codec: string] {
    const { quota, idleTtlMs, codec } = this.#options;
    return [quota === undefined ? '' : String(quota), String(idleTtlMs), codec.format];
  }

  #checkOpened({ status, details }: Reply): void {
    if (status === 'quota') throw toQuotaError(details);
    for (const [index, name] of ['quota', 'idleTtlMs', 'codec'].entries()) {
      const [own, shared] = [this.#sharedOptions[index], String(details[index])];
      if (own === shared) continue;
      fail(
        'ERR_INVALID_OPTION',
        `${name} to be ${shared || 'absent'}, as in the first registry of the namespace`,
        own,
        own || 'none',
      );
    }
  }

  #reportLoss(loss: RedisLoss): void {
    const { onLoss } = this.#options;
    if (onLoss !== undefined) void Promise.resolve(Object.freeze(loss)).then(onLoss); // what it throws is an uncaught error
  }

  #startFeed(): () => void {
    const feed = new ChangeFeed({
      connect: (onReady) => this.#connect(onReady),
      keys: this.#keys,
      known: this.#runner.known,
      // Rounded down, so that a change in this millisecond is included.
      since: Math.floor(this.#runner.serverTime),
      blockMs: Math.ceil(Math.min(this.#options.idleTtlMs / 3, 5000)),
      timeoutMs: this.#options.timeoutMs,
      onChange: (change) => this.#enqueue(change),
      onLoss: (loss) => {
        if (loss.kind === 'rewound') this.#histories += 1;
        this.#reportLoss(loss);
      },
    });
    this.#feed = feed;
    return () => {
      if (this.#feed === feed) this.#feed = undefined;
      feed.stop();
    };
  }

  #enqueue({ change, origin, number }: FeedChange): void {
    // Listeners of a registry on a server are not given contents.
    const toArguments = () => [change] as unknown as Parameters<Parameters<ChangeNotifier<T>['subscribe']>[0]>;
    this.listeners.enqueue({ key: change.key, origin, sequenceNumber: this.#inHistory(number), toArguments });
  }

  /** Where the server has lost changes, numbers begin again: those that follow are larger all the same. */
  #inHistory(number: number): number {
    return this.#histories * 2 ** 40 + number;
  }

  #open(head: string, body: string): TrackedRecord {
    const { record, version } = openRemoteRecord(head, body);
    this.#versions.set(record, version);
    return record;
  }

  /** The version of the record that must still be stored. A record that a subclass has made itself is found by its contents. */
  async #versionOf(key: string, replaces: StorageRecord | null): Promise<string> {
    if (replaces === null) return '-';
    const version = this.#versions.get(replaces);
    if (version !== undefined) return version;
    const current = await this.read(key);
    assertPrecondition(current, { replaces });
    return this.#versions.get(current as TrackedRecord) as string;
  }

  #toArguments(records: ReadonlyMap<string, TrackedRecord>): string[] {
    return [...records].flatMap(([key, record]) => {
      const { revision, createdAt, saveCount, updatedAt } = record;
      const weight = this.#options.quota === undefined ? 0 : this.weigh(key, record);
      const numbers = [createdAt, saveCount, weight, updatedAt].map(String);
      return [JSON.stringify(key), this.#versionToStore(record), revision, ...numbers, createBody(record)];
    });
  }

  /** A record that is put back is the same one: what it is compared with by its version holds. */
  #versionToStore(record: TrackedRecord): string {
    const known = this.#versions.get(record);
    if (known !== undefined) return known;
    const version = this.#runner.newOperationId();
    this.#versions.set(record, version);
    return version;
  }
}

markClass(RedisStore);

function toQuotaError([quota, requested]: readonly unknown[]): QuotaExceededError {
  return new QuotaExceededError(Number(quota), Number(requested));
}

function toPairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((value, index) => (index % 2 === 0 ? [[value, flat[index + 1]] as [string, string]] : []));
}

function sortHeads(flat: readonly string[]): [key: string, head: string][] {
  const pairs = toPairs(flat).map(([key, head]) => ({ key, head, ordinal: ordinalOf(head) }));
  pairs.sort(({ ordinal: [a, i] }, { ordinal: [b, j] }) => a - b || i - j);
  return pairs.map(({ key, head }) => [key, head]);
}
