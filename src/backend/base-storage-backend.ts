import type { dataType } from '../codec/data-type';
import { encodeWith, type StorageCodec } from '../codec/storage-codec';
import { structured } from '../codec/structured';
import type {
  Awaitable,
  OperationOptions,
  PersistedSnapshotMetadata,
  Revision,
  SnapshotEnvelope,
  SnapshotInput,
  StorageBackend,
  Updater,
  WriteOptions,
} from '../contracts';
import { addContext, attempt, fail, invalidThis, markClass, RevisionConflictError, withContext, wrapError } from '../errors';
import {
  assertPrecondition,
  openRecord,
  type ReadContext,
  type StorageRecord,
  type WriteCondition,
} from '../store/storage-record';
import { chain, isPromiseLike, recover } from './awaitable';
import { checkCallback, checkKey, checkOptions, checkSnapshot } from './input-validation';
import { type Operation, type OperationMethod, operationType } from './operation';
import { OperationQueue, type Ticket } from './operation-queue';
import { assertUnanswered, performInTurn, throwIfAborted } from './perform-in-turn';

export interface BackendOptions {
  /** Any string. */
  readonly key: string;
  /** Name of who uses this handle, in changes and operations. Default: `client`. A registry numbers its handles: 1 reads `client-1`. */
  readonly client?: string | number | undefined;
}

/** Names the method that makes the record of a save. */
export const createRecord: unique symbol = Symbol('createRecord');

/** Names the operation that is taking effect, for mixins that change what a `write` does. Copies of this package share it. */
export const currentOperation: unique symbol = Symbol.for('shared-memory-registry.currentOperation');

/** Names the store of a handle, for mixins that remember what is in it. A handle without it shares its store with its whole class. */
export const storeOfHandle: unique symbol = Symbol.for('shared-memory-registry.storeOfHandle');

/** What an operation does to the store. There is a ticket where something is before the operation, or around it. */
type Effect<T, Prepared, Result> = (
  backend: BaseStorageBackend<T>,
  prepared: Prepared,
  condition: WriteCondition,
  ticket?: Ticket,
) => Awaitable<Result>;

/** Names what the class gives to `withMetadataTracking`. */
export const operationPath: unique symbol = Symbol('operationPath');

/**
 * A handle on one key of some store. The public methods check, copy and keep order; a subclass says where records go.
 *
 * The library calls five hooks, and no other method that a subclass may override: `perform` (around an operation), `read`
 * and `write` (the store), `validate` (what may be stored), `codec` (how data is copied) and `now` (the time). None of them
 * is called from a constructor.
 */
