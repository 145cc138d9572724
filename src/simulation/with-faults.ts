import { chain } from '../backend/awaitable';
import type { BackendClass } from '../backend/backend-class';
import { currentOperation, storeOfHandle } from '../backend/base-storage-backend';
import type { Operation } from '../backend/operation';
import type { Awaitable } from '../contracts';
import { describe, fail } from '../errors';
import type { StorageRecord, WriteCondition } from '../store/storage-record';
import { checkBackendClass } from './checks';
import { FaultPlan } from './fault-plan';
import { storeHooksOf } from './store-hooks';
import { wrapListeners } from './wrap-listeners';

/** The latest write of a key: what was stored before it, and which revision it left there. */
interface Write {
  readonly before: StorageRecord | null;
  readonly revision: string | null;
}

/** Names the method that says whether a write was dropped, for a journal around it. */
export const isDropped: unique symbol = Symbol('isDropped');

export interface Droppable {
  [isDropped]?(operation: Operation): boolean;
}

/**
 * Lets operations fail as a plan says. What a caller gets is a `StorageError` with the plan's error as its cause. Put it around
 * latency and expiry: what they do comes under its faults then.
 */
export function withFaults<B extends BackendClass>(Backend: B, plan: FaultPlan): B {
  checkBackendClass(Backend);
  if (!FaultPlan.is(plan)) fail('ERR_INVALID_OPTION', 'a FaultPlan', plan);
  const store = storeHooksOf(Backend);
  /** By store, since a class may have handles of several; and by key. */
  const writes = new WeakMap<object, Map<string, Write>>();
  const dropped = new WeakSet<Operation>();

  const writesTo = (handle: object) => {
    const store: object = Reflect.get(handle, storeOfHandle) ?? Backend;
    const known = writes.get(store) ?? new Map<string, Write>();
    writes.set(store, known);
    return known;
  };

  abstract class FaultyBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const { client } = operation;
      const crashes = plan.crashesOf(client);
      const hasCrashed = () => plan.crashesOf(client) !== crashes;
      if (plan.isDown(client)) return never();
      for (let held = plan.held(operation); held !== undefined; held = plan.held(operation)) await held;
      if (hasCrashed()) return never();

      const fault = plan.inject(operation);
      if (fault?.kind === 'refused') throw fault.error;
      if (fault?.kind === 'dropped') dropped.add(operation);
      if (hasCrashed()) return never();
      try {
        const result = await super.perform(operation, () => (hasCrashed() ? never() : action()));
        if (hasCrashed()) return never();
        if (fault?.kind === 'lost reply') throw fault.error;
        if (fault?.kind === 'stale read') return stale(result as StorageRecord | null, writesTo(this).get(operation.key)) as R;
        if (fault?.kind === 'corrupted read') return corrupt(result as StorageRecord | null) as R;
        return result;
      } catch (error) {
        if (hasCrashed()) return never();
        throw error;
      }
    }

    [isDropped](operation: Operation): boolean {
      return dropped.has(operation) || (Backend.prototype as Droppable)[isDropped]?.call(this, operation) === true;
    }

    protected override write(record: StorageRecord | null, condition: WriteCondition = {}): Awaitable<void> {
      const operation = this[currentOperation];
      if (operation !== undefined && dropped.has(operation)) return;
      return chain(store.read.call(this, { signal: condition.signal }), (before) =>
        chain(store.write.call(this, record, condition), () => {
          writesTo(this).set(this.key, { before, revision: record === null ? null : record.revision });
        }),
      );
    }
  }
  return wrapListeners(FaultyBackend, (listener, { client }) => {
    const crashes = plan.crashesOf(client);
    return (...change) => plan.crashesOf(client) === crashes && listener(...change);
  });
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** What was there before the latest write, where that write is what is there now: others may have written. */
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
