import { randomUUID } from 'node:crypto';
import { checkClient, checkKey, readOptions } from '../backend/input-validation';
import { openWithMetadata } from '../backend/with-metadata-tracking';
import type { StorageCodec } from '../codec/storage-codec';
import type { PersistedSnapshot, ResetOptions, StorageChange, StorageRegistry, StorageUsage, Unsubscribe } from '../contracts';
import { addContext, fail, invalidThis, markClass, quote, StorageError, withContext } from '../errors';
import { constructBackend } from '../registry/construct-backend';
import { createInitialRecords } from '../registry/initial-records';
import { checkBackendClass } from '../registry/registry-options';
import { Checkpoint } from '../store/checkpoint';
import { exposeContents } from '../store/expose-contents';
import { RedisKeyedBackend } from './redis-keyed-backend';
import { checkRedisRegistryOptions, type RedisKeyedBackendClass, type RedisRegistryOptions } from './redis-registry-options';
import { RedisStore } from './redis-store';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const ASYNC_DISPOSE: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

export interface GetRedisBackendOptions<T> {
  /** Name of who uses the handle, in changes and operations. Default: numbered, `client-1`, `client-2`, … */
  readonly client?: string | undefined;
  /** The class of the handle. Default: that of the registry. */
  readonly Backend?: RedisKeyedBackendClass<T> | undefined;
}

interface Connected<T, B extends RedisKeyedBackend<T>> {
  readonly id: string;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly store: RedisStore<T>;
  readonly Backend: RedisKeyedBackendClass<T, B>;
}

/** What a registry is made of. Not for users: the package does not export it. */
let connectedOf: <T, B extends RedisKeyedBackend<T>>(registry: RedisRegistry<T, B>) => Connected<T, B>;

/**
 * A registry on a Redis server, or on a cluster: every process that connects to the namespace shares its contents, its quota and its changes.
 *
 * `getBackend` and `subscribe` are synchronous, everything else returns a promise. No backend's hook is called for `peek`, `has`, `keys`, `entries` and
 * `getUsage`. Assertion libraries find a registry equal to itself alone: compare what `entries()` resolves to.
 *
 * @example
 * const registry = await RedisRegistry.connect<Settings>({ url: 'redis://localhost:6379', namespace: 'run-42' });
 * const settings = registry.getBackend('settings');
 * await settings.save({ revision: '1', data: { theme: 'dark' } });
 */
export class RedisRegistry<T, B extends RedisKeyedBackend<T> = RedisKeyedBackend<T>> implements StorageRegistry<T> {
  static {
    markClass(RedisRegistry);
    connectedOf = (registry) => registry.#connected;
  }

  readonly #connected: Connected<T, B>;
  #clients = 0;

