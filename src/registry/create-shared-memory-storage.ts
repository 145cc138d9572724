import { KeyedMemoryBackend, type KeyedMemoryBackendOptions } from '../backend/keyed-memory-backend';
import type { StorageBackendWithMetadata } from '../contracts';
import { SharedMemoryRegistry } from './shared-memory-registry';

/** What the documented function returns. */
export interface SharedMemoryStorage<T> {
  /** A backend on a key; backends of one key share the same data. */
  getBackend(key: string): StorageBackendWithMetadata<T>;
  /** Clears all data across every key. */
  clearAll(): void;
}

/**
 * The documented function: a shared storage in memory, scoped by key. Code that was written for it runs unchanged, with
 * two differences: data is copied, and what is refused is refused with a coded error.
 *
 * The functions it gives out need no `this`: `afterEach(shared.clearAll)` and `const { save, load } = backend` work.
 *
 * @example
 * const shared = createSharedMemoryStorage<MyState>();
 * const backend = shared.getBackend('component-a');
 * await backend.save({ revision: '1', data: { count: 1 } });
 */
export function createSharedMemoryStorage<T>(): SharedMemoryStorage<T> {
  const registry = new SharedMemoryRegistry<T, BoundBackend<T>>({ Backend: BoundBackend });
  return {
    getBackend: (key) => registry.getBackend(key),
    clearAll: () => registry.clearAll(),
  };
}

/** A handle whose documented methods are its own and bound, as they are on the documented plain object. */
class BoundBackend<T> extends KeyedMemoryBackend<T> {
  constructor(options: KeyedMemoryBackendOptions<T>) {
    super(options);
    const { save, load, clear, saveWithMetadata, loadWithMetadata, getUsage } = this;
    for (const method of [save, load, clear, saveWithMetadata, loadWithMetadata, getUsage]) {
      Object.defineProperty(this, method.name, { value: method.bind(this), enumerable: true });
    }
  }
}
