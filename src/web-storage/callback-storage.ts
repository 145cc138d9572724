import { fail, withContext } from '../errors';

export type StorageCallback<R = void> = (error?: Error | null, result?: R | null) => void;
/** Of the methods for several keys: one error for each that has failed. */
export type StorageCallbacks<R = void> = (errors?: readonly (Error | null)[] | null, result?: R) => void;
export type KeyValuePair = [key: string, value: string | null];

/**
 * React Native's AsyncStorage, versions 1 and 2: promises, and callbacks as last arguments. A callback is called before the promise settles, also where
 * that rejects. Methods for several keys reject with a list of errors.
 */
export interface CallbackStorage {
  readonly getItem: (key: string, callback?: StorageCallback<string>) => Promise<string | null>;
  readonly setItem: (key: string, value: string, callback?: StorageCallback) => Promise<void>;
  readonly removeItem: (key: string, callback?: StorageCallback) => Promise<void>;
  /** Merges the JSON text of an object into the one that is stored, as one step: members of objects are merged, lists are joined, all else is replaced. */
  readonly mergeItem: (key: string, value: string, callback?: StorageCallback) => Promise<void>;
  /** Removes every key of the registry. */
  readonly clear: (callback?: StorageCallback) => Promise<void>;
  readonly getAllKeys: (callback?: StorageCallback<readonly string[]>) => Promise<readonly string[]>;
  /** Does nothing: no request waits for others. */
  readonly flushGetRequests: () => void;
  readonly multiGet: (
    keys: readonly string[],
    callback?: StorageCallbacks<readonly KeyValuePair[]>,
  ) => Promise<readonly KeyValuePair[]>;
  readonly multiSet: (pairs: readonly (readonly [key: string, value: string])[], callback?: StorageCallbacks) => Promise<void>;
  readonly multiRemove: (keys: readonly string[], callback?: StorageCallbacks) => Promise<void>;
  readonly multiMerge: (pairs: readonly (readonly [key: string, value: string])[], callback?: StorageCallbacks) => Promise<void>;
}

/** Gives the text to store for the one that is stored. */
export type ChangeItem = (key: string, change: (current: string | null) => string) => Promise<void>;

/** What is needed of a storage with promises. */
interface PromiseStorage {
  readonly getItem: (key: string) => Promise<string | null>;
  readonly setItem: (key: string, value: string) => Promise<void>;
  readonly removeItem: (key: string) => Promise<void>;
  readonly clear: () => Promise<void>;
  readonly getAllKeys: () => Promise<string[]>;
}

/** @param changeItem changes a key in one step */
export function toCallbackStorage(storage: PromiseStorage, changeItem: ChangeItem): CallbackStorage {
  const { getItem, setItem, removeItem, clear, getAllKeys } = storage;
  const mergeItem = async (key: string, value: string) => {
    const addition = parseObject(value, key);
    await changeItem(key, (current) => (current === null ? value : JSON.stringify(merge(parseObject(current, key), addition))));
  };
  const ofPairs = (method: string, pairs: unknown, act: (key: string, value: string) => Promise<void>) => {
    const checked = withContext(method, () => checkPairs(pairs));
    return all(checked, ([key, value]) => act(key, value));
  };
  return {
    getItem: (key, callback) => answer(getItem(key), callback),
    setItem: (key, value, callback) => answer(setItem(key, value), callback),
    removeItem: (key, callback) => answer(removeItem(key), callback),
    mergeItem: (key, value, callback) => answer(mergeItem(key, value), callback),
    clear: (callback) => answer(clear(), callback),
    getAllKeys: (callback) => answer(getAllKeys(), callback),
    flushGetRequests: () => {},
    multiGet: (keys, callback) =>
      answerAll(
        async () => all(listOf('multiGet', keys), async (key): Promise<KeyValuePair> => [key, await getItem(key)]),
        callback,
      ),
    multiSet: (pairs, callback) => answerAll(async () => void (await ofPairs('multiSet', pairs, setItem)), callback),
    multiRemove: (keys, callback) => answerAll(async () => void (await all(listOf('multiRemove', keys), removeItem)), callback),
    multiMerge: (pairs, callback) => answerAll(async () => void (await ofPairs('multiMerge', pairs, mergeItem)), callback),
  };
}

async function answer<R>(
  promise: Promise<R>,
  callback: StorageCallback<NonNullable<R>> | StorageCallback | undefined,
): Promise<R> {
  const tell = callback as StorageCallback<R> | undefined;
  const result = await promise.catch((error) => {
    tell?.(error);
    throw error;
  });
  tell?.(null, result);
  return result;
}

/** @throws a list of errors */
async function answerAll<R>(act: () => Promise<R>, callback: StorageCallbacks<R> | undefined): Promise<R> {
  let result: R;
  try {
    result = await act();
  } catch (error) {
    const errors = error instanceof SeveralErrors ? error.errors : [error as Error];
    callback?.(errors);
    throw errors;
  }
  callback?.(null, result);
  return result;
}

class SeveralErrors {
  constructor(readonly errors: readonly Error[]) {}
}

/** Does it for each, and fails only when all are over. */
async function all<I, R>(items: readonly I[], act: (item: I) => Promise<R>): Promise<R[]> {
  const results = await Promise.allSettled(items.map(act));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (errors.length > 0) throw new SeveralErrors(errors);
  return results.map((result) => (result as PromiseFulfilledResult<R>).value);
}

function listOf(method: string, keys: readonly string[]): readonly string[] {
  if (Array.isArray(keys)) return keys;
  return withContext(method, () => fail('ERR_INVALID_KEY', 'a list of keys', keys));
}

function checkPairs(pairs: unknown): readonly [string, string][] {
  if (!Array.isArray(pairs)) fail('ERR_INVALID_OPTION', 'a list of keys with their values: [[key, value], …]', pairs);
  for (const pair of pairs) if (!Array.isArray(pair)) fail('ERR_INVALID_OPTION', 'a key with its value: [key, value]', pair);
  return pairs;
}

type JsonObject = { [name: string]: unknown };

function parseObject(text: string, key: string): JsonObject {
  const expected = 'the JSON text of an object';
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // refused below
  }
  return withContext('mergeItem', () => fail('ERR_INVALID_SNAPSHOT', expected, text), key);
}

function merge(current: JsonObject, addition: JsonObject): JsonObject {
  const merged = { ...current };
  for (const [name, value] of Object.entries(addition)) {
    const before = Object.hasOwn(current, name) ? current[name] : undefined;
    const next =
      isObject(before) && isObject(value)
        ? merge(before, value)
        : Array.isArray(before) && Array.isArray(value)
          ? [...before, ...value]
          : value;
    // Defined, since `__proto__` is a name as any other in JSON.
    Object.defineProperty(merged, name, { value: next, writable: true, enumerable: true, configurable: true });
  }
  return merged;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
