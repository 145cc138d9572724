import type { BackendClass } from '../backend/backend-class';
import type { Operation } from '../backend/base-storage-backend';
import { readOptions } from '../backend/checks';
import { chain, recover } from '../backend/flow';
import type { Awaitable } from '../contracts';
import { StorageError } from '../errors';
import type { StorageRecord, TrackedRecord } from '../store/storage-record';
import { checkBackendClass, checkMethod } from './checks';
import { systemClock } from './clock';
import { isWrite } from './is-write';

/**
 * Obeys `ttlMs`: from `savedAt + ttlMs` on, to the ms of the clock, nothing is stored. Lazily: what has expired is removed
 * by the next operation on its key, whichever it is; the registry's own looks show it until then.
 */
export function withExpiry<B extends BackendClass>(Backend: B, options: { readonly clock?: { now(): number } } = {}): B {
  checkBackendClass(Backend);
  const { clock = systemClock } = readOptions(options, ['clock']);
  checkMethod(clock, 'now', 'a clock');
  const isExpired = (record: StorageRecord | null) => record !== null && hasExpired(record, clock.now());

  abstract class ExpiringBackend extends Backend {
    protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const remove = (record: StorageRecord) => recover(() => this.erase({ ifMatch: record.revision }), ignoreConflict);
      return super.perform(operation, () => {
        if (isWrite(operation)) {
          return chain(this.read(), (record) => (isExpired(record) ? chain(remove(record as StorageRecord), action) : action()));
        }
        // What is read is looked at when it has been read: an earlier operation of this handle may have come before.
        return chain(action(), (result) => {
          const record = result as StorageRecord | null;
          return isExpired(record) ? chain(remove(record as StorageRecord), () => null as R) : result;
        });
      });
    }
  }
  return ExpiringBackend;
}

/** Somebody else has removed or replaced it meanwhile. */
function ignoreConflict(error: unknown): void {
  if (!(StorageError.is(error) && error.code === 'ERR_REVISION_CONFLICT')) throw error;
}

function hasExpired(record: StorageRecord, now: number): boolean {
  const { metadata } = record as TrackedRecord;
  return metadata?.ttlMs !== undefined && now >= metadata.savedAt + metadata.ttlMs;
}
