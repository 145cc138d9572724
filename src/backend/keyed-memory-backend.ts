import type { StorageCodec } from '../codec/storage-codec';
import type {
  Awaitable,
  OperationOptions,
  SnapshotMetadata,
  StorageChangeListener,
  StorageUsage,
  Unsubscribe,
} from '../contracts';
import { operate, refuse } from '../errors';
import { MemoryStore } from '../store/memory-store';
import { MeasuredRecord, type StorageRecord, type WriteCondition } from '../store/storage-record';
import { type BackendOptions, BaseStorageBackend } from './base-storage-backend';
import { checkMetadata } from './checks';
import { withMetadataTracking } from './metadata-tracking';

export interface KeyedMemoryBackendOptions<T> extends BackendOptions {
  /** The registry's medium. */
  readonly store: MemoryStore<T>;
}

/** A handle on one key of a registry. Get one from `registry.getBackend(key)`; subclass it for custom behaviour. */
export class KeyedMemoryBackend<T> extends withMetadataTracking(BaseStorageBackend)<T> {
  readonly #store: MemoryStore<T>;

  constructor(options: KeyedMemoryBackendOptions<T>) {
    super(options);
    this.#store = options.store;
    if (this.#store instanceof MemoryStore) return;
    refuse('ERR_INVALID_OPTION', "the registry's store: hand the constructor's options on to super", this.#store);
  }

  /**
   * Tells of changes to this key that other handles make, and of `clearAll`, `restore` and `reset`; never of this
   * handle's own. Called in commit order, after the commit; when `await save()` returns, every listener has been called.
   * A listener that throws fails nobody's save: the error goes to the registry's `onListenerError`.
   * @throws {StorageError} `ERR_INVALID_CALLBACK`, `ERR_DISPOSED`
   */
  subscribe(listener: StorageChangeListener): Unsubscribe {
    return operate('subscribe', () => this.#store.subscribe(listener, this.key, this), this.key);
  }

  /** Measured bytes of this key and its entry, against the quota that all keys share. */
  override async getUsage(options?: OperationOptions): Promise<StorageUsage> {
    return this.submitRead('getUsage', options, (record) =>
      this.#store.usage(this.#store.weigh(this.key, record && toStored(record, this.codec, this.#store.codec))),
    );
  }

  // A subclass may have a codec of its own; what is stored is encoded with the registry's.

  protected override read(): Awaitable<StorageRecord | null> {
    const record = this.#store.get(this.key);
    return record === null ? null : record.recoded(this.#store.codec, this.codec);
  }

  protected override write(record: StorageRecord, condition: WriteCondition): Awaitable<void> {
    this.#store.put(this.key, toStored(record, this.codec, this.#store.codec), condition, this);
  }

  protected override erase(condition: WriteCondition): Awaitable<void> {
    this.#store.delete(this.key, condition, this);
  }

  protected override get codec(): StorageCodec<T> {
    return this.#store.codec;
  }

  protected override now(): number {
    return this.#store.now();
  }
}

function toStored<T>(record: StorageRecord, from: StorageCodec<T>, to: StorageCodec<T>): MeasuredRecord<T> {
  const measured = record instanceof MeasuredRecord ? record : MeasuredRecord.from(from, checkRecordMetadata(record));
  return measured.recoded(from, to);
}

/** A record that a hook has put together may carry any metadata. */
function checkRecordMetadata(record: StorageRecord & { readonly metadata?: SnapshotMetadata | undefined }): StorageRecord {
  if (record?.metadata === undefined) return record;
  return { ...record, ...{ metadata: checkMetadata(record.metadata) } };
}
