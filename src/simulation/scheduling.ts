import type { BackendClass } from '../backend/backend-class';
import type { Operation } from '../backend/base-storage-backend';
import { checkCallback, readOptions } from '../backend/checks';
import type { Awaitable, StorageChangeListener, Unsubscribe } from '../contracts';
import { operate, refuse } from '../errors';
import { reportUncaught } from '../store/change-feed';
import { checkBackendClass, checkMethod } from './checks';

/** What asks for its turn. */
export interface ScheduledTurn {
  readonly client: string;
  /** `null` where every key is meant. */
  readonly key: string | null;
  /** An operation takes effect, its caller learns of it, a listener of a client hears of a change, or a client goes on. */
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
  readonly deliveries?: boolean;
}

interface Subscribable {
  subscribe(listener: StorageChangeListener): Unsubscribe;
}

/**
 * Hands the order of effects and of replies to a scheduler: each operation asks for a turn before it takes effect, and for
 * another one before its caller learns of it, since a reply that is overtaken by another is where stale state comes from.
 *
 * With `deliveries`, a listener hears of changes late, though in their order. What it throws is then reported as an uncaught
 * error: no `onListenerError` is there to hear of it.
 */
export function withSchedule<B extends BackendClass>(Backend: B, scheduler: Scheduler, options: ScheduleOptions = {}): B {
  checkBackendClass(Backend);
  checkMethod(scheduler, 'schedule', 'a scheduler');
  const { deliveries = false } = readOptions(options, ['deliveries']);
  if (typeof deliveries !== 'boolean') refuse('ERR_INVALID_OPTION', 'deliveries to be true or false', deliveries);
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
  // Of the class that has been handed over, whatever it is: some have changes to tell of, and some have not.
  const { subscribe } = Backend.prototype as Partial<Subscribable>;
  return deliveries && subscribe ? withScheduledDeliveries(ScheduledBackend, scheduler, subscribe) : ScheduledBackend;
}

function withScheduledDeliveries<B extends BackendClass>(
  Backend: B,
  scheduler: Scheduler,
  subscribeAtOnce: Subscribable['subscribe'],
): B {
  abstract class LateHearingBackend extends Backend implements Subscribable {
    subscribe(listener: StorageChangeListener): Unsubscribe {
      operate('subscribe', () => checkCallback(listener, 'a listener'), this.key);
      let isSubscribed = true;
      let latest: Promise<unknown> = Promise.resolve();
      const unsubscribe = subscribeAtOnce.call(this, (change) => {
        const { client, key } = this;
        const label = `${client}: hears of ${change.type} ${JSON.stringify(key)} by ${change.client ?? 'the registry'}`;
        latest = latest
          .then(() => scheduler.schedule(Promise.resolve(), label, { client, key, phase: 'delivery', handle: this }))
          .then(() => {
            if (isSubscribed) listener(change);
          })
          .catch(reportUncaught);
      });
      return () => {
        isSubscribed = false;
        unsubscribe();
      };
    }
  }
  return LateHearingBackend;
}
