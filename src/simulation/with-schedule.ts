import type { BackendClass } from '../backend/backend-class';
import { checkCallback, readOptions } from '../backend/input-validation';
import type { Operation } from '../backend/operation';
import type { Awaitable } from '../contracts';
import { fail } from '../errors';
import { reportUncaught } from '../store/report-uncaught';
import { checkBackendClass, checkMethod } from './checks';
import { wrapListeners } from './wrap-listeners';

/** What asks for its turn. */
export interface ScheduledTurn {
  readonly client: string;
  /** `null` where every key is meant. */
  readonly key: string | null;
  /** An operation takes effect, its caller learns of it, a listener of a client is notified of a change, or a client goes on. */
  readonly phase: 'effect' | 'reply' | 'delivery' | 'turn';
  /** Of an effect and a reply. */
  readonly operation?: Operation;
  /** The backend or window whose turn it is. Operations of one backend take effect in the order in which they were called. */
  readonly handle: object;
}

/** Who says whose turn it is. fast-check's `scheduler()` is one. */
export interface Scheduler {
  /** Resolves, with what the task resolves with, when it is this task's turn. */
  schedule<T>(task: Promise<T>, label: string, turn: ScheduledTurn): Promise<T>;
}

export interface ScheduleOptions {
  /** Whether each delivery of a change to a listener of a handle asks for a turn as well. Default: false, at once */
  readonly deliveries?: boolean | undefined;
  /** Hears of what a listener throws that was called late. Default: it is reported as an uncaught error. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

/**
 * Hands the order of effects and of replies to a scheduler: each operation asks for a turn before it takes effect, and for
 * another one before its caller learns of it, since a reply that is overtaken by another is where stale state comes from.
 *
 * With `deliveries`, a listener is notified of changes late, though in their order.
 */
export function withSchedule<B extends BackendClass>(Backend: B, scheduler: Scheduler, options: ScheduleOptions = {}): B {
  checkBackendClass(Backend);
  checkMethod(scheduler, 'schedule', 'a scheduler');
  const { deliveries = false, onListenerError = reportUncaught } = readOptions(options, ['deliveries', 'onListenerError']);
  checkCallback(onListenerError, 'onListenerError');
  if (typeof deliveries !== 'boolean') fail('ERR_INVALID_OPTION', 'deliveries to be true or false', deliveries);
  abstract class ScheduledBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const ask = (phase: 'effect' | 'reply') => {
        const { client, key, type } = operation;
        const label = `${client}: ${type} ${JSON.stringify(key)}, ${phase}`;
        return scheduler.schedule(Promise.resolve(), label, { client, key, phase, operation, handle: this });
      };
      await ask('effect');
      try {
        return await super.perform(operation, action);
      } finally {
        await ask('reply');
      }
    }
  }
  if (!deliveries) return ScheduledBackend;
  return wrapListeners(ScheduledBackend, (listener, handle, isActive) => {
    const { client, key } = handle;
    let latest: Promise<unknown> = Promise.resolve();
    return (change, contents) => {
      const label = `${client}: is notified of ${change.type} ${JSON.stringify(key)} by ${change.client ?? 'the registry'}`;
      latest = latest
        .then(() => scheduler.schedule(Promise.resolve(), label, { client, key, phase: 'delivery', handle }))
        .then(() => {
          if (isActive()) listener(change, contents);
        })
        .catch(onListenerError)
        .catch(reportUncaught);
    };
  });
}
