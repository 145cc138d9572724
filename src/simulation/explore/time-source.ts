import type { VirtualClock } from '../clock';

/** Time that the explorer lets go by. */
export interface TimeSource {
  /** Whether somebody waits for it. */
  isAwaited(): boolean;
  /** Whether several may wait for the same time: who began to wait first is then the first to go on. */
  isTied(): boolean;
  /** Goes on to when the first of them is due, and no further. */
  advance(): void;
  /** What time it is, as the timeline shows it. */
  toString(): string;
}

/** A test framework's fake timers: Jest's `jest`, or Vitest's `vi`. */
export interface FakeTimers {
  getTimerCount(): number;
  advanceTimersToNextTimer(): unknown;
  clearAllTimers(): unknown;
}

export function virtualTime(clock: VirtualClock): TimeSource {
  return {
    isAwaited: () => clock.next !== null,
    isTied: () => clock.isTied,
    advance: () => clock.wakeNext(),
    toString: () => `${clock.now()} ms`,
  };
}

/** Of code that sets timers by itself. What earlier runs have left is dropped. */
export function fakeTime(timers: FakeTimers): TimeSource {
  timers.clearAllTimers();
  const start = Date.now();
  return {
    isAwaited: () => timers.getTimerCount() > 0,
    // When they are due can't be seen.
    isTied: () => timers.getTimerCount() > 1,
    advance: () => void timers.advanceTimersToNextTimer(),
    toString: () => `${Date.now() - start} ms`,
  };
}
