import type { Revision, StorageChange } from '../contracts';
import { beginningOf, isSameHistory, type LogPosition, type RedisLoss, readPosition, sequenceNumber } from './log-position';
import type { RedisConnection } from './redis-connection';
import { scripts } from './scripts';
import { delay, within } from './timers';

/** A change, as the log has it. */
export interface FeedChange {
  readonly change: StorageChange;
  /** Id of the handle that made it. */
  readonly origin: string;
  readonly number: number;
}

export interface ChangeFeedOptions {
  readonly connect: (onReady: () => void) => RedisConnection;
  readonly keys: readonly string[];
  /** Changes up to this one were made before. */
  readonly known: LogPosition | undefined;
  /** Changes before this time of the server, in ms, were made before. */
  readonly since: number;
  /** How long to wait for changes at a time. */
  readonly blockMs: number;
  readonly timeoutMs: number;
  readonly onChange: (change: FeedChange) => void;
  readonly onLoss: (loss: RedisLoss) => void;
}

/** Follows the log of changes on a connection of its own: each change once, in the order of the commits, also after the connection was lost. */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #connection: RedisConnection;
  readonly #waiting = new Set<{ readonly number: number; readonly resolve: () => void }>();
  /** The last change that was passed on; none before the beginning is found. */
  #position: LogPosition | undefined;
  /** Whether the log is known to go on from the position. */
  #isVerified = false;
  #isStopped = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
    this.#connection = options.connect(() => {
      this.#isVerified = false;
    });
    void this.#follow();
  }

  /** Resolves when the change of this number has been passed on, or the time is over. */
  reached(number: number, ms: number): Promise<void> {
    if (this.#isStopped || this.#number >= number) return Promise.resolve();
    let waiter: { number: number; resolve: () => void } | undefined;
    const passed = new Promise<void>((resolve) => {
      waiter = { number, resolve };
      this.#waiting.add(waiter);
    });
    return within(passed, Math.max(ms, 0), () => {}).finally(() => waiter && this.#waiting.delete(waiter));
  }

  stop(): void {
    this.#isStopped = true;
    this.#settle(Number.POSITIVE_INFINITY);
    this.#connection.destroy();
  }

  get #number(): number {
    return this.#position === undefined ? 0 : sequenceNumber(this.#position.id);
  }

  async #follow(): Promise<void> {
    while (!this.#isStopped) {
      try {
        if (!this.#isVerified) await this.#verify();
        const entries = await this.#read();
        if (this.#isStopped) return;
        // No change for so long: somebody may have removed the log.
        if (entries.length === 0) this.#isVerified = false;
        else this.#pass(entries);
      } catch {
        this.#isVerified = false;
        if (!this.#isStopped) await delay(10);
      }
    }
  }

  /** Finds the beginning, or finds out whether the log still has the position. */
  async #verify(): Promise<void> {
    const { keys, known, since, onLoss } = this.#options;
    this.#isVerified = true; // unless the connection is lost meanwhile
    const { id, operation, incarnation } = this.#position ?? { ...beginningOf(''), id: '', operation: String(since) };
    const sending = this.#connection.run(scripts.follow, keys, [id, operation, incarnation]);
    const [status, , ...rest] = (await this.#reply(sending)) as string[];
    if (this.#isStopped) return;
    if (status === 'absent') {
      // The next operation of a registry writes its first contents again, and numbers start from 1.
      if (this.#number > 0) this.#lose(beginningOf(''));
      else this.#position = beginningOf('');
      return;
    }
    const last = readPosition(rest);
    if (this.#position === undefined) {
      const [foundId, foundOperation] = rest.slice(3) as [string, string];
      const found = { id: foundId, operation: foundOperation, incarnation: last.incarnation };
      this.#position = known !== undefined && isSameHistory(found, known) ? known : found;
      if (status === 'gap' && known !== undefined && this.#number > sequenceNumber(known.id)) {
        onLoss({ kind: 'gap', from: sequenceNumber(known.id), to: this.#number });
      }
    } else if (this.#number === 0) {
      this.#position = beginningOf(last.incarnation);
    } else if (status === 'rewound') {
      // No change of a new log was passed on yet. Of a log that has lost its end, it is unknown which were.
      this.#lose(last.incarnation === incarnation ? last : beginningOf(last.incarnation));
    }
    this.#settle(this.#number);
  }

  async #read(): Promise<[id: string, fields: string[]][]> {
    const { keys, blockMs } = this.#options;
    const from = this.#position?.id ?? '0-0';
    const sending = this.#connection.send(['XREAD', 'COUNT', '1000', 'BLOCK', String(blockMs), 'STREAMS', String(keys[3]), from]);
    const reply = await this.#reply(sending, blockMs);
    if (reply === null || reply === undefined) return [];
    // An array of pairs, or a map, according to the client's version of the protocol.
    const streams = Array.isArray(reply) ? reply.map((pair) => pair[1]) : Object.values(reply as object);
    return streams[0];
  }

  /** Replaces a connection that does not answer in time. */
  #reply(sending: Promise<unknown>, ms = 0): Promise<unknown> {
    sending.catch(() => {});
    return within(sending, ms + this.#options.timeoutMs, () => {
      this.#connection.renew();
      throw new Error('no reply in time');
    });
  }

  #pass(entries: readonly [id: string, fields: string[]][]): void {
    for (const [id, [, operation, , origin, , client, , lines]] of entries as [string, string[]][]) {
      if (this.#isStopped) return;
      const number = sequenceNumber(id);
      const from = this.#number;
      if (number <= from) {
        // The log is another one: verification finds out, and these entries are read once more.
        this.#isVerified = false;
        return;
      }
      if (number > from + 1) this.#options.onLoss({ kind: 'gap', from, to: number - 1 });
      this.#position = { id, operation: String(operation), incarnation: this.#position?.incarnation ?? '' };
      for (const line of String(lines).split('\n')) {
        this.#options.onChange({ change: toChange(line, String(client)), origin: String(origin), number });
      }
      this.#settle(number);
    }
  }

  /** The server has lost changes that were passed on: continues from what it has. */
  #lose(position: LogPosition): void {
    const from = this.#number;
    this.#position = position;
    this.#options.onLoss({ kind: 'rewound', from, to: this.#number });
    this.#settle(Number.POSITIVE_INFINITY);
  }

  #settle(number: number): void {
    for (const waiter of this.#waiting) if (waiter.number <= number) waiter.resolve();
  }
}

/** `before after key`, where `-` is nothing stored. */
function toChange(line: string, client: string): StorageChange {
  const [before, after] = line.split(' ', 2) as [string, string];
  const toRevision = (text: string) => (text === '-' ? null : (text as Revision));
  return Object.freeze({
    type: after === '-' ? 'clear' : 'save',
    key: JSON.parse(line.slice(before.length + after.length + 2)),
    client: client === '' ? null : JSON.parse(client),
    revision: toRevision(after),
    previousRevision: toRevision(before),
  });
}