  /** @internal Call `RedisRegistry.connect`. */
  constructor(connected: Connected<T, B>) {
    if (!(connected?.store instanceof RedisStore)) {
      fail('ERR_INVALID_OPTION', 'RedisRegistry.connect(options) to be called instead of the constructor', connected);
    }
    this.#connected = connected;
    exposeContents(this, this.#identity);
  }

  #identity(): { readonly registry: string } {
    return { registry: this.#connected.id };
  }

  /**
   * Connects to the namespace. The first registry that finds nothing there writes its `initial`, as one step.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK`, `ERR_UNREACHABLE`; for `initial`, what `save` throws
   */
  static async connect<T, B extends RedisKeyedBackend<T> = RedisKeyedBackend<T>>(
    options: RedisRegistryOptions<T, B>,
  ): Promise<RedisRegistry<T, B>> {
    const {
      initial,
      name,
      Backend,
      store: storeOptions,
    } = withContext('RedisRegistry.connect', () => checkRedisRegistryOptions(options));
    const records = withContext('initial', () => createInitialRecords(initial, storeOptions));
    const id = randomUUID();
    const store = new RedisStore<T>({ ...storeOptions, id });
    try {
      await store.open(records);
    } catch (error) {
      store.destroy();
      throw StorageError.is(error) ? addContext(error, 'RedisRegistry.connect') : error;
    }
    // Left out only where B is RedisKeyedBackend<T>.
    return new this({
      id,
      namespace: storeOptions.namespace,
      name,
      store,
      Backend: Backend ?? (RedisKeyedBackend as unknown as RedisKeyedBackendClass<T, B>),
    });
  }

  /** @internal False for a Proxy of one: that has no private fields. */
  static is(value: object): boolean {
    return #connected in Object(value);
  }

  /**
   * A handle on a key: a new one at each call, over the data that all handles of that key share.
   * @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION`, `ERR_DISPOSED`, `ERR_HOOK_FAILED` from its constructor
   */
  getBackend(key: string, options?: GetRedisBackendOptions<T> & { readonly Backend?: undefined }): B;
  getBackend<C extends RedisKeyedBackend<T>>(
    key: string,
    options: Pick<GetRedisBackendOptions<T>, 'client'> & { readonly Backend: RedisKeyedBackendClass<T, C> },
  ): C;
  getBackend(key: string, options?: GetRedisBackendOptions<T>): RedisKeyedBackend<T>;
  getBackend(key: string, options: GetRedisBackendOptions<T> = {}): RedisKeyedBackend<T> {
    const construct = ({ id, name, store, ...registry }: Connected<T, B>) => {
      checkKey(key);
      store.assertInUse();
      const { Backend = registry.Backend, client } = readOptions(options, ['client', 'Backend']);
      checkBackendClass(Backend, RedisKeyedBackend);
      this.#clients += 1;
      const numbered = name === undefined ? this.#clients : `${name}-client-${this.#clients}`;
      const handle = { key, client: checkClient(client) ?? numbered, store, id: `${id}:${this.#clients}` };
      return constructBackend(Backend, handle, store.codec);
    };
    return use(this, 'getBackend', construct, key);
  }

  /**
   * Listens to every change of every key, by any process, that is committed after this call. Listeners are called in the order of the commits.
   * @throws {StorageError} `ERR_INVALID_CALLBACK`, `ERR_DISPOSED`
   */
  subscribe(listener: (change: StorageChange) => void): Unsubscribe {
    return use(this, 'subscribe', ({ store }) => store.subscribe(listener));
  }

  /** Copies of the snapshot and the metadata of a key, or `null`. */
  async peek(key: string): Promise<PersistedSnapshot<T> | null> {
    return useAsync(
      this,
      'peek',
      async (store) => {
        const record = await store.read(checkKey(key));
        return record && openWithMetadata(record, store.codec);
      },
      key,
    );
  }

  /** Whether a key is stored. */
  async has(key: string): Promise<boolean> {
    return useAsync(this, 'has', async (store) => (await store.read(checkKey(key))) !== null, key);
  }

  /** The keys that are stored, the one that was first saved first. */
  async keys(): Promise<string[]> {
    return useAsync(this, 'keys', (store) => store.keys());
  }

  /** Keys with copies of snapshot and metadata, the key that was first saved first. */
  async entries(): Promise<[key: string, entry: PersistedSnapshot<T>][]> {
    return useAsync(this, 'entries', async (store) => {
      const records = await store.records();
      return [...records].map(([key, record]) => [key, withContext('entries', () => openWithMetadata(record, store.codec), key)]);
    });
  }

  /** Measured bytes of all keys and entries, against the quota. Without a quota, everything is read for it. */
  async getUsage(): Promise<StorageUsage> {
    return useAsync(this, 'getUsage', (store) => store.usage());
  }

  /** Everything that is stored now, to be restored later: here, or into a registry in memory. */
  async checkpoint(): Promise<Checkpoint<T>> {
    return useAsync(
      this,
      'checkpoint',
      async (store) => new Checkpoint<T>(await store.records(), store.codec as StorageCodec<T>),
    );
  }

  /**
   * Puts back everything as it was, as one commit: listeners are notified of each key that differs by it.
   * @throws {StorageError} `ERR_INVALID_CHECKPOINT`, `22` (quota exceeded), `ERR_UNREACHABLE`, `ERR_OUTCOME_UNKNOWN`, `ERR_DISPOSED`
   */
  async restore(checkpoint: unknown): Promise<void> {
    return useAsync(this, 'restore', async (store) => {
      if (!Checkpoint.is(checkpoint)) return fail('ERR_INVALID_CHECKPOINT', 'what checkpoint() resolved to', checkpoint);
      return store.replaceAll((checkpoint as Checkpoint<T>).recordsFor(store.codec as StorageCodec<T>));
    });
  }

  /**
   * Puts this registry's `initial` in the place of everything, for `afterEach(() => registry.reset())`. Handles stay, and so do listeners, unless
   * `{ listeners: true }` drops those of this registry first.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_UNREACHABLE`, `ERR_OUTCOME_UNKNOWN`, `ERR_DISPOSED`
   */
  async reset(options: ResetOptions = {}): Promise<void> {
    return useAsync(this, 'reset', async (store) => {
      const { listeners = false } = readOptions(options, ['listeners']);
      if (typeof listeners !== 'boolean') fail('ERR_INVALID_OPTION', 'listeners to be true or false', listeners);
      store.assertInUse();
      if (listeners) store.listeners.drop();
      return store.reset();
    });
  }

  /** Removes every key, as one commit. Handles already held stay valid. */
  async clearAll(): Promise<void> {
    return useAsync(this, 'clearAll', (store) => store.replaceAll(new Map()));
  }

  /**
   * Drops listeners and closes the connections; the data stays on the server. Operations in flight settle before; later ones reject with `ERR_DISPOSED`.
   * Idempotent. Also as `await using registry = …`.
   */
  async dispose(): Promise<void> {
    return useAsync(this, 'dispose', (store) => store.dispose());
  }

  [ASYNC_DISPOSE](): Promise<void> {
    return this.dispose();
  }

  /** @internal What `console.log` shows in Node: the contents are elsewhere. */
  [INSPECT](): string {
    return `${this.constructor.name} { namespace: ${quote(connectedOf(this).namespace)} }`;
  }
}

/** Runs a method of a registry. Its errors say which method it was. */
function use<T, B extends RedisKeyedBackend<T>, R>(
  registry: RedisRegistry<T, B>,
  method: string,
  action: (connected: Connected<T, B>) => R,
  key?: string,
): R {
  if (!RedisRegistry.is(registry)) throw invalidThis(method, registry);
  return withContext(method, () => action(connectedOf(registry)), key);
}

async function useAsync<T, B extends RedisKeyedBackend<T>, R>(
  registry: RedisRegistry<T, B>,
  method: string,
  action: (store: RedisStore<T>) => Promise<R>,
  key?: string,
): Promise<R> {
  try {
    return await use(registry, method, ({ store }) => action(store), key);
  } catch (error) {
    throw StorageError.is(error) ? addContext(error, method, typeof key === 'string' ? key : undefined) : error;
  }
}
