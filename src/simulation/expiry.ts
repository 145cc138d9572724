import type { BackendClass } from '../backend/backend-class';
import type { Operation } from '../backend/base-storage-backend';
import { chain } from '../backend/flow';
import type { Awaitable } from '../contracts';
import { refuse } from '../errors';
import type { StorageRecord, TrackedRecord } from '../store/storage-record';
import { realClock } from './clock';

/**
 * Obeys `ttlMs`: from `savedAt + ttlMs` on, to the ms of the clock, nothing is stored. Lazily: what has expired is removed
 * by the next operation on its key, whichever it is; the registry's own looks show it until then.
 */
export function withExpiry<B extends BackendClass>(Backend: B, options: { readonly clock?: { now(): number } } = {}): B {
  const { clock = realClock } = options;
  if (typeof clock?.now !== 'function') refuse('ERR_INVALID_OPTION', 'a clock with a method now', clock);
  abstract class ExpiringBackend extends Backend {
    protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      return super.perform(operation, () =>
        chain(this.read(), (record) => {
          if (record === null || !hasExpired(record, clock.now())) return action();
          return chain(this.erase({ ifMatch: record.revision }), action);
        }),
      );
    }
  }
  return ExpiringBackend;
}

function hasExpired(record: StorageRecord, now: number): boolean {
  const { metadata } = record as TrackedRecord;
  return metadata?.ttlMs !== undefined && now >= metadata.savedAt + metadata.ttlMs;
}
