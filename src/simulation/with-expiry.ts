import { chain, recover } from '../backend/awaitable';
import type { BackendClass } from '../backend/backend-class';
import type { BaseStorageBackend } from '../backend/base-storage-backend';
import { readOptions } from '../backend/input-validation';
import type { Awaitable } from '../contracts';
import { StorageError } from '../errors';
import type { ReadContext, StorageRecord, WriteCondition } from '../store/storage-record';
import { checkBackendClass, checkMethod } from './checks';
import { systemClock } from './clock';
import { storeHooksOf } from './store-hooks';

/**
 * Obeys `ttlMs`: from `savedAt + ttlMs` on, to the ms of the clock, nothing is stored. Lazily: what has expired is removed
 * by the next operation on its key, whichever it is; the registry's own methods show it until then.
 */
export function withExpiry<B extends BackendClass>(
  Backend: B,
  options: { readonly clock?: { now(): number } | undefined } = {},
): B {
  checkBackendClass(Backend);
  const { clock = systemClock } = readOptions(options, ['clock']);
  checkMethod(clock, 'now', 'a clock');
  const store = storeHooksOf(Backend);

  const readFresh = (backend: BaseStorageBackend<unknown>, context: ReadContext): Awaitable<StorageRecord | null> =>
    chain(store.read.call(backend, context), (record) => {
      if (record === null || !hasExpired(record, clock.now())) return record;
      const remove = () => store.write.call(backend, null, { replaces: record, signal: context.signal });
      return chain(recover(remove, ignoreConflict), () => null);
    });

  abstract class ExpiringBackend extends Backend {
    protected override read(context: ReadContext = {}): Awaitable<StorageRecord | null> {
      return readFresh(this, context);
    }

    protected override write(record: StorageRecord | null, condition: WriteCondition = {}): Awaitable<void> {
      // Removes what has expired: to the condition, nothing is stored then.
      return chain(readFresh(this, { signal: condition.signal }), () => store.write.call(this, record, condition));
    }
  }
  return ExpiringBackend;
}

/** Another client has removed or replaced it meanwhile. */
function ignoreConflict(error: unknown): void {
  if (!(StorageError.is(error) && error.code === 'ERR_REVISION_CONFLICT')) throw error;
}

function hasExpired({ metadata }: StorageRecord, now: number): boolean {
  return metadata?.ttlMs !== undefined && now >= metadata.savedAt + metadata.ttlMs;
}
