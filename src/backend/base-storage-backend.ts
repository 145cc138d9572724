import type { StorageCodec } from '../codec/storage-codec';
import { structured } from '../codec/structured';
import type {
  AbortSignalLike,
  Awaitable,
  OperationOptions,
  Revision,
  SnapshotEnvelope,
  SnapshotInput,
  SnapshotMetadata,
  StorageBackend,
  WriteOptions,
} from '../contracts';
import { attempt, attemptCodec, describe, locate, refuse, StorageError } from '../errors';
import { isRevision } from '../revision';
import { checkCondition, type StorageRecord, type WriteCondition } from '../store/storage-record';
import { checkCallback, checkKey, checkOptions, checkSnapshot } from './checks';
import { chain, recover, untilAborted } from './flow';
import { Turn } from './turn';

/** What is going on, as `perform` is told. */
export interface Operation {
  readonly type: 'save' | 'load' | 'clear' | 'update' | 'stat' | 'getUsage';
  readonly key: string;
  readonly client: string;
  /** Of a save: the revision that is to be stored. */
  readonly revision?: Revision;
  /** Of a conditional write: what must be stored. */
  readonly ifMatch?: Revision | null;
}

export interface BackendOptions {
  /** Any string. */
  readonly key: string;
  /** Name of who uses this handle, in changes and operations. */
  readonly client?: string;
}

/** @internal Names the member that carries `T`. */
export declare const dataType: unique symbol;

/**
 * A handle on one key of some medium. The public methods check, copy and keep order; a subclass says where records go.
 *
 * Four ways to extend: `perform` (around an operation), `read`/`write`/`erase` (another medium), `validate` (what may be
 * stored) and `codec` (how it is copied). None of them is called from a constructor.
 */
export abstract class BaseStorageBackend<T> implements StorageBackend<T> {
  /** @internal Carries `T` through mixins; there is nothing here when the program runs. */
  declare readonly [dataType]: T;
  readonly key: string;
  readonly client: string;
  /** The last operation that has not taken effect yet. */
  #latest: Turn | undefined;
  /** Whether `perform` runs and has not called its action yet. */
  #performing = false;

  /** @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION` */
  constructor(options: BackendOptions) {
    if (typeof options !== 'object' || options === null) refuse('ERR_INVALID_OPTION', 'options { key, client? }', options);
    const { key, client = 'client' } = options;
    this.key = checkKey(key);
    this.client = client;
    if (typeof client === 'string') return;
    refuse('ERR_INVALID_OPTION', 'client to be a string', client);
  }

  /**
   * Stores a copy of the snapshot, taken now, however late it takes effect.
   * @throws {StorageError} `ERR_INVALID_SNAPSHOT`, `ERR_INVALID_REVISION`, `ERR_INVALID_OPTION`, `ERR_UNCLONEABLE` or
   * `ERR_UNSERIALIZABLE`, `ERR_REVISION_CONFLICT`, `22` (quota exceeded), `ERR_DISPOSED`; from code of a subclass or a
   * codec, `ERR_HOOK_FAILED` and `ERR_CODEC_FAILED`, with the cause
   */
  save(snapshot: SnapshotInput<T>, options?: WriteOptions): Promise<void> {
    return this.submitSave(snapshot, options);
  }

  /**
   * A copy of what is stored, or `null`.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_DISPOSED`
   */
  load(options?: OperationOptions): Promise<SnapshotEnvelope<T> | null> {
    return this.submitRead('load', options, (record) => this.open(record));
  }

  /**
   * Removes this key alone. Does nothing where nothing is stored.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_REVISION_CONFLICT`, `ERR_DISPOSED`
   */
  clear(options?: WriteOptions): Promise<void> {
    return this.#submit('clear', options, (condition) => ({ effect: () => this.erase(condition), present: nothing }));
  }

