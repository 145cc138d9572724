import type { StorageCodec } from '../codec/storage-codec';
import { structured } from '../codec/structured';
import { decodeWith, encodeWith } from '../codec/use-codec';
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
import { attempt, describe, locate, refuse, StorageError } from '../errors';
import { isRevision } from '../revision';
import { checkCondition, MeasuredRecord, type StorageRecord, type WriteCondition } from '../store/storage-record';
import { checkCallback, checkKey, checkOptions, checkSnapshot } from './checks';
import { chain, isPromiseLike, recover, untilAborted } from './flow';
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
  /** Name of who uses this handle, in changes and operations. Default: `client`. A registry numbers its handles: 1 reads `client-1`. */
  readonly client?: string | number;
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
  /**
   * The latest operation that is under way. While there is none, the client's name or number: a program may hold many
   * thousands of handles, most of them idle.
   */
  #latest: Turn | string | number;

  /** @throws {StorageError} `ERR_INVALID_KEY`, `ERR_INVALID_OPTION` */
  constructor(options: BackendOptions) {
    if (typeof options !== 'object' || options === null) refuse('ERR_INVALID_OPTION', 'options { key, client? }', options);
    const { key, client = 'client' } = options;
    this.key = checkKey(key);
    this.#latest = client;
    if (typeof client === 'string' || Number.isSafeInteger(client)) return;
    refuse('ERR_INVALID_OPTION', 'client to be a string or a whole number', client);
  }

  /** Name of who uses this handle, in changes and operations. */
  get client(): string {
    const client = this.#latest instanceof Turn ? this.#latest.client : this.#latest;
    return typeof client === 'number' ? `client-${client}` : client;
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
    if (this.isFree(options)) return this.loadNow();
    return this.submitRead('load', options, (record) => this.open(record));
  }

  /**
   * Removes this key alone. Does nothing where nothing is stored.
   * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_REVISION_CONFLICT`, `ERR_DISPOSED`
   */
  clear(options?: WriteOptions): Promise<void> {
    return this.submit('clear', options, (condition) => ({ effect: () => this.erase(condition), present: nothing }));
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
    return this.submit('update', options, (condition) => {
      checkCallback(updater, 'an updater');
      return {
        effect: () => this.exchange(updater, condition),
        present: (record: StorageRecord) => this.open(this.requireRecord(record)),
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
    if (this.isFree(options)) return this.saveNow(snapshot, metadata);
    return this.submit('save', options, (condition) => {
      const record = this.admit(snapshot, metadata?.());
      return { record, effect: () => this.write(record, condition), present: nothing };
    });
  }

  /** @internal An operation that reads the record and makes something of it. */
  protected submitRead<R>(
    type: 'load' | 'stat' | 'getUsage',
    options: OperationOptions | undefined,
    present: (record: StorageRecord | null) => R,
  ): Promise<R> {
    return this.submit(type, options, () => ({
      effect: () => this.read(),
      present: (record) => present(this.checkRecord(record)),
    }));
  }

  /** @internal A snapshot of its own from a record. */
  protected open<R extends StorageRecord | null>(record: R): SnapshotEnvelope<T> | (R & null);
  protected open(record: StorageRecord | null): SnapshotEnvelope<T> | null {
    return record && { revision: record.revision, data: decodeWith(this.codec, record.data) };
  }

  /** Checks, copies, checks the copy. What is refused here never reaches `perform`. */
  private admit(snapshot: SnapshotInput<T>, metadata?: SnapshotMetadata, expected?: string): StorageRecord {
    const { revision, data } = checkSnapshot(snapshot, expected);
    const encoded = encodeWith(this.codec, data);
    const record = this.record(revision, encoded, metadata);
    // Only for a `validate` of a subclass: the copy to look at is not free.
    if (this.validate !== BaseStorageBackend.prototype.validate) this.callValidate(this.open(record));
    return record;
  }

  private callValidate(snapshot: SnapshotEnvelope<T>): void {
    const expected = `${this.constructor.name}.validate to accept the snapshot`;
    const verdict: unknown = attempt('ERR_HOOK_FAILED', expected, () => this.validate(snapshot));
    if (verdict === undefined) return;
    // A promise or `false` from a validate that was meant to refuse would otherwise accept everything.
    refuse('ERR_HOOK_FAILED', `${this.constructor.name}.validate to throw or to return nothing`, verdict);
  }

  /** An update's effect. On a synchronous medium it is one synchronous step; on others, a lost race starts it again. */
  private exchange(
    updater: (current: SnapshotEnvelope<T> | null) => SnapshotInput<T>,
    condition: WriteCondition,
    attempts = 1000,
  ): Awaitable<StorageRecord> {
    return chain(this.read(), (found) => {
      const current = this.checkRecord(found);
      checkCondition(condition, current);
      const snapshot = attempt('ERR_UPDATER_FAILED', 'the updater to succeed', () => updater(this.open(current)));
      const record = this.admit(snapshot, undefined, 'the updater to return a snapshot { revision, data } at once');
      this.open(record); // what can't be handed out is not stored either
      return recover(
        () => chain(this.write(record, { ifMatch: current?.revision ?? null }), () => record),
        (error) => {
          if (attempts > 1 && StorageError.is(error) && error.code === 'ERR_REVISION_CONFLICT')
            return this.exchange(updater, condition, attempts - 1);
          throw error;
        },
      );
    });
  }

  /** Hooks are other people's code: what they give is looked at before it is used. */
  private checkRecord<R extends StorageRecord | null>(record: R): R {
    return record === null ? record : this.requireRecord(record);
  }

  private requireRecord<R extends StorageRecord | null>(record: R): R {
    if (record instanceof MeasuredRecord) return record;
    if (typeof record === 'object' && record !== null && 'data' in record && isRevision(record.revision)) return record;
    return refuse('ERR_INVALID_RECORD', `the hooks of ${this.constructor.name} to give a record { revision, data }`, record);
  }

  // Private methods without a `#`: for those, V8 gives every instance one more field (8 bytes).

  /**
   * Whether an operation can go the short way: nothing is before it, and nothing around it. That is how most go, and it
   * halves what a tiny load takes beside the copy, and takes a tenth off a save.
   */
  private isFree(options: OperationOptions | undefined): boolean {
    return options === undefined && !(this.#latest instanceof Turn) && !this.isPerformed;
  }

  /** The short way of a save. */
  private async saveNow(snapshot: SnapshotInput<T>, metadata?: () => SnapshotMetadata): Promise<void> {
    const turn = this.takeTurn();
    try {
      const written = this.write(this.admit(snapshot, metadata?.()), UNCONDITIONAL);
      if (isPromiseLike(written)) await written;
    } catch (error) {
      throw this.explain(error, 'save');
    } finally {
      this.endTurn(turn);
    }
  }

  /** The short way of a load: it needs no turn where the medium answers at once. */
  private async loadNow(): Promise<SnapshotEnvelope<T> | null> {
    try {
      const record = this.read();
      if (record === null) return null;
      // As `open` does, whose call would cost more than all that it does.
      if (record instanceof MeasuredRecord) return { revision: record.revision, data: decodeWith(this.codec, record.data) };
      if (!isPromiseLike(record)) return this.open(this.requireRecord(record));
      const turn = this.takeTurn();
      try {
        return this.open(this.checkRecord(await record));
      } finally {
        this.endTurn(turn);
      }
    } catch (error) {
      throw this.explain(error, 'load');
    }
  }

  /** The way of every operation: door, turn, `perform`, effect, and an error that says where it happened. */
  private async submit<E, R>(
    type: Operation['type'],
    options: WriteOptions | undefined,
    prepare: (condition: WriteCondition) => Prepared<E, R>,
  ): Promise<R> {
    // The turn is taken before anything of the caller's runs: a save made by a getter of the data comes after this one.
    const turn = this.takeTurn();
    let signal: AbortSignalLike | undefined;
    try {
      this.refuseNested(type, turn);
      let condition: WriteCondition = UNCONDITIONAL;
      if (options !== undefined) ({ signal, ...condition } = checkOptions(options));
      if (signal?.aborted) throw signal.reason;
      const prepared = prepare(condition);
      if (signal?.aborted) throw signal.reason;
      if (this.isPerformed || signal || turn.earlier()) {
        return prepared.present(await this.callPerform(type, prepared, condition, turn, signal));
      }
      const result = prepared.effect();
      return prepared.present(isPromiseLike(result) ? await result : result);
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error;
      throw this.explain(error, type);
    } finally {
      this.endTurn(turn);
    }
  }

  private takeTurn(): Turn {
    const latest = this.#latest;
    const turn = latest instanceof Turn ? new Turn(latest.client, latest) : new Turn(latest, undefined);
    this.#latest = turn;
    return turn;
  }

  private endTurn(turn: Turn): void {
    turn.finish();
    if (this.#latest === turn) this.#latest = turn.earlier() ?? turn.client;
  }

  /** Whether a subclass has put something around operations. */
  private get isPerformed(): boolean {
    return this.perform !== performAtOnce;
  }

  private callPerform<E>(
    type: Operation['type'],
    { record, effect }: Prepared<E, unknown>,
    condition: WriteCondition,
    turn: Turn,
    signal: AbortSignalLike | undefined,
  ): Promise<E> {
    const operation: Operation = {
      type,
      key: this.key,
      client: this.client,
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
    turn.performing = true;
    try {
      // A `perform` of a subclass may give its result without a promise.
      const performed = Promise.resolve(
        this.perform(operation, () => {
          turn.performing = false;
          return chain(turn.arrival(), take);
        }),
      );
      return signal ? untilAborted(performed, signal, () => started) : performed;
    } finally {
      turn.performing = false;
    }
  }

  /** An operation that `perform` starts before it calls its action would wait for itself. */
  private refuseNested(type: Operation['type'], turn: Turn): void {
    if (turn.outer === undefined) return;
    throw new StorageError('ERR_HOOK_FAILED', {
      key: this.key,
      operation: type,
      expected: `${this.constructor.name}.perform to look at the medium with this.read()`,
      received: `this.${type}(), which would wait for the operation that is being performed`,
    });
  }

  private explain(error: unknown, type: Operation['type']): StorageError {
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

// As it is now: a spy that a test puts on the prototype is to be called.
const performAtOnce: unknown = Reflect.get(BaseStorageBackend.prototype, 'perform');

const UNCONDITIONAL: WriteCondition = Object.freeze({});

function nothing(): void {}
