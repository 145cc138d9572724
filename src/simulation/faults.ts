import type { BackendClass } from '../backend/backend-class';
import type { Operation } from '../backend/base-storage-backend';
import { chain } from '../backend/flow';
import type { Awaitable } from '../contracts';
import { describe, refuse } from '../errors';
import type { StorageRecord } from '../store/storage-record';
import { checkBackendClass } from './checks';
import { FaultPlan } from './fault-plan';
import { isWrite } from './is-write';
import { wrapListeners } from './wrap-listeners';

/** The latest write of a key: what was stored before it, and which revision it left there. */
interface Write {
  readonly before: StorageRecord | null;
  readonly revision: string | null;
}

/**
 * Lets operations fail as a plan says. What a caller gets is a `StorageError` with the plan's error as its cause. Put it around
 * latency and expiry: what they do comes under its faults then.
 */
export function withFaults<B extends BackendClass>(Backend: B, plan: FaultPlan): B {
  checkBackendClass(Backend);
  if (!(plan instanceof FaultPlan)) refuse('ERR_INVALID_OPTION', 'a FaultPlan', plan);
  const writes = new Map<string, Write>();

  abstract class FaultyBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const { client, key } = operation;
      const crashes = plan.crashesOf(client);
      const hasCrashed = () => plan.crashesOf(client) !== crashes;
      if (plan.isDown(client)) return never();
      for (let held = plan.held(operation); held !== undefined; held = plan.held(operation)) await held;
      if (hasCrashed()) return never();

      const fault = plan.strike(operation);
      if (fault?.kind === 'refused') throw fault.error;
      if (fault?.kind === 'dropped') return undefined as R;
      if (hasCrashed()) return never();
      try {
        const result = await super.perform(operation, () => {
          if (hasCrashed()) return never();
          if (!isWrite(operation)) return action();
          return chain(this.read(), (before) =>
            chain(action(), (effect) => {
              // An update gives its record; a clear has no revision, and leaves none.
              const { revision = null } = (effect as { readonly revision?: string } | undefined) ?? operation;
              writes.set(key, { before, revision });
              return effect;
            }),
          );
        });
        if (hasCrashed()) return never();
        if (fault?.kind === 'lost reply') throw fault.error;
        if (fault?.kind === 'stale read') return stale(result as StorageRecord | null, writes.get(key)) as R;
        if (fault?.kind === 'corrupted read') return corrupt(result as StorageRecord | null) as R;
        return result;
      } catch (error) {
        if (hasCrashed()) return never();
        throw error;
      }
    }
  }
  return wrapListeners(FaultyBackend, (listener, { client }) => {
    const crashes = plan.crashesOf(client);
    return { listener: (change) => plan.crashesOf(client) === crashes && listener(change) };
  });
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** What was there before the latest write, where that write is what is there now: others may have written, or another registry. */
function stale(record: StorageRecord | null, latest: Write | undefined): StorageRecord | null {
  return latest?.revision === (record?.revision ?? null) ? (latest?.before ?? null) : record;
}

/** Half of a text; of anything else, half of its JSON text. */
function corrupt(record: StorageRecord | null): StorageRecord | null {
  if (record === null) return null;
  const text = textOf(record.data);
  return { ...record, data: text.slice(0, text.length / 2) };
}

function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  try {
    return JSON.stringify(data) ?? '';
  } catch {
    return describe(data); // a BigInt, or what holds itself
  }
}
