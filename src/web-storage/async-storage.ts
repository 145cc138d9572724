import { chain } from '../backend/awaitable';
import { checkCallback, checkClient, checkKey, readMembers, readOptions } from '../backend/input-validation';
import type { StorageHandle, StorageRegistry, Unsubscribe } from '../contracts';
import { fail, withContext } from '../errors';
import { nextRevision } from '../revision';
import { type CallbackStorage, toCallbackStorage } from './callback-storage';

export interface AsyncStorageOptions {
  /** Name of the client in changes and operations. Default: numbered, as handles are. */
  readonly client?: string | undefined;
  /**
   * Whose methods it has: those of version 3 of React Native's AsyncStorage, which other libraries take as well; or those of versions 1 and 2, which are the same.
   * Default: 3
   */
  readonly version?: 1 | 2 | 3 | undefined;
  /** Whether operations on a key take effect in the order of their calls. Without, those of a store that reorders them. Default: true */
  readonly ordered?: boolean | undefined;
}

/**
 * An asynchronous storage of strings, with the methods that zustand, redux-persist, TanStack Query, jotai and React
 * Native's AsyncStorage ask for. They need no `this`.
 */
export interface AsyncStorage {
  readonly getItem: (key: string) => Promise<string | null>;
  readonly setItem: (key: string, value: string) => Promise<void>;
  readonly removeItem: (key: string) => Promise<void>;
  /** Removes every key of the registry. */
  readonly clear: () => Promise<void>;
  readonly getAllKeys: () => Promise<string[]>;
  readonly entries: () => Promise<[key: string, value: string][]>;
  readonly getMany: (keys: readonly string[]) => Promise<Record<string, string | null>>;
  readonly setMany: (values: Readonly<Record<string, string>>) => Promise<void>;
  readonly removeMany: (keys: readonly string[]) => Promise<void>;
  /**
   * Is notified of what other clients make of a key: the value that is stored at that time, `null` where it was removed. When
   * `await setItem()` returns, every callback has been called; what one throws goes to the registry's `onListenerError`.
   */
  readonly subscribe: (key: string, callback: (value: string | null) => void) => Unsubscribe;
}

/**
 * Any registry of strings as an asynchronous storage. Each key is a backend of the registry: its operations take effect in
 * the order in which they were called, and go through the `perform` of the registry's `Backend`: a `setItem` as an
 * `update`, to the revision after the one that is stored when it takes effect. Of several keys, each is stored or not on
 * its own. `clear` removes the keys that are stored when it is called, and those that this storage is storing; `getAllKeys`
 * and `entries` wait for those. Which keys there are is looked up without a `perform`.
 *
 * Rejects with what `update`, `load` and `clear` of a backend reject with. Before anything is stored, it refuses what is no
 * list of keys (`ERR_INVALID_KEY`), no object of values (`ERR_INVALID_OPTION`), or no string (`ERR_INVALID_SNAPSHOT`).
 *
 * @example
 * const storage = asAsyncStorage(registry, { client: 'app-1' });
 * await storage.setItem('theme', 'dark');
 * await storage.getItem('theme'); // 'dark'
 * @throws {StorageError} `ERR_INVALID_OPTION`
 */
