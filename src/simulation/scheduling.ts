import type { BackendClass } from '../backend/backend-class';
import type { Operation } from '../backend/base-storage-backend';
import type { Awaitable } from '../contracts';
import { refuse } from '../errors';

/** One of the two turns of an operation. */
export interface ScheduledTurn {
  readonly operation: Operation;
  /** When it takes effect, and when its caller learns of it. */
  readonly phase: 'effect' | 'reply';
  /** The handle that performs it: operations of one handle take effect in the order in which they were called. */
  readonly handle: object;
}

/** Who says whose turn it is. fast-check's `scheduler()` is one. */
export interface Scheduler {
  /** Resolves, with what the task resolves with, when it is this task's turn. */
  schedule<T>(task: Promise<T>, label: string, turn: ScheduledTurn): Promise<T>;
}

/**
 * Hands the order of effects and of replies to a scheduler: each operation asks for a turn before it takes effect, and for
 * another one before its caller learns of it, since a reply that is overtaken by another is where stale state comes from.
 */
export function withSchedule<B extends BackendClass>(Backend: B, scheduler: Scheduler): B {
  if (typeof scheduler?.schedule !== 'function') refuse('ERR_INVALID_OPTION', 'a scheduler with a method schedule', scheduler);
  abstract class ScheduledBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const ask = (phase: 'effect' | 'reply') => {
        const label = `${operation.client}: ${operation.type} ${JSON.stringify(operation.key)}, ${phase}`;
        return scheduler.schedule(Promise.resolve(), label, { operation, phase, handle: this });
      };
      await ask('effect');
      try {
        return await super.perform(operation, action);
      } finally {
        await ask('reply');
      }
    }
  }
  return ScheduledBackend;
}
