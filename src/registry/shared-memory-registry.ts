import { checkClient, checkKey, checkSnapshot, checkTime, readOptions } from '../backend/checks';
import { KeyedMemoryBackend } from '../backend/keyed-memory-backend';
import { metadataOf } from '../backend/metadata-tracking';
import { structured } from '../codec/structured';
import { decodeWith, encodeWith } from '../codec/use-codec';
import type {
  PersistedSnapshot,
  SnapshotEnvelope,
  SnapshotInput,
  StorageChangeListener,
  StorageUsage,
  Unsubscribe,
} from '../contracts';
import { attempt, operate, refuse } from '../errors';
import { ChangeFeed } from '../store/change-feed';
import { Checkpoint } from '../store/checkpoint';
import { MemoryStore } from '../store/memory-store';
import { MeasuredRecord } from '../store/storage-record';
import {
  checkBackendClass,
  checkRegistryOptions,
  type KeyedMemoryBackendClass,
  type SharedMemoryRegistryOptions,
} from './registry-options';

// Where an engine has no Symbol.dispose (nor do Jest's environments), compilers of `using` fall back to this one.
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

export interface GetBackendOptions {
  /** Name of who uses the handle, in changes and operations. Default: numbered, `client-1`, `client-2`, … */
  readonly client?: string;
}

/** `Backend` may be left out only where the handles are plain `KeyedMemoryBackend`s. */
type RegistryArguments<T, B extends KeyedMemoryBackend<T>> =
  KeyedMemoryBackend<T> extends B
    ? [options?: SharedMemoryRegistryOptions<T, B>]
    : [options: SharedMemoryRegistryOptions<T, B> & { readonly Backend: KeyedMemoryBackendClass<T, B> }];

/** The medium of a registry, for views of it that read and write at once. Not for users: the package does not export it. */
export let storeOf: <T>(registry: SharedMemoryRegistry<T>) => MemoryStore<T>;

/**
 * One storage medium in memory, shared by every handle that `getBackend` gives out. What is saved and loaded is copied,
 * sizes and quota are real, and each change is told to the other handles.
 *
 * `peek`, `has`, `keys`, `entries`, `size`, iteration, `toJSON` and `getUsage` are synchronous looks at what is stored;
 * no backend's hook is called for them. After `dispose`, everything but `dispose` and `toJSON` throws `ERR_DISPOSED`.
 *
 * @example
 * const registry = new SharedMemoryRegistry<Settings>();
 * const [writer, reader] = [registry.getBackend('settings'), registry.getBackend('settings')];
 * await writer.save({ revision: '1', data: { theme: 'dark' } });
 * await reader.load(); // { revision: '1', data: { theme: 'dark' } }
 */
export class SharedMemoryRegistry<T, B extends KeyedMemoryBackend<T> = KeyedMemoryBackend<T>> implements Disposable {
  static {
    storeOf = (registry) => registry.#store;
  }

  readonly #store: MemoryStore<T>;
  readonly #Backend: KeyedMemoryBackendClass<T, B>;
  readonly #initial: Checkpoint<T>;
  #clients = 0;

