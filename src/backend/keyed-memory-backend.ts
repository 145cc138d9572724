import type { StorageCodec } from '../codec/storage-codec';
import type { Awaitable, OperationOptions, StorageChangeListener, StorageUsage, Unsubscribe } from '../contracts';
import { fail, invalidThis, markClass, withContext } from '../errors';
import { MemoryStore } from '../store/memory-store';
import type { ReadContext, StorageRecord, WriteCondition } from '../store/storage-record';
import { type BackendOptions, BaseStorageBackend, operationPath, storeOfHandle } from './base-storage-backend';
import { trackRecord, withMetadataTracking } from './with-metadata-tracking';

export interface KeyedMemoryBackendOptions<T> extends BackendOptions {
  /** The registry's store. Opaque: hand it on to `super`. */
  readonly store: MemoryStore<T>;
}

/** A handle on one key of a registry. Get one from `registry.getBackend(key)`; subclass it for custom behaviour. */
export class KeyedMemoryBackend<T> extends withMetadataTracking(BaseStorageBackend)<T> {
  readonly #store: MemoryStore<T>;

  /** @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION` */
  constructor(options: KeyedMemoryBackendOptions<T>) {
    super(options);
    const { store } = options;
    this.#store = store;
    const expected = "the registry's store: call registry.getBackend(key), and hand options on to super in a subclass";
    if (!(store instanceof MemoryStore)) {
      withContext(`new ${this.constructor.name}`, () => fail('ERR_INVALID_OPTION', expected, store));
    }
  }

  /**
   * Listens to the changes of this key that other handles make, and to `clearAll`, `restore` and `reset`; never to this
   * handle's own. Listeners are called in the order of the commits, after the commit; when `await save()` returns, every
   * listener has been called. What a listener throws goes to the registry's `onListenerError`.
   * @throws {StorageError} `ERR_INVALID_CALLBACK`, `ERR_DISPOSED`
   */
  subscribe(listener: StorageChangeListener<T>): Unsubscribe {
    if (!(#store in Object(this))) throw invalidThis('subscribe', this);
    return withContext(
      'subscribe',
      () => this.#store.listeners.subscribe(listener, { key: this.key, subscriber: this }),
      this.key,
    );
  }

  /** Measured bytes of this key and its entry, against the quota that all keys share. */
  override async getUsage(options?: OperationOptions): Promise<StorageUsage> {
    const weigh = (record: StorageRecord) => this.#store.weigh(this.key, trackRecord(record));
    const bytes = await BaseStorageBackend[operationPath].read(this, 'getUsage', options, weigh);
    return this.#store.usage(bytes ?? 0);
  }

  /** @internal */
  get [storeOfHandle](): object {
    return this.#store;
  }

  protected override read(_context: ReadContext = {}): Awaitable<StorageRecord | null> {
    return this.#store.get(this.key, this);
  }

  protected override write(record: StorageRecord | null, condition: WriteCondition = {}): Awaitable<void> {
    this.#store.write(this.key, record && trackRecord(record), condition, this);
  }

  /** The codec of the registry. A subclass must not override it. */
  protected override get codec(): StorageCodec<T> {
    return this.#store.codec;
  }

  protected override now(): number {
    return this.#store.now();
  }
}

markClass(KeyedMemoryBackend);
