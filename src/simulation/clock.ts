import { fail } from '../errors';
import { nextTask } from '../real-time/next-task';

/** Where the simulation takes its time from. All times are in ms. */
export interface Clock {
  now(): number;
  /** Resolves when so much time has gone by. */
  sleep(ms: number): Promise<void>;
}

/** The machine's own. Timers are looked up at each call, so a test may have put others in their place. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until `advance` or `runAll`, and then never waits. Hand its `now` to a registry as well, for
 * metadata of the same time.
 *
 * @example
 * const clock = new VirtualClock();
 * const saved = handle.save(snapshot); // on a backend with a latency of 100 ms on this clock
 * await clock.advance(100);
 * await saved;
 */
export class VirtualClock implements Clock {
  #now: number;
  /** In the order in which they are due. */
  #sleepers: readonly Sleeper[] = [];
  /** Of the calls of `advance` and `runAll`: one comes after the other. */
  #latest: Promise<void> = Promise.resolve();

  /** @param start in ms since the epoch. Default: 0 */
  constructor(start = 0) {
    if (!Number.isFinite(start)) fail('ERR_INVALID_OPTION', 'start to be a finite number of ms', start);
    this.#now = start;
  }

  /** Can be handed on without the clock: `{ now: clock.now }`. */
  readonly now = (): number => this.#now;

  async sleep(ms: number): Promise<void> {
    checkDuration(ms);
    await new Promise<void>((wake) => {
      // Sorting keeps the order of those that are due at the same time.
      this.#sleepers = [...this.#sleepers, { until: this.#now + ms, wake }].sort((a, b) => a.until - b.until);
    });
  }

  /** When the next sleeper is due, in ms since the epoch; `null` if nobody sleeps. */
  get next(): number | null {
    return this.#sleepers[0]?.until ?? null;
  }

  /** @internal Whether several are due next, at the same time: who fell asleep first wakes first. */
  get isTied(): boolean {
    const [first, second] = this.#sleepers;
    return first !== undefined && first.until === second?.until;
  }

  /** Lets so much time go by: wakes each sleeper that is due on the way, in order, each after what the one before it has set off. */
  async advance(ms: number): Promise<void> {
    checkDuration(ms);
    const earlier = this.#latest;
    this.#latest = (async () => {
      await earlier;
      const end = this.#now + ms;
      await this.#runUntil(end);
      this.#now = Math.max(this.#now, end);
    })();
    await this.#latest;
  }

  /** Lets time go by until nobody sleeps. */
  async runAll(): Promise<void> {
    await this.#runUntil(Number.POSITIVE_INFINITY);
  }

  /** @internal Goes on to when the next sleeper is due, and wakes that one. */
  wakeNext(): void {
    const [due, ...others] = this.#sleepers;
    if (due === undefined) return;
    this.#sleepers = others;
    this.#now = Math.max(this.#now, due.until);
    due.wake();
  }

  async #runUntil(end: number): Promise<void> {
    await nextTask();
    while (this.next !== null && this.next <= end) {
      this.wakeNext();
      await nextTask();
    }
  }
}

function checkDuration(ms: number): void {
  if (!(Number.isFinite(ms) && ms >= 0)) fail('ERR_INVALID_OPTION', 'a number of ms, 0 or more', ms);
}