export function asAsyncStorage(
  registry: StorageRegistry<string>,
  options: AsyncStorageOptions & { version: 1 | 2 },
): CallbackStorage;
export function asAsyncStorage(
  registry: StorageRegistry<string>,
  options?: AsyncStorageOptions & { version?: 3 | undefined },
): AsyncStorage;
export function asAsyncStorage(
  registry: StorageRegistry<string>,
  options: AsyncStorageOptions = {},
): AsyncStorage | CallbackStorage {
  const { version, ordered, ...checked } = withContext('asAsyncStorage', () => checkAsyncStorageOptions(registry, options));
  let { client } = checked;
  const backends = new Map<string, StorageHandle<string>>();
  /** Writes that have not ended, and their keys. */
  const underWay = new Map<Promise<void>, string>();

  const open = (key: string): StorageHandle<string> => {
    // Operations of one handle are in order, those of several are not.
    const known = ordered ? backends.get(key) : undefined;
    if (known !== undefined) return known;
    const backend = registry.getBackend(key, { client });
    client ??= backend.client; // one name for all keys
    backends.set(key, backend);
    return backend;
  };

  const track = async (key: string, write: Promise<unknown>): Promise<void> => {
    const over = write.then(forget, forget);
    function forget(): void {
      underWay.delete(over);
    }
    underWay.set(over, key);
    await write;
  };

  const getItem = async (key: string) => (await open(key).load())?.data ?? null;

  const changeItem = (key: string, change: (current: string | null) => string) =>
    track(
      key,
      open(key).update((current) => ({ revision: nextRevision(current), data: change(current?.data ?? null) })),
    );

  const setItem = async (key: string, value: string) => {
    checkValue('setItem', value, key);
    await changeItem(key, () => value);
  };

  const removeItem = async (key: string) => track(key, open(key).clear());

  const keysInTheEnd = async () => {
    while (underWay.size > 0) await Promise.all(underWay.keys());
    return registry.keys();
  };

  const removeAll = async (keys: readonly string[]) => void (await Promise.all(keys.map(removeItem)));

  const getAll = async (keys: readonly string[]) =>
    Promise.all(keys.map(async (key): Promise<[string, string | null]> => [key, await getItem(key)]));

  const storage: AsyncStorage = {
    getItem,
    setItem,
    removeItem,
    clear: async () => chain(registry.keys(), (keys) => removeAll([...new Set([...keys, ...underWay.values()])])),
    getAllKeys: keysInTheEnd,
    entries: async () => (await getAll(await keysInTheEnd())).filter((entry): entry is [string, string] => entry[1] !== null),
    getMany: async (keys) => Object.fromEntries(await getAll(checkKeys('getMany', keys))),
    setMany: async (values) => {
      const entries = Object.entries(withContext('setMany', () => readMembers(values, 'an object of values by key')));
      for (const [key, value] of entries) checkValue('setMany', value, key);
      await Promise.all(entries.map(([key, value]) => setItem(key, value)));
    },
    removeMany: async (keys) => removeAll(checkKeys('removeMany', keys)),
    subscribe(key, callback) {
      withContext('subscribe', () => checkCallback(callback, 'a callback'));
      return open(key).subscribe(() => chain(registry.peek(key), (entry) => callback(entry?.snapshot.data ?? null)));
    },
  };
  return version === 3 ? storage : toCallbackStorage(storage, changeItem);
}

function checkAsyncStorageOptions(registry: unknown, options: AsyncStorageOptions): AsyncStorageOptions {
  for (const name of ['getBackend', 'keys', 'peek'] as const) {
    if (typeof (registry as Partial<StorageRegistry<string>> | null)?.[name] === 'function') continue;
    fail('ERR_INVALID_OPTION', 'a registry: getBackend, keys, peek and so on', registry);
  }
  const { client, version = 3, ordered = true } = readOptions(options, ['client', 'version', 'ordered']);
  if (![1, 2, 3].includes(version)) fail('ERR_INVALID_OPTION', 'version to be 1, 2 or 3', version);
  if (typeof ordered !== 'boolean') fail('ERR_INVALID_OPTION', 'ordered to be true or false', ordered);
  return { client: checkClient(client), version, ordered };
}

function checkValue(operation: string, value: unknown, key: string): void {
  if (typeof value === 'string') return;
  withContext(operation, () => fail('ERR_INVALID_SNAPSHOT', 'a value that is a string', value), key);
}

function checkKeys(operation: string, keys: readonly string[]): string[] {
  return withContext(operation, () => {
    if (!Array.isArray(keys)) fail('ERR_INVALID_KEY', 'a list of keys', keys);
    return Array.from(keys, checkKey);
  });
}
