import { fail } from '../../errors';
import type { VirtualClock } from '../clock';

/** Time that the explorer lets go by. */
export interface TimeSource {
  /** Whether somebody waits for it. */
  isAwaited(): boolean;
  /** Whether several are due next, at the same time: who began to wait first is then the first to go on. */
  isTied(): boolean;
  /** Goes on to when the first of them is due, and no further. */
  advance(): void;
  /** What time it is, as the timeline shows it. */
  toString(): string;
  /** Puts back what was put in the place of functions of others. */
  end(): void;
}

/** Jest's `jest`, or Vitest's `vi`, after `useFakeTimers()`. */
export interface FrameworkTimers {
  getTimerCount(): number;
  advanceTimersToNextTimer(): unknown;
  clearAllTimers(): unknown;
}

/** What `useFakeTimers()` of Sinon gives, or `install()` of `@sinonjs/fake-timers`. */
export interface SinonClock {
  countTimers(): number;
  next(): unknown;
  reset(): unknown;
}

/** `mock.timers` of node:test, after `enable()`. */
export interface NodeMockTimers {
  tick(ms: number): unknown;
  runAll(): unknown;
}

/** Fake timers, switched on. */
export type FakeTimers = FrameworkTimers | SinonClock | NodeMockTimers;

export function virtualTime(clock: VirtualClock): TimeSource {
  return {
    isAwaited: () => clock.next !== null,
    isTied: () => clock.isTied,
    advance: () => clock.wakeNext(),
    toString: () => `${clock.now()} ms`,
    end: () => {},
  };
}

/** Of code that sets timers by itself. What earlier runs have left is dropped. */
export function fakeTime(timers: FakeTimers): TimeSource {
  if (isOfNode(timers)) return nodeTime(timers);
  const [count, next, clear] = methodsOf(timers);
  clear();
  const start = Date.now();
  return {
    isAwaited: () => count() > 0,
    isTied: () => {
      const due = timesOf(timers);
      const first = Math.min(...due);
      return due.length === 0 ? count() > 1 : due.filter((time) => time === first).length > 1;
    },
    advance: () => void next(),
    toString: () => `${Date.now() - start} ms`,
    end: () => {},
  };
}

/** Sinon's clocks have a method `tick` as well. */
function isOfNode(timers: FakeTimers): timers is NodeMockTimers {
  return 'tick' in timers && !('countTimers' in timers);
}

function methodsOf(timers: FrameworkTimers | SinonClock): [count: () => number, next: () => unknown, clear: () => unknown] {
  if ('countTimers' in timers) return [() => timers.countTimers(), () => timers.next(), () => timers.reset()];
  return [() => timers.getTimerCount(), () => timers.advanceTimersToNextTimer(), () => timers.clearAllTimers()];
}

interface Waiting {
  readonly callAt: number;
}

/** When timers are due, in ms: those of Jest, Vitest and Sinon are all of `@sinonjs/fake-timers`, whose clock says so. */
function timesOf(timers: FrameworkTimers | SinonClock): number[] {
  const { clock = timers } = globalThis.setTimeout as { readonly clock?: object };
  const { timers: waiting = {} } = ('countTimers' in timers ? timers : clock) as { readonly timers?: object };
  // By their versions, a Map, which may be of another realm, or an object.
  const isMap = typeof (waiting as Partial<Map<unknown, Waiting>>).values === 'function';
  const all: Waiting[] = isMap ? [...(waiting as Map<unknown, Waiting>).values()] : Object.values(waiting);
  return all.map(({ callAt }) => callAt);
}

type Timer = object | number;
type Callback = (...args: unknown[]) => unknown;

interface Globals {
  setTimeout(callback: Callback, ms?: number, ...args: unknown[]): Timer;
  setInterval(callback: Callback, ms?: number, ...args: unknown[]): Timer;
  clearTimeout(timer?: Timer): void;
  clearInterval(timer?: Timer): void;
}

/** node:test does not say which timers there are, so its functions are wrapped while a run goes on. */
function nodeTime(timers: NodeMockTimers): TimeSource {
  const globals = globalThis as unknown as Globals;
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globals;
  /** When each is due, in ms from the beginning of the run. */
  const due = new Map<Timer, number>();
  let now = 0;
  const lengthOf = (ms: unknown) => Math.max(1, Number(ms) || 1);
  globals.setTimeout = (callback, ms, ...args) => {
    const run = (...given: unknown[]) => {
      due.delete(timer);
      return callback(...given);
    };
    const timer = setTimeout(run, ms, ...args);
    due.set(timer, now + lengthOf(ms));
    return timer;
  };
  globals.setInterval = (callback, ms, ...args) => {
    const run = (...given: unknown[]) => {
      due.set(timer, now + lengthOf(ms));
      return callback(...given);
    };
    const timer = setInterval(run, ms, ...args);
    due.set(timer, now + lengthOf(ms));
    return timer;
  };
  const clear = (clearTimer: (timer?: Timer) => void) => (timer?: Timer) => {
    if (timer !== undefined) due.delete(timer);
    clearTimer(timer);
  };
  globals.clearTimeout = clear(clearTimeout);
  globals.clearInterval = clear(clearInterval);
  return {
    isAwaited: () => due.size > 0,
    isTied: () => [...due.values()].filter((time) => time === Math.min(...due.values())).length > 1,
    advance: () => {
      const next = Math.min(...due.values());
      const ms = next - now;
      now = next;
      timers.tick(ms);
    },
    toString: () => `${now} ms`,
    end: () => {
      Object.assign(globals, { setTimeout, setInterval, clearTimeout, clearInterval });
      for (const timer of due.keys()) clearTimeout(timer);
      due.clear();
    },
  };
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkTimers(timers: FakeTimers): void {
  const has = (...names: string[]) => names.every((name) => typeof Reflect.get(Object(timers), name) === 'function');
  if (has('countTimers', 'next', 'reset')) return;
  if (has('getTimerCount', 'advanceTimersToNextTimer', 'clearAllTimers')) {
    // As Jest and Vitest mark theirs.
    if (!('clock' in globalThis.setTimeout))
      fail('ERR_INVALID_OPTION', 'timers that are fake: call useFakeTimers() first', timers);
  } else if (has('tick', 'runAll')) {
    try {
      (timers as NodeMockTimers).tick(0);
    } catch {
      fail('ERR_INVALID_OPTION', 'timers that are fake: call mock.timers.enable() first', timers);
    }
  } else {
    fail('ERR_INVALID_OPTION', 'timers to be jest, vi, a clock of Sinon, or mock.timers of node:test', timers);
  }
}
