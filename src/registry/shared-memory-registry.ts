import { checkClient, checkKey, readOptions } from '../backend/input-validation';
import { KeyedMemoryBackend } from '../backend/keyed-memory-backend';
import { openWithMetadata } from '../backend/with-metadata-tracking';
import type {
  PersistedSnapshot,
  ResetOptions,
  SnapshotEnvelope,
  StorageChangeListener,
  StorageRegistry,
  StorageUsage,
  Unsubscribe,
} from '../contracts';
import { fail, invalidThis, markClass, withContext } from '../errors';
import { Checkpoint } from '../store/checkpoint';
import { exposeContents } from '../store/expose-contents';
import { MemoryStore } from '../store/memory-store';
import { openRecord, type TrackedRecord } from '../store/storage-record';
import { constructBackend } from './construct-backend';
import { createInitialRecords } from './initial-records';
import {
  checkBackendClass,
  checkRegistryOptions,
  type KeyedMemoryBackendClass,
  type SharedMemoryRegistryOptions,
} from './registry-options';

// Where an engine has no such symbols (nor do Jest's environments), compilers of `using` fall back to these.
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const ASYNC_DISPOSE: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

export interface GetBackendOptions<T> {
  /** Name of who uses the handle, in changes and operations. Default: numbered, `client-1`, `client-2`, … */
  readonly client?: string | undefined;
  /** The class of the handle. Default: that of the registry. */
  readonly Backend?: KeyedMemoryBackendClass<T> | undefined;
}

/** `Backend` may be left out only where the handles are plain `KeyedMemoryBackend`s. */
type RegistryArguments<T, B extends KeyedMemoryBackend<T>> =
  KeyedMemoryBackend<T> extends B
    ? [options?: SharedMemoryRegistryOptions<T, B>]
    : [options: SharedMemoryRegistryOptions<T, B> & { readonly Backend: KeyedMemoryBackendClass<T, B> }];

/** The store of a registry, for what reads and writes it at once. Not for users: the package does not export it. */
export let storeOf: <T>(registry: SharedMemoryRegistry<T>) => MemoryStore<T>;

/**
 * One store in memory, shared by every handle that `getBackend` gives out. What is saved and loaded is copied, sizes and
 * quota are real, and the other handles are notified of each change.
 *
 * `peek`, `has`, `keys`, `entries`, `size`, iteration, `toJSON` and `getUsage` are synchronous; no backend's hook is called
 * for them. After `dispose`, only `dispose`, `size`, iteration and `toJSON` do not throw `ERR_DISPOSED`: a disposed registry
 * can be compared and printed.
 *
 * Assertion libraries find two registries equal where their `toJSON()` is equal.
 *
 * @example
 * const registry = new SharedMemoryRegistry<Settings>();
 * const [writer, reader] = [registry.getBackend('settings'), registry.getBackend('settings')];
 * await writer.save({ revision: '1', data: { theme: 'dark' } });
 * await reader.load(); // { revision: '1', data: { theme: 'dark' } }
 */