  /**
   * Reads, changes and writes as one: nobody else's write comes between.
   * @param updater is given a copy of what is stored, or `null`, and returns what to store. Synchronous. Where another
   * client of the same medium was faster, it is called again.
   * @returns a copy of what was stored
   * @throws {StorageError} what `save` throws; `ERR_INVALID_CALLBACK`, `ERR_UPDATER_FAILED`
   */
  update(
    updater: (current: SnapshotEnvelope<T> | null) => SnapshotInput<T>,
    options?: WriteOptions,
  ): Promise<SnapshotEnvelope<T>> {
    return this.#submit('update', options, (condition) => {
      checkCallback(updater, 'an updater');
      return {
        effect: () => this.#exchange(updater, condition),
        present: (record: StorageRecord) => this.open(this.#requireRecord(record)),
      };
    });
  }

  /**
   * Around every operation. Call `action` to let it take effect, and return what it returned; do something before or
   * after, wait, throw, or don't call it at all. It may be called again after it failed.
   *
   * `action` gives the stored record (or `null`) for a load, a stat and a usage, the new record for an update, and nothing
   * for a save and a clear. To look at the medium in here, use `this.read()`: an operation of this handle, such as
   * `this.load()`, comes after the one that is being performed, so awaiting it before `action` is called never ends (where
   * that can be seen at once, it is refused with `ERR_HOOK_FAILED`).
   *
   * `super.perform(operation, action)` calls `action` at once.
   */
  protected async perform<R>(_operation: Operation, action: () => Awaitable<R>): Promise<R> {
    return action();
  }

  /** The record of this key, or `null`. */
  protected abstract read(): Awaitable<StorageRecord | null>;

  /**
   * Puts the record that `supersede(current, record, condition)` returns in the place of the current one. Check and
   * change must be one step of the medium, or two clients can both pass the check.
   */
  protected abstract write(record: StorageRecord, condition: WriteCondition): Awaitable<void>;

  /** Removes the record, if `checkCondition(condition, current)` lets it. */
  protected abstract erase(condition: WriteCondition): Awaitable<void>;

  /**
   * Throws to refuse a snapshot. It is given a copy, as a load would return it, and it is synchronous. Called before
   * `perform`; in an update, after the updater.
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

  /** @internal Makes the record of a save; metadata tracking puts more into it. */
  protected record(revision: Revision, data: unknown, _metadata?: SnapshotMetadata): StorageRecord {
    return { revision, data };
  }

  /** @internal A save, with metadata or without. */
  protected submitSave(snapshot: SnapshotInput<T>, options?: WriteOptions, metadata?: () => SnapshotMetadata): Promise<void> {
    return this.#submit('save', options, (condition) => {
      const record = this.#admit(snapshot, metadata?.());
      return { record, effect: () => this.write(record, condition), present: nothing };
    });
  }

  /** @internal An operation that reads the record and makes something of it. */
  protected submitRead<R>(
    type: 'load' | 'stat' | 'getUsage',
    options: OperationOptions | undefined,
    present: (record: StorageRecord | null) => R,
  ): Promise<R> {
    return this.#submit(type, options, () => ({
      effect: () => this.read(),
      present: (record) => present(this.#checkRecord(record)),
    }));
  }

  /** @internal A snapshot of its own from a record. */
  protected open<R extends StorageRecord | null>(record: R): SnapshotEnvelope<T> | (R & null);
  protected open(record: StorageRecord | null): SnapshotEnvelope<T> | null {
    return record && { revision: record.revision, data: attemptCodec(() => this.codec.decode(record.data)) };
  }

  /** Checks, copies, checks the copy. What is refused here never reaches `perform`. */
  #admit(snapshot: SnapshotInput<T>, metadata?: SnapshotMetadata, expected?: string): StorageRecord {
    const { revision, data } = checkSnapshot(snapshot, expected);
    const encoded = attemptCodec(() => this.codec.encode(data));
    if (encoded instanceof Promise) refuse('ERR_CODEC_FAILED', 'a codec that encodes at once', encoded);
    const record = this.record(revision, encoded, metadata);
    // Only for a `validate` of a subclass: the copy to look at is not free.
    if (this.validate !== BaseStorageBackend.prototype.validate) this.#callValidate(this.open(record));
    return record;
  }

  #callValidate(snapshot: SnapshotEnvelope<T>): void {
    const expected = `${this.constructor.name}.validate to accept the snapshot`;
    const verdict: unknown = attempt('ERR_HOOK_FAILED', expected, () => this.validate(snapshot));
    if (verdict === undefined) return;
    // A promise or `false` from a validate that was meant to refuse would otherwise accept everything.
    refuse('ERR_HOOK_FAILED', `${this.constructor.name}.validate to throw or to return nothing`, verdict);
  }

  /** An update's effect. On a synchronous medium it is one synchronous step; on others, a lost race starts it again. */
  #exchange(
    updater: (current: SnapshotEnvelope<T> | null) => SnapshotInput<T>,
    condition: WriteCondition,
    attempts = 1000,
  ): Awaitable<StorageRecord> {
    return chain(this.read(), (found) => {
      const current = this.#checkRecord(found);
      checkCondition(condition, current);
      const snapshot = attempt('ERR_UPDATER_FAILED', 'the updater to succeed', () => updater(this.open(current)));
      const record = this.#admit(snapshot, undefined, 'the updater to return a snapshot { revision, data } at once');
      this.open(record); // what can't be handed out is not stored either
      return recover(
        () => chain(this.write(record, { ifMatch: current?.revision ?? null }), () => record),
        (error) => {
          if (attempts > 1 && StorageError.is(error) && error.code === 'ERR_REVISION_CONFLICT')
            return this.#exchange(updater, condition, attempts - 1);
          throw error;
        },
      );
    });
  }

  /** Hooks are other people's code: what they give is looked at before it is used. */
  #checkRecord<R extends StorageRecord | null>(record: R): R {
    return record === null ? record : this.#requireRecord(record);
  }

  #requireRecord<R extends StorageRecord | null>(record: R): R {
    if (typeof record === 'object' && record !== null && 'data' in record && isRevision(record.revision)) return record;
    return refuse('ERR_INVALID_RECORD', `the hooks of ${this.constructor.name} to give a record { revision, data }`, record);
  }

  /** The way of every operation: door, turn, `perform`, effect, and an error that says where it happened. */
  async #submit<E, R>(
    type: Operation['type'],
    options: WriteOptions | undefined,
    prepare: (condition: WriteCondition) => Prepared<E, R>,
  ): Promise<R> {
    // The turn is taken before anything of the caller's runs: a save made by a getter of the data comes after this one.
    const turn = new Turn(this.#latest);
    this.#latest = turn;
    let signal: AbortSignalLike | undefined;
    try {
      this.#refuseNested(type);
      const { signal: given, ...condition } = checkOptions(options);
      signal = given;
      if (signal?.aborted) throw signal.reason;
      const { record, effect, present } = prepare(condition);
      if (signal?.aborted) throw signal.reason;
      const { key, client } = this;
      const operation: Operation = {
        type,
        key,
        client,
        ...(record && { revision: record.revision }),
        ...(condition.ifMatch !== undefined && { ifMatch: condition.ifMatch }),
      };
      let started = false;
      const take = (): Awaitable<E> => {
        if (signal?.aborted) throw signal.reason;
        // A save that its caller was told has failed must not come back over newer ones.
        if (turn.finished)
          refuse('ERR_HOOK_FAILED', 'action to be called while the operation is under way', 'a call after its end');
        started = true;
        return chain(effect(), (result) => {
          turn.finish();
          return result;
        });
      };
      const performed = this.#perform(operation, () => chain(turn.arrival(), take));
      return present(await (signal ? untilAborted(performed, signal, () => started) : performed));
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error;
      throw this.#explain(error, type);
    } finally {
      turn.finish();
      if (this.#latest === turn) this.#latest = turn.earlier();
    }
  }

  #perform<E>(operation: Operation, action: () => Awaitable<E>): Promise<E> {
    this.#performing = true;
    try {
      // A `perform` of a subclass may give its result without a promise.
      return Promise.resolve(
        this.perform(operation, () => {
          this.#performing = false;
          return action();
        }),
      );
    } finally {
      this.#performing = false;
    }
  }

  /** An operation that `perform` starts before it calls its action would wait for itself. */
  #refuseNested(type: Operation['type']): void {
    if (!this.#performing) return;
    throw new StorageError('ERR_HOOK_FAILED', {
      key: this.key,
      operation: type,
      expected: `${this.constructor.name}.perform to look at the medium with this.read()`,
      received: `this.${type}(), which would wait for the operation that is being performed`,
    });
  }

  #explain(error: unknown, type: Operation['type']): StorageError {
    if (StorageError.is(error)) return locate(error, type, this.key);
    return new StorageError('ERR_HOOK_FAILED', {
      key: this.key,
      operation: type,
      expected: `the hooks of ${this.constructor.name} to succeed`,
      received: describe(error),
      cause: error,
    });
  }
}

/** What is left of an operation once it was let in. */
interface Prepared<E, R> {
  readonly record?: StorageRecord;
  readonly effect: () => Awaitable<E>;
  readonly present: (result: E) => R;
}

function nothing(): void {}
