import { type BackendOptions, BaseStorageBackend, operationPath, storeOfHandle } from '../backend/base-storage-backend';
import { trackRecord, withMetadataTracking } from '../backend/with-metadata-tracking';
import type { StorageCodec } from '../codec/storage-codec';
import type { OperationOptions, StorageChange, StorageUsage, Unsubscribe } from '../contracts';
import { fail, invalidThis, markClass, withContext } from '../errors';
import type { ReadContext, StorageRecord, WriteCondition } from '../store/storage-record';
import { RedisStore } from './redis-store';
import { delay } from './timers';

export interface RedisKeyedBackendOptions<T> extends BackendOptions {
  /** The registry's store. Opaque: hand it on to `super`. */
  readonly store: RedisStore<T>;
  /** Tells the handle from all others. Opaque: hand it on to `super`. */
  readonly id: string;
}

/** A handle on one key of a registry on a server. Get one from `registry.getBackend(key)`; subclass it for custom behaviour. */
export class RedisKeyedBackend<T> extends withMetadataTracking(BaseStorageBackend)<T> {
  readonly #store: RedisStore<T>;
  readonly #id: string;

  /** @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION` */
  constructor(options: RedisKeyedBackendOptions<T>) {
    super(options);
    const { store, id } = options;
    this.#store = store;
    this.#id = id;
    const expected = "the registry's store: call registry.getBackend(key), and hand options on to super in a subclass";
    if (!(store instanceof RedisStore)) {
      withContext(`new ${this.constructor.name}`, () => fail('ERR_INVALID_OPTION', expected, store));
    }
  }

  /**
   * Listens to the changes of this key that other handles make, in any process, and to `clearAll`, `restore` and `reset`; never to this handle's own.
   * Listeners are called in the order of the commits; when `await save()` returns, those of this registry have been called, unless the connection that
   * brings changes is being restored. What a listener throws goes to the registry's `onListenerError`.
   * @throws {StorageError} `ERR_INVALID_CALLBACK`, `ERR_DISPOSED`
   */
  subscribe(listener: (change: StorageChange) => void): Unsubscribe {
    if (!(#store in Object(this))) throw invalidThis('subscribe', this);
    return withContext('subscribe', () => this.#store.subscribe(listener, { key: this.key, subscriber: this.#id }), this.key);
  }

  /** Measured bytes of this key and its entry, against the quota that all keys share. */
  override async getUsage(options?: OperationOptions): Promise<StorageUsage> {
    const weigh = (record: StorageRecord) => this.#store.weigh(this.key, trackRecord(record));
    const bytes = await BaseStorageBackend[operationPath].read(this, 'getUsage', options, weigh);
    return this.#store.usageOf(bytes ?? 0);
  }

  /** @internal */
  get [storeOfHandle](): object {
    return this.#store;
  }

  /** An update that has lost a race waits, for longer each time: many processes may be at it. */
  protected override async read({ attempt = 1 }: ReadContext = {}): Promise<StorageRecord | null> {
    if (attempt > 2) await delay(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
    return this.#store.read(this.key);
  }

  protected override async write(record: StorageRecord | null, condition: WriteCondition = {}): Promise<void> {
    await this.#store.write(this.key, record && trackRecord(record), condition, { id: this.#id, client: this.client });
  }

  /** The codec of the registry. A subclass must not override it. */
  protected override get codec(): StorageCodec<T> {
    return this.#store.codec as StorageCodec<T>;
  }

  protected override now(): number {
    return this.#store.now();
  }
}

markClass(RedisKeyedBackend);

const LONGEST_PAUSE_MS = 30;
