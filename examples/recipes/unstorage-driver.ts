import type { SharedMemoryRegistry } from 'shared-memory-registry';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import { defineDriver } from 'unstorage';

/** A registry as a driver of unstorage: `createStorage({ driver: registryDriver(registry) })`. */
export const registryDriver = defineDriver((registry: SharedMemoryRegistry<string>) => {
  const { getItem, setItem, removeItem, getAllKeys, clear } = asAsyncStorage(registry);
  return {
    name: 'shared-memory-registry',
    hasItem: (key) => registry.has(key),
    getItem,
    setItem,
    removeItem,
    getKeys: getAllKeys,
    clear,
    watch: (callback) => registry.subscribe(({ type, key }) => callback(type === 'save' ? 'update' : 'remove', key)),
  };
});
