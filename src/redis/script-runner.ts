import { disposedError, StorageError } from '../errors';
import { isSameHistory, type LogPosition, type RedisLoss, readPosition, sequenceNumber } from './log-position';
import { LostReplyError, NotSentError, type RedisConnection } from './redis-connection';
import { type Script, scripts } from './scripts';
import { delay, monotonicNow, within } from './timers';

/** A reply of a script. */
export interface Reply {
  readonly status: string;
  readonly details: readonly unknown[];
}

export interface ScriptRunnerOptions {
  readonly connect: (onReady: () => void) => RedisConnection;
  readonly keys: readonly string[];
  /** The registry's own id. */
  readonly id: string;
  readonly timeoutMs: number;
  /** How many replicas have to confirm each change. */
  readonly replicas: number;
  /** What `open` sends where nothing is stored, after the incarnation. */
  readonly toOpenArguments: () => readonly string[];
  /** Throws where the namespace was opened with other options. */
  readonly checkOpened: (reply: Reply) => void;
  /** Called when the server turns out to have lost changes. */
  readonly onLoss: (loss: RedisLoss) => void;
}

interface ChangeReply extends Reply {
  /** How many replicas have confirmed it. */
  readonly confirmations: number;
}

/**
 * Runs scripts, each as one operation. A script is sent again while it was certainly not run. Where the reply to a change was lost, the script first
 * looks whether the change was made.
 */
export class ScriptRunner {
  readonly #options: ScriptRunnerOptions;
  readonly #connection: RedisConnection;
  /** The position in the latest reply. */
  #known: LogPosition | undefined;
  /** What to add to our time for a lower bound of the server's, in ms. */
  #clockOffset = 0;
  #operations = 0;
  /** Counts lost connections: an attempt on an earlier one must not take effect after its retry. */
  #generation = 0;
  #isDisposed = false;
  #disposal: Promise<void> | undefined;
  readonly #inFlight = new Set<Promise<unknown>>();

  constructor(options: ScriptRunnerOptions) {
    this.#options = options;
    this.#connection = options.connect(() => this.#verify());
  }

  get known(): LogPosition | undefined {
    return this.#known;
  }

  /** A lower bound of the server's time, in ms. */
  get serverTime(): number {
    return monotonicNow() + this.#clockOffset;
  }

  assertInUse(): void {
    if (this.#isDisposed) throw disposedError();
  }

  /** An id that no other operation has, of any registry. */
  newOperationId(): string {
    this.#operations += 1;
    return `${this.#options.id}:${this.#operations}`;
  }

  /** Finds the namespace, or writes its first contents. */
  async open(): Promise<void> {
    await this.#track(this.#retry((remainingMs) => this.#open(remainingMs)));
  }

  /** Runs a script that changes nothing. */
  read(script: Script, args: readonly string[]): Promise<Reply> {
    return this.#track(this.#retry((remainingMs) => this.#attempt(script, args, remainingMs)));
  }

  /**
   * Runs a script that changes something, once.
   * @param assertWanted throws where the caller does not wait for it any more
   * @throws {StorageError} `ERR_OUTCOME_UNKNOWN`
   */
  change(script: Script, args: readonly string[], assertWanted: () => void): Promise<Reply> {
    return this.#track(this.#change(script, args, assertWanted));
  }

  /** Ends it without waiting. */
  destroy(): void {
    this.#isDisposed = true;
    this.#connection.destroy();
  }

  /** Closes the connection when what is in flight has settled. Idempotent. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.#isDisposed = true;
    await Promise.allSettled(this.#inFlight);
    await this.#connection.close(this.#options.timeoutMs);
  }

  async #change(script: Script, args: readonly string[], assertWanted: () => void): Promise<Reply> {
    const { id, replicas } = this.#options;
    const operation = this.newOperationId();
    const before = this.#known?.id ?? '0-0';
    let isLost = false;
    const attempt = async (remainingMs: number): Promise<ChangeReply> => {
      assertWanted();
      const deadline = Math.floor(this.serverTime + remainingMs);
      const common = [operation, id, String(this.#generation), String(deadline), before, isLost ? '1' : '0'];
      const sent = this.#attempt(script, [...common, ...args], remainingMs);
      if (replicas === 0) return { ...(await sent), confirmations: 0 };
      // On the same connection, in the same round trip: it waits for what was written before it.
      const confirmed = this.#connection.send(['WAIT', String(replicas), String(Math.ceil(remainingMs))]).catch(() => 0);
      const reply = await sent;
      const isDone = reply.status === 'ok' || reply.status === 'done';
      return { ...reply, confirmations: isDone ? Number(await confirmed) : replicas };
    };
    const reply = await this.#retry(attempt, () => {
      isLost = true;
    }).catch((error: unknown) => {
      if (isLost && isEndOfAttempts(error)) throw unknownOutcome('the connection was lost before it replied', error.cause);
      throw error;
    });
    if (reply.status === 'unknown') throw unknownOutcome('the log of the server no longer holds what happened since then');
    if (reply.confirmations >= replicas) return reply;
    throw unknownOutcome(`it is stored, but ${reply.confirmations} of ${replicas} replicas have confirmed it in time`);
  }

  /** Disposal waits for it. */
  #track<R>(promise: Promise<R>): Promise<R> {
    this.#inFlight.add(promise);
    const forget = () => void this.#inFlight.delete(promise);
    promise.then(forget, forget);
    return promise;
  }

