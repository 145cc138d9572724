import type { AsyncStorage as ReactNativeStorage } from '@react-native-async-storage/async-storage';
import { createAsyncStoragePersister } from '@tanstack/query-async-storage-persister';
import type { AsyncStorage as QueryStorage } from '@tanstack/query-persist-client-core';
import { createSyncStoragePersister } from '@tanstack/query-sync-storage-persister';
import { atomWithStorage, createJSONStorage as createJotaiStorage } from 'jotai/vanilla/utils';
import type { StorageLike } from 'pinia-plugin-persistedstate';
import type { PersistConfig, Storage as ReduxStorage, WebStorage as ReduxWebStorage } from 'redux-persist';
import { SharedMemoryRegistry } from 'shared-memory-registry';
import { type AsyncStorage, asAsyncStorage, type Storage, WebStorageArea } from 'shared-memory-registry/web-storage';
import { createJSONStorage as createZustandStorage, type PersistStorage, type StateStorage } from 'zustand/middleware';

/**
 * What this package hands out is what each library asks for, by the types that the library itself ships. Each plain line
 * fails to compile when one of both changes; each `@ts-expect-error`, when one gets looser.
 */

interface Settings {
  readonly theme: string;
}

/** Lines that are compiled and never run. */
function compiled(_lines: (localStorage: Storage, asyncStorage: AsyncStorage) => unknown): void {
  expect(true).toBe(true);
}

test('zustand takes both as a StateStorage', () =>
  compiled((localStorage, asyncStorage) => {
    const sync: StateStorage<void> = localStorage;
    const async: StateStorage<Promise<void>> = asyncStorage;
    // @ts-expect-error its writes are no promises
    const wrong: StateStorage<Promise<void>> = localStorage;
    // @ts-expect-error what stores text is no storage of states
    const states: PersistStorage<Settings> = localStorage;
    return [wrong, states, [sync, async].map((storage) => createZustandStorage<Settings>(() => storage))];
  }));

test('redux-persist takes both, and the asynchronous one where it asks for promises', () =>
  compiled((localStorage, asyncStorage) => {
    const storages: ReduxStorage[] = [localStorage, asyncStorage];
    const promised: ReduxWebStorage = asyncStorage;
    const config: PersistConfig<Settings> = { key: 'root', storage: asyncStorage };
    // @ts-expect-error it calls `then` on what is no promise
    const wrong: ReduxWebStorage = localStorage;
    return [storages, promised, config, wrong];
  }));

test('TanStack Query takes both as an AsyncStorage, and localStorage for its persister of synchronous ones', () =>
  compiled((localStorage, asyncStorage) => {
    const storages: QueryStorage<string>[] = [localStorage, asyncStorage];
    // @ts-expect-error it stores text only
    const objects: QueryStorage<{ buster: string }> = asyncStorage;
    createAsyncStoragePersister({ storage: asyncStorage });
    createAsyncStoragePersister({ storage: localStorage });
    createSyncStoragePersister({ storage: localStorage });
    // @ts-expect-error it would parse a promise
    createSyncStoragePersister({ storage: asyncStorage });
    return [storages, objects];
  }));

test('jotai takes localStorage as a synchronous storage of strings, and the other as an asynchronous one with subscribe', () =>
  compiled((localStorage, asyncStorage) => {
    const sync = createJotaiStorage<Settings>(() => localStorage);
    const settings: Settings = sync.getItem('settings', { theme: 'light' });
    const async = createJotaiStorage<Settings>(() => asyncStorage);
    const promised: PromiseLike<Settings> = async.getItem('settings', { theme: 'light' });
    // @ts-expect-error what an asynchronous storage gives is not there yet
    const wrong: Settings = async.getItem('settings', { theme: 'light' });
    type StringStorage = ReturnType<Parameters<typeof createJotaiStorage>[0]>;
    const subscribe: StringStorage['subscribe'] = asyncStorage.subscribe;
    // @ts-expect-error it stores text only
    const unparsed = atomWithStorage<Settings>('settings', { theme: 'light' }, localStorage);
    return [settings, promised, wrong, subscribe, unparsed, atomWithStorage<Settings>('settings', { theme: 'light' }, async)];
  }));

test('React Native code takes the asynchronous one as its whole AsyncStorage', () =>
  compiled((localStorage, asyncStorage) => {
    const whole: ReactNativeStorage = asyncStorage;
    // @ts-expect-error what is read at once is no promise
    const wrong: ReactNativeStorage = localStorage;
    return [whole, wrong];
  }));

test('pinia-plugin-persistedstate takes localStorage, and nothing asynchronous', () =>
  compiled((localStorage, asyncStorage) => {
    const storage: StorageLike = localStorage;
    // @ts-expect-error it reads at once
    const wrong: StorageLike = asyncStorage;
    return [storage, wrong];
  }));

test('an asynchronous storage stands on a registry of strings, and on no other', () => {
  const area = new WebStorageArea();
  expect(Object.keys(asAsyncStorage(area.registry))).toContain('getItem');
  // @ts-expect-error a registry of objects
  const objects = () => asAsyncStorage(new SharedMemoryRegistry<Settings>());
  // @ts-expect-error a Storage is no registry
  const storage = () => asAsyncStorage(area.openWindow().localStorage);
  expect(storage).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
  expect(objects).not.toThrow();
});
