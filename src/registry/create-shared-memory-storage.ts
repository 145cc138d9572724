import type { StorageBackendWithMetadata } from '../contracts';
import { SharedMemoryRegistry } from './shared-memory-registry';

/** What `createSharedMemoryStorage` returns. */
export interface SharedMemoryStorage<T> {
  /** A backend on a key; backends of one key share the same data. */
  getBackend(key: string): StorageBackendWithMetadata<T>;
  /** Clears all data across every key. */
  clearAll(): void;
}

/**
 * A shared storage in memory, scoped by key: the function of this name in the package `@statesync/persistence`
 * (https://github.com/777genius/state-sync). Code that was written for it runs unchanged, with two differences: data is
 * copied, and a wrong value gets a coded error.
 *
 * What it gives out needs no `this` and ignores further arguments: `afterEach(shared.clearAll)`, `afterEach(backend.clear)`
 * and `snapshots.map(backend.save)` work.
 *
 * @example
 * const shared = createSharedMemoryStorage<MyState>();
 * const backend = shared.getBackend('component-a');
 * await backend.save({ revision: '1', data: { count: 1 } });
 */
export function createSharedMemoryStorage<T>(): SharedMemoryStorage<T> {
  const registry = new SharedMemoryRegistry<T>();
  return {
    getBackend(key) {
      const handle = registry.getBackend(key);
      return {
        save: (snapshot) => handle.save(snapshot),
        load: () => handle.load(),
        clear: () => handle.clear(),
        saveWithMetadata: (persisted) => handle.saveWithMetadata(persisted),
        loadWithMetadata: () => handle.loadWithMetadata(),
        getUsage: () => handle.getUsage(),
      };
    },
    clearAll: () => registry.clearAll(),
  };
}