export abstract class BaseStorageBackend<T> implements StorageBackend<T> {
  /** @internal The path of operations, for the mixin too. */
  static readonly [operationPath] = {
    read: <T, R>(
      backend: BaseStorageBackend<T>,
      method: OperationMethod,
      options: OperationOptions | undefined,
      open: (record: StorageRecord, codec: StorageCodec<T>) => R,
    ) =>
      BaseStorageBackend.#run(backend, method, options, nothing, BaseStorageBackend.#read, (record) =>
        record === null ? null : open(record, backend.codec),
      ),
    save: <T>(
      backend: BaseStorageBackend<T>,
      options: WriteOptions | undefined,
      prepare: () => [snapshot: SnapshotInput<T>, metadata: PersistedSnapshotMetadata],
    ) => {
      const encode = () => backend.#encode(...prepare());
      return BaseStorageBackend.#run(backend, 'saveWithMetadata', options, encode, BaseStorageBackend.#write, nothing);
    },
  };

  /** Carries `T` through mixins. */
  declare readonly [dataType]: T;
  readonly key: string;
  readonly #client: string | number;
  readonly #queue = new OperationQueue();

  /** @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION` */
  constructor(options: BackendOptions) {
    const { key, client } = withContext(`new ${this.constructor.name}`, () => checkBackendOptions(options));
    this.key = key;
    this.#client = client;
  }

  /** Name of who uses this handle, in changes and operations. */
  get client(): string {
    return typeof this.#client === 'number' ? `client-${this.#client}` : this.#client;
  }

  /**
   * Stores a copy of the snapshot, taken now, however late it takes effect.
   * @throws {StorageError} `ERR_INVALID_SNAPSHOT`, `ERR_INVALID_REVISION`, `ERR_INVALID_OPTION`, `ERR_UNCLONEABLE` or
   * `ERR_UNSERIALIZABLE`, `ERR_REVISION_CONFLICT`, `22` (quota exceeded), `ERR_OUTCOME_UNKNOWN`, `ERR_DISPOSED`; from code of
   * a subclass or a codec, `ERR_HOOK_FAILED` and `ERR_CODEC_FAILED`, with the cause
   */
  save(snapshot: SnapshotInput<T>, options?: WriteOptions): Promise<void> {
    return BaseStorageBackend.#run(this, 'save', options, () => this.#encode(snapshot), BaseStorageBackend.#write, nothing);
  }

  /**
   * A copy of what is stored, or `null`.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_DISPOSED`
   */
  load(options?: OperationOptions): Promise<SnapshotEnvelope<T> | null> {
    return BaseStorageBackend.#run(this, 'load', options, nothing, BaseStorageBackend.#read, BaseStorageBackend.#open);
  }

  /**
   * Removes this key alone. Does nothing where nothing is stored.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_REVISION_CONFLICT`, `ERR_OUTCOME_UNKNOWN`, `ERR_DISPOSED`
   */
  clear(options?: WriteOptions): Promise<void> {
    return BaseStorageBackend.#run(this, 'clear', options, () => null, BaseStorageBackend.#write, nothing);
  }

  /**
   * Reads, changes and writes as one: a write of another client between the two starts it again.
   * @param updater is given a copy of what is stored, or `null`, and returns what to store. Synchronous. It may be called
   * several times.
   * @returns a copy of what was stored
   * @throws {StorageError} what `save` throws; `ERR_INVALID_CALLBACK`, `ERR_UPDATER_FAILED`
   */
  update(updater: Updater<T>, options?: WriteOptions): Promise<SnapshotEnvelope<T>> {
    const check = () => checkCallback(updater, 'an updater');
    const effect: Effect<T, void, StorageRecord> = (backend, _, condition, ticket) =>
      backend.#readModifyWrite(updater, 1, condition, ticket);
    return BaseStorageBackend.#run(this, 'update', options, check, effect, (record) => openRecord(record, this.codec));
  }

  /**
   * The hook around an operation. Call `action` to let it take effect, wait for it, and return what it returned; do something
   * before or after, wait, or throw. `action` may be called again after it failed.
   *
   * - A save, a clear or an update must not end before its `action` has: that is an `ERR_HOOK_FAILED`.
   * - A load, a stat or a usage may be answered without `action`, with any record or `null`.
   * - What it throws, the caller gets: a `StorageError` as it is, anything else as the cause of an `ERR_HOOK_FAILED`.
   * - To look at the store in here, use `this.read()`: an operation of this handle, such as `this.load()`, waits for the one
   *   that is being performed. Where that can be seen at once, it is an `ERR_HOOK_FAILED`.
   *
   * `super.perform(operation, action)` calls `action` at once.
   */
  protected async perform<R>(_operation: Operation, action: () => Awaitable<R>): Promise<R> {
    return action();
  }

  /** The record of this key, or `null`. Changes nothing. An override gives its parameter a default, `context = {}`. */
  protected abstract read(context?: ReadContext): Awaitable<StorageRecord | null>;

  /**
   * Stores `nextRecord(current, record, condition)`; where that is `null`, removes what is there. To check and to store must
   * be one step of the store, or two clients can both pass the check. An override gives its last parameter a default,
   * `condition = {}`.
   */
  protected abstract write(record: StorageRecord | null, condition?: WriteCondition): Awaitable<void>;

  /**
   * Throws where a snapshot may not be stored. It is given a copy, as a load would return it, and it is synchronous. Called
   * before `perform`; in an update, after the updater.
   */
  protected validate(_snapshot: SnapshotEnvelope<T>): void {}

  /** How data is copied in and out. */
  protected get codec(): StorageCodec<T> {
    return structured;
  }

  /** The time of a save, in ms since the epoch. */
  protected now(): number {
    return Date.now();
  }

  /** @internal */
  get [currentOperation](): Operation | undefined {
    return this.#queue.first?.operation;
  }

  /** @internal Metadata tracking puts more into the record. */
  [createRecord](revision: Revision, data: unknown, _metadata?: PersistedSnapshotMetadata): StorageRecord {
    return { revision, data };
  }

  static #read<T>(backend: BaseStorageBackend<T>, _: unknown, { signal }: WriteCondition): Awaitable<StorageRecord | null> {
    return backend.read(signal === undefined ? FIRST_READ : { ...FIRST_READ, signal });
  }

  static #open<T>(record: StorageRecord | null, backend: BaseStorageBackend<T>): SnapshotEnvelope<T> | null {
    return record === null ? null : openRecord(record, backend.codec);
  }

  static #write<T>(backend: BaseStorageBackend<T>, record: StorageRecord | null, condition: WriteCondition, ticket?: Ticket) {
    if (ticket !== undefined) ticket.isWriting = true;
    return backend.write(record, condition);
  }

  /** The path of every operation: check, queue, perform, apply, leave the queue, and say in an error where it happened. */
  static async #run<T, P, E, R>(
    backend: BaseStorageBackend<T>,
    method: OperationMethod,
    options: WriteOptions | undefined,
    prepare: () => P,
    effect: Effect<T, P, E>,
    mapResult: (result: E, backend: BaseStorageBackend<T>) => R,
  ): Promise<R> {
    let condition = UNCONDITIONAL;
    try {
      if (options !== undefined) condition = checkOptions(options);
      const queue = backend.#queue;
      // The fast path: nothing is before the operation, and nothing around it.
      const isFast = condition.signal === undefined && backend.perform === PERFORM && queue.hold();
      const ticket = isFast ? undefined : backend.#enter(method);
      try {
        if (ticket !== undefined) throwIfAborted(condition.signal);
        const prepared = prepare();
        const result =
          ticket === undefined
            ? effect(backend, prepared, condition)
            : backend.#perform(operationType(method), prepared, effect, condition, ticket);
        return mapResult(isPromiseLike(result) ? await result : result, backend);
      } finally {
        if (ticket === undefined) queue.release();
        else {
          ticket.isAnswered = true;
          if (!ticket.isWriting) queue.leave(ticket);
        }
      }
    } catch (error) {
      throw BaseStorageBackend.#explain(backend, error, method, condition);
    }
  }

  /** An operation that `perform` starts before it calls its action would wait for itself. */
  #enter(method: OperationMethod): Ticket {
    if (!this.#queue.isPerforming) return this.#queue.enter();
    const received = `this.${method}(), which would wait for the operation that is being performed`;
    return fail('ERR_HOOK_FAILED', `${this.constructor.name}.perform to read the store with this.read()`, method, received);
  }

  #perform<P, E>(type: Operation['type'], prepared: P, effect: Effect<T, P, E>, condition: WriteCondition, ticket: Ticket) {
    const { ifMatch, signal } = condition;
    const operation: { -readonly [Field in keyof Operation]: Operation[Field] } = { type, key: this.key, client: this.client };
    if (type === 'save') operation.revision = (prepared as StorageRecord).revision;
    if (ifMatch !== undefined) operation.ifMatch = ifMatch;
    Object.freeze(operation);
    return performInTurn<E>(
      operation,
      { queue: this.#queue, ticket, signal },
      (performed, action) => this.perform(performed, action),
      () => effect(this, prepared, condition, ticket),
    );
  }

  /** The effect of an update. On a synchronous store it is one synchronous step; on others, a lost race starts it again. */
  #readModifyWrite(updater: Updater<T>, attempts: number, condition: WriteCondition, ticket?: Ticket): Awaitable<StorageRecord> {
    const { ifMatch, signal } = condition;
    return chain(this.read({ attempt: attempts, signal }), (current) => {
      if (ticket !== undefined) assertUnanswered(ticket, signal);
      const before = current === null ? null : openRecord(current, this.codec);
      assertPrecondition(current, { ifMatch });
      const snapshot = attempt('ERR_UPDATER_FAILED', 'the updater to succeed', () => updater(before));
      const record = this.#encode(snapshot, undefined, 'the updater to return a snapshot { revision, data } at once');
      openRecord(record, this.codec); // what can't be handed out is not stored either
      if (ticket !== undefined) {
        throwIfAborted(signal);
        ticket.isWriting = true;
      }
      return recover(
        () => chain(this.write(record, { ...condition, replaces: current }), () => record),
        (error) => {
          if (ticket !== undefined) ticket.isWriting = false;
          if (!RevisionConflictError.is(error) || ticket?.isAnswered) throw error;
          if (attempts === MOST_ATTEMPTS) throw new RevisionConflictError(error.ifMatch, error.actual, GIVEN_UP);
          return this.#readModifyWrite(updater, attempts + 1, condition, ticket);
        },
      );
    });
  }

  /** Checks, copies, checks the copy. What fails here never reaches `perform`. */
  #encode(snapshot: SnapshotInput<T>, metadata?: PersistedSnapshotMetadata, expected?: string): StorageRecord {
    const { revision, data } = checkSnapshot(snapshot, expected);
    const record = this[createRecord](revision, encodeWith(this.codec, data), metadata);
    // Only for a `validate` of a subclass: the copy to look at is not free.
    if (this.validate !== VALIDATE) this.#callValidate(record);
    return record;
  }

  #callValidate(record: StorageRecord): void {
    const name = `${this.constructor.name}.validate`;
    const snapshot = openRecord(record, this.codec);
    const verdict: unknown = attempt('ERR_HOOK_FAILED', `${name} to accept the snapshot`, () => this.validate(snapshot));
    // A promise or `false` from a validate that was meant to throw would otherwise accept everything.
    if (verdict !== undefined) fail('ERR_HOOK_FAILED', `${name} to throw or to return nothing`, verdict);
  }

  /** What an operation rejects with. It is not a part of `#run`: the longer an async function, the more each call of it takes. */
  static #explain(backend: BaseStorageBackend<unknown>, error: unknown, method: OperationMethod, { signal }: WriteCondition) {
    if (signal?.aborted && error === signal.reason) return error;
    if (!(#queue in Object(backend))) return invalidThis(method, backend);
    const failure = wrapError('ERR_HOOK_FAILED', `the hooks of ${backend.constructor.name || 'the backend'} to succeed`, error);
    return addContext(failure, method, backend.key);
  }
}

markClass(BaseStorageBackend);

// Read at load time, so that a spy put on the prototype later counts as an override.
const { perform: PERFORM, validate: VALIDATE } = BaseStorageBackend.prototype as unknown as Record<string, unknown>;

function checkBackendOptions(options: BackendOptions): { key: string; client: string | number } {
  if (typeof options !== 'object' || options === null) fail('ERR_INVALID_OPTION', 'options { key, client? }', options);
  const { key, client = 'client' } = options;
  if (typeof client === 'string' || Number.isSafeInteger(client)) return { key: checkKey(key), client };
  return fail('ERR_INVALID_OPTION', 'client to be a string or a whole number', client);
}

const FIRST_READ: ReadContext = Object.freeze({ attempt: 1 });
const UNCONDITIONAL: WriteCondition = Object.freeze({});

/** An `update` that loses so many races gives up. */
const MOST_ATTEMPTS = 1000;
const GIVEN_UP = `gave up after ${MOST_ATTEMPTS} attempts: each time, write found another record than read had returned`;

function nothing(): void {}
