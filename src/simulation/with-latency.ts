import type { BackendClass } from '../backend/backend-class';
import { checkCallback, readOptions } from '../backend/input-validation';
import type { Operation } from '../backend/operation';
import type { Awaitable } from '../contracts';
import { attempt, fail } from '../errors';
import { checkBackendClass, checkMethod } from './checks';
import { type Clock, systemClock } from './clock';

/** So many ms; any from the first to the second; or what a function says of an operation. */
export type Duration = number | readonly [from: number, to: number] | ((operation: Operation) => number);

export interface LatencyOptions {
  /** How long it takes until an operation takes effect. */
  readonly ms: Duration;
  /** How long its answer takes after that. Default: 0 */
  readonly reply?: Duration | undefined;
  /** Default: the machine's own. */
  readonly clock?: Clock | undefined;
  /** For a range: a number from 0 to 1, without 1. Default: `Math.random` */
  readonly random?: (() => number) | undefined;
}

/** Lets operations take time: before the effect, before the answer, or both. Where that is none, no timer is set. */
export function withLatency<B extends BackendClass>(Backend: B, options: LatencyOptions): B {
  checkBackendClass(Backend);
  const { ms, reply = 0, clock = systemClock, random = Math.random } = readOptions(options, ['ms', 'reply', 'clock', 'random']);
  for (const duration of [ms, reply]) checkDuration(duration);
  checkMethod(clock, 'sleep', 'a clock');
  checkCallback(random, 'random');
  const wait = (duration: Duration, operation: Operation): Promise<void> | undefined => {
    const time = timeOf(duration, operation, random);
    return time > 0 ? clock.sleep(time) : undefined;
  };

  abstract class DelayedBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const before = wait(ms, operation);
      if (before !== undefined) await before;
      try {
        return await super.perform(operation, action);
      } finally {
        const after = wait(reply, operation);
        if (after !== undefined) await after;
      }
    }
  }
  return DelayedBackend;
}

function timeOf(duration: Duration, operation: Operation, random: () => number): number {
  if (typeof duration === 'number') return duration;
  if (typeof duration !== 'function') return duration[0] + random() * (duration[1] - duration[0]);
  const time = attempt('ERR_HOOK_FAILED', 'the latency of an operation', () => duration(operation));
  return isTime(time) ? time : fail('ERR_HOOK_FAILED', 'a latency of 0 ms or more', time);
}

function checkDuration(duration: Duration): void {
  const isRange = Array.isArray(duration) && duration.length === 2 && duration.every(isTime) && duration[0] <= duration[1];
  if (isTime(duration) || isRange || typeof duration === 'function') return;
  fail('ERR_INVALID_OPTION', 'a latency: ms, a range [from, to] of ms, or a function', duration);
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value) && Number(value) >= 0;
}
