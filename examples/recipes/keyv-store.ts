import type { KeyvStoreAdapter } from 'keyv';
import type { SharedMemoryRegistry } from 'shared-memory-registry';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';

/** A registry as a store of Keyv 5: `new Keyv({ store: keyvStore(registry) })`. */
export function keyvStore(registry: SharedMemoryRegistry<string>): KeyvStoreAdapter {
  const storage = asAsyncStorage(registry);
  const store = {
    opts: {},
    get: async (key: string) => (await storage.getItem(key)) ?? undefined,
    set: (key: string, value: string) => storage.setItem(key, value),
    async delete(key: string) {
      const isStored = registry.has(key);
      await storage.removeItem(key);
      return isStored;
    },
    clear: () => storage.clear(),
    on: () => store, // it rejects instead of emitting errors
  };
  return store as KeyvStoreAdapter;
}
