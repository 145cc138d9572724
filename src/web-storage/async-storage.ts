import { checkCallback, readOptions } from '../backend/checks';
import type { KeyedMemoryBackend } from '../backend/keyed-memory-backend';
import type { Revision, Unsubscribe } from '../contracts';
import { operate, refuse } from '../errors';
import { SharedMemoryRegistry } from '../registry/shared-memory-registry';
import { compareRevisions, nextRevision } from '../revision';
import { textOf } from './storage-map';

export interface AsyncStorageOptions {
  /** Name of the client in changes and operations. Default: numbered, as handles are. */
  readonly client?: string;
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
  readonly setMany: (entries: Readonly<Record<string, string>>) => Promise<void>;
  readonly removeMany: (keys: readonly string[]) => Promise<void>;
  readonly multiGet: (keys: readonly string[]) => Promise<[key: string, value: string | null][]>;
  readonly multiSet: (entries: readonly (readonly [key: string, value: string])[]) => Promise<void>;
  readonly multiRemove: (keys: readonly string[]) => Promise<void>;
  /**
   * Hears what other clients make of a key: its value, or `null` once it is removed. When `await setItem()` returns, every
   * callback has been called; what one throws goes to the registry's `onListenerError`.
   */
  readonly subscribe: (key: string, callback: (value: string | null) => void) => Unsubscribe;
}

/**
 * A registry of strings as an asynchronous storage. Each key is a backend of the registry: its operations take effect in
 * the order in which they were called, and go through the `perform` of the registry's `Backend`. A `setItem` is a save with
 * the revision after the one that is stored; of several keys, each is stored or not on its own.
 *
 * Rejects with what `save`, `load` and `clear` of a backend reject with; a value that is no string, with
 * `ERR_INVALID_SNAPSHOT`.
 *
 * @example
 * const storage = asAsyncStorage(registry, { client: 'app-1' });
 * await storage.setItem('theme', 'dark');
 * await storage.getItem('theme'); // 'dark'
 * @throws {StorageError} `ERR_INVALID_OPTION`
 */
export function asAsyncStorage(registry: SharedMemoryRegistry<string>, options: AsyncStorageOptions = {}): AsyncStorage {
  let { client } = operate('asAsyncStorage', () => checkAsyncStorageOptions(registry, options));
  const items = new Map<string, Item>();

  const open = (key: string): Item => {
    const known = items.get(key);
    if (known !== undefined) return known;
    const backend = registry.getBackend(key, { client });
    client ??= backend.client; // one name for all keys
    const item: Item = { backend, issued: null };
    items.set(key, item);
    return item;
  };

  const getItem = async (key: string) => (await open(key).backend.load())?.data ?? null;

  const setItem = async (key: string, value: string) => {
    const item = open(key);
    if (typeof value !== 'string')
      operate('setItem', () => refuse('ERR_INVALID_SNAPSHOT', 'a value that is a string', value), key);
    // Saves that are still under way count as well, or two of them would have the same revision.
    const stored = registry.store.get(key)?.revision ?? null;
    item.issued = nextRevision(laterOf(stored, item.issued));
    await item.backend.save({ revision: item.issued, data: value });
  };

  const removeItem = async (key: string) => open(key).backend.clear();

  const removeMany = async (keys: readonly string[]) => void (await Promise.all(checkList(keys).map(removeItem)));

  const multiGet = async (keys: readonly string[]) =>
    Promise.all(checkList(keys).map(async (key): Promise<[string, string | null]> => [key, await getItem(key)]));

  const multiSet = async (entries: readonly (readonly [string, string])[]) =>
    void (await Promise.all(checkList(entries).map(([key, value]) => setItem(key, value))));

  return {
    getItem,
    setItem,
    removeItem,
    removeMany,
    multiGet,
    multiSet,
    multiRemove: removeMany,
    clear: async () => removeMany(registry.keys()),
    getAllKeys: async () => registry.keys(),
    entries: async () => (await multiGet(registry.keys())).filter((entry): entry is [string, string] => entry[1] !== null),
    getMany: async (keys) => Object.fromEntries(await multiGet(keys)),
    setMany: async (entries) => multiSet(Object.entries(entries ?? checkList(entries))),
    subscribe(key, callback) {
      checkCallback(callback, 'a callback');
      return open(key).backend.subscribe(() => callback(textOf(registry.store, registry.store.get(key))));
    },
  };
}

interface Item {
  readonly backend: KeyedMemoryBackend<string>;
  /** The latest revision that was given to a save. */
  issued: Revision | null;
}

function checkList<L>(list: L): L {
  return Array.isArray(list) ? list : refuse('ERR_INVALID_KEY', 'a list of keys', list);
}

function laterOf(a: Revision | null, b: Revision | null): Revision | null {
  if (a === null || b === null) return a ?? b;
  return compareRevisions(a, b) < 0 ? b : a;
}

function checkAsyncStorageOptions(registry: unknown, options: AsyncStorageOptions): AsyncStorageOptions {
  if (!(registry instanceof SharedMemoryRegistry)) refuse('ERR_INVALID_OPTION', 'a SharedMemoryRegistry', registry);
  const { client } = readOptions(options, ['client']);
  if (client !== undefined && typeof client !== 'string') refuse('ERR_INVALID_OPTION', 'client to be a string', client);
  return { client };
}
