import type { BackendClass } from '../backend/backend-class';
import type { Operation } from '../backend/base-storage-backend';
import { chain } from '../backend/flow';
import type { Awaitable } from '../contracts';
import { refuse } from '../errors';
import type { StorageRecord } from '../store/storage-record';
import { FaultPlan } from './fault-plan';

/** Lets operations fail as a plan says. What a caller gets is a `StorageError` with the plan's error as its cause. */
export function withFaults<B extends BackendClass>(Backend: B, plan: FaultPlan): B {
  if (!(plan instanceof FaultPlan)) refuse('ERR_INVALID_OPTION', 'a FaultPlan', plan);
  /** By key: what was stored before the latest write. */
  const past = new Map<string, StorageRecord | null>();

  abstract class FaultyBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const { client, key } = operation;
      const crashes = plan.crashesOf(client);
      if (plan.isDown(client)) return never();
      const held = plan.held(operation);
      if (held !== undefined) await held;

      const fault = plan.strike(operation);
      if (fault?.kind === 'refused') throw fault.error;
      if (fault?.kind === 'dropped') return undefined as R;
      if (plan.crashesOf(client) !== crashes) return never();
      const result = await super.perform(operation, () => {
        if (operation.type === 'load') return action();
        return chain(this.read(), (record) => {
          if (operation.type !== 'stat' && operation.type !== 'getUsage') past.set(key, record);
          return action();
        });
      });
      if (plan.crashesOf(client) !== crashes) return never();
      if (fault?.kind === 'lost reply') throw fault.error;
      if (fault?.kind === 'stale read') return (past.get(key) ?? null) as R;
      if (fault?.kind === 'corrupted read') return corrupt(result as StorageRecord | null) as R;
      return result;
    }
  }
  return FaultyBackend;
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** Half of a text; of anything else, half of its JSON text. */
function corrupt(record: StorageRecord | null): StorageRecord | null {
  if (record === null) return null;
  const text = typeof record.data === 'string' ? record.data : (JSON.stringify(record.data) ?? '');
  return { ...record, data: text.slice(0, text.length / 2) };
}