  /** @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK`; for `initial`, what `save` throws */
  constructor(...args: RegistryArguments<T, B>) {
    const [options] = args as [SharedMemoryRegistryOptions<T, B>?];
    const {
      Backend,
      initial = {},
      codec = structured,
      now = () => Date.now(),
      quota,
      weigh,
      onListenerError,
    } = operate('new SharedMemoryRegistry', () => checkRegistryOptions(options));
    // Left out only where B is KeyedMemoryBackend<T>, as RegistryArguments says.
    this.#Backend = Backend ?? (KeyedMemoryBackend as unknown as KeyedMemoryBackendClass<T, B>);
    this.#store = new MemoryStore<T>({ codec, now, quota, weigh, changes: new ChangeFeed(onListenerError) });
    this.#initial = operate('initial', () => new Checkpoint(this.#recordsOf(initial), this.#store.codec));
    operate('initial', () => this.#store.restore(this.#initial));
  }

  /**
   * A handle on a key: a new one at each call, over the data that all handles of that key share.
   * @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION`, `ERR_DISPOSED`, `ERR_HOOK_FAILED` from its constructor
   */
  getBackend<C extends KeyedMemoryBackend<T>>(
    key: string,
    options: GetBackendOptions & { readonly Backend: KeyedMemoryBackendClass<T, C> },
  ): C;
  getBackend(key: string, options?: GetBackendOptions): B;
  getBackend(
    key: string,
    options: GetBackendOptions & { readonly Backend?: KeyedMemoryBackendClass<T> } = {},
  ): KeyedMemoryBackend<T> {
    return operate(
      'getBackend',
      () => {
        this.#store.get(checkKey(key));
        const names = ['Backend', 'client'] as const;
        const { Backend = this.#Backend, client } = readOptions(options, names);
        checkBackendClass(Backend);
        if (checkClient(client) === undefined) this.#clients += 1;
        const expected = `the constructor of ${Backend.name} to succeed`;
        return attempt(
          'ERR_HOOK_FAILED',
          expected,
          () => new Backend({ key, client: client ?? this.#clients, store: this.#store }),
        );
      },
      key,
    );
  }

  /** A synchronous look at a key: copies of snapshot and metadata, or `null`. */
  peek(key: string): PersistedSnapshot<T> | null {
    return operate(
      'peek',
      () => {
        const record = this.#store.get(checkKey(key));
        return record && this.#open(record);
      },
      key,
    );
  }

  has(key: string): boolean {
    return operate('has', () => this.#store.get(checkKey(key)) !== null, key);
  }

  /** How many keys are stored. */
  get size(): number {
    return operate('size', () => this.#store.records.size);
  }

  /** The keys that are stored, the one that was first saved first. */
  keys(): string[] {
    return operate('keys', () => [...this.#store.records.keys()]);
  }

  /** Keys with copies of snapshot and metadata. */
  entries(): [key: string, entry: PersistedSnapshot<T>][] {
    const records = operate('entries', () => this.#store.records);
    return Array.from(records, ([key, record]) => [key, operate('entries', () => this.#open(record), key)]);
  }

  [Symbol.iterator](): IterableIterator<[key: string, entry: PersistedSnapshot<T>]> {
    return this.entries()[Symbol.iterator]();
  }

  /** Snapshots by key: what `initial` takes, and what Jest's snapshots and `JSON.stringify` show. Empty once disposed of. */
  toJSON(): Record<string, SnapshotEnvelope<T>> {
    if (this.#store.disposed) return {};
    return Object.fromEntries(this.entries().map(([key, { snapshot }]) => [key, snapshot]));
  }

  /** Measured bytes of all keys and entries, against the quota. */
  getUsage(): StorageUsage {
    return operate('getUsage', () => this.#store.usage());
  }

  /**
   * Tells of every change of every key, whoever makes it. Called in commit order, after the commit.
   * @throws {StorageError} `ERR_INVALID_CALLBACK`, `ERR_DISPOSED`
   */
  subscribe(listener: StorageChangeListener): Unsubscribe {
    return operate('subscribe', () => this.#store.subscribe(listener));
  }

  /** Removes every key. Handles already held stay valid. */
  clearAll(): void {
    operate('clearAll', () => this.#store.clear());
  }

  /** Everything that is stored now, to be restored later. */
  checkpoint(): Checkpoint<T> {
    return operate('checkpoint', () => this.#store.checkpoint());
  }

  /**
   * Puts back everything as it was: handles already held see it at once, and their listeners hear of each key that is
   * different by it. A checkpoint can be restored any number of times, also into another registry.
   * @throws {StorageError} `ERR_INVALID_CHECKPOINT`, `22` (quota exceeded), `ERR_DISPOSED`. Nothing has changed then.
   */
  restore(checkpoint: Checkpoint<T>): void {
    operate('restore', () => {
      if (!(checkpoint instanceof Checkpoint)) {
        refuse('ERR_INVALID_CHECKPOINT', 'what checkpoint() returned', checkpoint);
      }
      this.#store.restore(checkpoint);
    });
  }

  /** Puts `initial` back, for `afterEach`. Handles and listeners stay. */
  reset(): void {
    operate('reset', () => this.#store.restore(this.#initial));
  }

  /** Drops data and listeners; later operations reject with `ERR_DISPOSED`. Idempotent. Also as `using registry = …`. */
  dispose(): void {
    this.#store.dispose();
  }

  #open(record: MeasuredRecord<T>): PersistedSnapshot<T> {
    const data = decodeWith(this.#store.codec, record.data);
    return { snapshot: { revision: record.revision, data }, metadata: metadataOf(record) };
  }

  #recordsOf(initial: Readonly<Record<string, SnapshotInput<T>>>): Map<string, MeasuredRecord<T>> {
    const { codec, now } = this.#store;
    const records = new Map<string, MeasuredRecord<T>>();
    for (const key of Object.keys(initial)) {
      operate(
        'initial',
        () => {
          const { revision, data } = checkSnapshot(initial[key] as SnapshotInput<T>);
          const encoded = encodeWith(codec, data);
          records.set(
            key,
            new MeasuredRecord(revision, encoded, checkTime(attempt('ERR_HOOK_FAILED', 'now() to succeed', now)), codec),
          );
        },
        key,
      );
    }
    return records;
  }

  [DISPOSE](): void {
    this.dispose();
  }

  /** @internal What `console.log` shows in Node: `SharedMemoryRegistry(1) { settings: { revision: '1', data: … } }`. */
  [INSPECT](
    depth: number,
    options: { readonly depth?: number | null },
    print: (value: unknown, options: object) => string,
  ): string {
    const entries = this.toJSON();
    const title = `${this.constructor.name}(${Object.keys(entries).length})`;
    if (depth < 0) return `[${title}]`;
    // Keys and envelopes are not what somebody who prints a registry wants to see: their two levels come on top.
    return `${title} ${print(entries, { ...options, depth: options.depth && options.depth + 2 })}`;
  }
}