  /** Attempts until there is a reply that counts, or the time is over. */
  async #retry<R extends Reply>(attempt: (remainingMs: number) => Promise<R>, onLostReply: () => void = () => {}): Promise<R> {
    this.assertInUse();
    const end = monotonicNow() + this.#options.timeoutMs;
    for (let pauseMs = 2; ; pauseMs = Math.min(2 * pauseMs, 50)) {
      const generation = this.#generation;
      try {
        const reply = await attempt(end - monotonicNow());
        if (reply.status === 'absent') await this.#open(end - monotonicNow());
        else if (reply.status !== 'late' && reply.status !== 'fenced') return reply;
      } catch (error) {
        if (error instanceof LostReplyError) {
          onLostReply();
          this.#generation = Math.max(this.#generation, generation + 1);
        } else if (!(error instanceof NotSentError)) throw error;
      }
      this.assertInUse();
      if (end - monotonicNow() <= pauseMs) throw this.#unreachable();
      await delay(pauseMs);
    }
  }

  async #attempt(script: Script, args: readonly string[], remainingMs: number): Promise<Reply> {
    const running = this.#connection.run(script, this.#options.keys, args);
    running.catch(() => {}); // after the time is over
    const reply = await within(running, remainingMs, () => {
      // A connection that does not answer is of no use to other operations either.
      this.#connection.renew();
      throw new LostReplyError('no reply in time');
    });
    return this.#learn(reply as unknown[]);
  }

  async #open(remainingMs: number): Promise<Reply> {
    const reply = await this.#attempt(scripts.open, [this.newOperationId(), ...this.#options.toOpenArguments()], remainingMs);
    this.#options.checkOpened(reply);
    return reply;
  }

  /** Takes the time and the position from a reply. */
  #learn([status, time, ...rest]: readonly unknown[]): Reply {
    this.#clockOffset = Number(time) - monotonicNow();
    const reply = { status: String(status), details: rest.slice(3) };
    if (reply.status !== 'absent') this.#moveTo(readPosition(rest));
    return reply;
  }

  #moveTo(position: LogPosition): void {
    const known = this.#known;
    this.#known = position;
    if (known !== undefined && !isSameHistory(known, position)) this.#lose(known);
  }

  #lose(known: LogPosition): void {
    const to = this.#known === undefined ? 0 : sequenceNumber(this.#known.id);
    this.#options.onLoss({ kind: 'rewound', from: sequenceNumber(known.id), to });
  }

  /** A new connection may be one to a server that has lost something. */
  #verify(): void {
    const known = this.#known;
    if (known === undefined || this.#isDisposed) return;
    // The first command on the connection: its reply comes before all others.
    this.#connection.run(scripts.follow, this.#options.keys, [known.id, known.operation, known.incarnation]).then(
      (reply) => {
        const [status, , ...position] = reply as string[];
        if (status !== 'rewound' || this.#isDisposed) return;
        this.#known = readPosition(position);
        this.#lose(known);
      },
      () => {}, // the next connection is verified as well
    );
  }

  #unreachable(): StorageError {
    const { timeoutMs } = this.#options;
    const cause = this.#connection.lastError;
    const reason = cause === undefined ? 'no reply' : String(cause);
    return new StorageError('ERR_UNREACHABLE', {
      expected: `the server to reply within ${timeoutMs} ms`,
      received: reason,
      summary: `Server cannot be reached within ${timeoutMs} ms (${reason}). Nothing has changed. Check that it runs, and its address`,
      cause,
    });
  }
}

/** Where every attempt has failed without an answer, one whose reply was lost may have succeeded. */
function isEndOfAttempts(error: unknown): error is StorageError {
  return StorageError.is(error) && (error.code === 'ERR_UNREACHABLE' || error.code === 'ERR_DISPOSED');
}

function unknownOutcome(why: string, cause?: unknown): StorageError {
  return new StorageError('ERR_OUTCOME_UNKNOWN', {
    expected: 'the server to confirm the change',
    received: why,
    summary: `Outcome is unknown: ${why}. Load to see what is stored`,
    ...(cause !== undefined && { cause }),
  });
}