export class SharedMemoryRegistry<T, B extends KeyedMemoryBackend<T> = KeyedMemoryBackend<T>>
  implements StorageRegistry<T>, Disposable
{
  static {
    markClass(SharedMemoryRegistry);
    storeOf = (registry) => registry.#store;
  }

  readonly #store: MemoryStore<T>;
  readonly #Backend: KeyedMemoryBackendClass<T, B>;
  readonly #initial: Checkpoint<T>;
  #clients = 0;

  /** @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK`; for `initial`, what `save` throws */
  constructor(...args: RegistryArguments<T, B>) {
    const [options] = args as [SharedMemoryRegistryOptions<T, B>?];
    const { Backend, initial, store } = withContext('new SharedMemoryRegistry', () => checkRegistryOptions(options));
    // Left out only where B is KeyedMemoryBackend<T>, as RegistryArguments says.
    this.#Backend = Backend ?? (KeyedMemoryBackend as unknown as KeyedMemoryBackendClass<T, B>);
    this.#store = new MemoryStore<T>(store);
    this.#initial = withContext('initial', () => new Checkpoint(createInitialRecords(initial, this.#store), store.codec));
    withContext('initial', () => this.#store.restore(this.#initial));
    exposeContents(this, this.toJSON);
  }

  /** @internal False for a Proxy of one: that has no private fields. */
  static is(value: object): boolean {
    return #store in Object(value);
  }

  /**
   * A handle on a key: a new one at each call, over the data that all handles of that key share.
   * @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION`, `ERR_DISPOSED`, `ERR_HOOK_FAILED` from its constructor
   */
  getBackend(key: string, options?: GetBackendOptions<T> & { readonly Backend?: undefined }): B;
  getBackend<C extends KeyedMemoryBackend<T>>(
    key: string,
    options: Pick<GetBackendOptions<T>, 'client'> & { readonly Backend: KeyedMemoryBackendClass<T, C> },
  ): C;
  getBackend(key: string, options?: GetBackendOptions<T>): KeyedMemoryBackend<T>;
  getBackend(key: string, options: GetBackendOptions<T> = {}): KeyedMemoryBackend<T> {
    const construct = (store: MemoryStore<T>) => {
      checkKey(key);
      store.assertInUse();
      const { Backend = this.#Backend, client } = readOptions(options, ['client', 'Backend']);
      checkBackendClass(Backend, KeyedMemoryBackend);
      if (checkClient(client) === undefined) this.#clients += 1;
      return constructBackend(Backend, { key, client: client ?? this.#clients, store }, store.codec);
    };
    return use(this, 'getBackend', construct, key);
  }

  /** Copies of the snapshot and the metadata of a key, or `null`. Synchronous, for assertions. */
  peek(key: string): PersistedSnapshot<T> | null {
    const open = (store: MemoryStore<T>) => {
      const record = store.get(checkKey(key), null);
      return record && openWithMetadata(record, store.codec);
    };
    return use(this, 'peek', open, key);
  }

  /** Whether a key is stored. */
  has(key: string): boolean {
    return use(this, 'has', (store) => store.get(checkKey(key), null) !== null, key);
  }

  /** How many keys are stored; 0 once disposed. */
  get size(): number {
    return use(this, 'size', (store) => (store.disposed ? 0 : store.records(null).size));
  }

  /** The keys that are stored, the one that was first saved first. */
  keys(): string[] {
    return use(this, 'keys', (store) => [...store.records(null).keys()]);
  }

  /** Keys with copies of snapshot and metadata, the key that was first saved first. */
  entries(): [key: string, entry: PersistedSnapshot<T>][] {
    return use(this, 'entries', (store) => openAll('entries', store, (record) => openWithMetadata(record, store.codec)));
  }

  /** Keys with copies of snapshots, in the order of the keys: assertion libraries compare what is iterated by its order. */
  [Symbol.iterator](): IterableIterator<[key: string, snapshot: SnapshotEnvelope<T>]> {
    return Object.entries(this.toJSON())
      .sort(([a], [b]) => (a < b ? -1 : 1))
      [Symbol.iterator]();
  }

  /** Snapshots by key: what `initial` takes, and what Jest's snapshots and `JSON.stringify` show. Empty once disposed. */
  toJSON(): Record<string, SnapshotEnvelope<T>> {
    return use(this, 'toJSON', (store) =>
      store.disposed ? {} : Object.fromEntries(openAll('toJSON', store, (record) => openRecord(record, store.codec))),
    );
  }

  /** Measured bytes of all keys and entries, against the quota. Counted anew only for keys that have changed. */
  getUsage(): StorageUsage {
    return use(this, 'getUsage', (store) => store.usage());
  }

  /**
   * Listens to every change of every key, by any client. Called in the order of the commits, after the commit.
   * @throws {StorageError} `ERR_INVALID_CALLBACK`, `ERR_DISPOSED`
   */
  subscribe(listener: StorageChangeListener<T>): Unsubscribe {
    return use(this, 'subscribe', (store) => store.listeners.subscribe(listener));
  }

  /** Removes every key. Handles already held stay valid. */
  clearAll(): void {
    use(this, 'clearAll', (store) => store.clear(null));
  }

  /** Everything that is stored now, to be restored later. */
  checkpoint(): Checkpoint<T> {
    return use(this, 'checkpoint', (store) => store.checkpoint());
  }

  /**
   * Puts back everything as it was: handles already held see it at once, and their listeners are notified of each key that
   * differs by it. A checkpoint can be restored any number of times, also into another registry.
   * @throws {StorageError} `ERR_INVALID_CHECKPOINT`, `22` (quota exceeded), `ERR_DISPOSED`. Nothing has changed then.
   */
  restore(checkpoint: Checkpoint<T>): void {
    use(this, 'restore', (store) => {
      if (!Checkpoint.is(checkpoint)) fail('ERR_INVALID_CHECKPOINT', 'what checkpoint() returned', checkpoint);
      store.restore(checkpoint);
    });
  }

  /**
   * Puts `initial` back, for `afterEach(() => registry.reset())`. Handles stay, and so do listeners, unless
   * `{ listeners: true }` drops them: otherwise a listener of one test is called in the next one.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_DISPOSED`
   */
  reset(options: ResetOptions = {}): void {
    use(this, 'reset', (store) => {
      const { listeners = false } = readOptions(options, ['listeners']);
      if (typeof listeners !== 'boolean') fail('ERR_INVALID_OPTION', 'listeners to be true or false', listeners);
      store.restore(this.#initial, { dropListeners: listeners });
    });
  }

  /** Drops data and listeners; later operations reject with `ERR_DISPOSED`. Idempotent. Also as `using registry = …`. */
  dispose(): void {
    use(this, 'dispose', (store) => store.dispose());
  }

  [DISPOSE](): void {
    this.dispose();
  }

  async [ASYNC_DISPOSE](): Promise<void> {
    this.dispose();
  }

  /** @internal What `console.log` shows in Node: `SharedMemoryRegistry(1) { settings: { revision: '1', data: … } }`. */
  [INSPECT](depth: number, options: { depth?: number | null }, print: (value: unknown, options: object) => string): string {
    const entries = this.toJSON();
    const title = `${this.constructor.name}(${Object.keys(entries).length})`;
    if (depth < 0) return `[${title}]`;
    // Keys and envelopes are not what somebody who prints a registry wants to see: their two levels come on top.
    return `${title} ${print(entries, { ...options, depth: options.depth && options.depth + 2 })}`;
  }
}

/** Runs a method of a registry on its store. Its errors say which method it was. */
function use<T, R>(registry: SharedMemoryRegistry<T>, method: string, action: (store: MemoryStore<T>) => R, key?: string): R {
  if (!SharedMemoryRegistry.is(registry)) throw invalidThis(method, registry);
  return withContext(method, () => action(storeOf(registry)), key);
}

function openAll<T, R>(method: string, store: MemoryStore<T>, open: (record: TrackedRecord) => R): [key: string, opened: R][] {
  return [...store.records(null)].map(([key, record]) => [key, withContext(method, () => open(record), key)]);
}
