import { join } from 'node:path';
import fc from 'fast-check';
import { SharedMemoryRegistry } from 'shared-memory-registry';
import { asAsyncStorage, type CallbackStorage } from 'shared-memory-registry/web-storage';

const mockPath = join(__dirname, 'consumers/node_modules/@react-native-async-storage/async-storage/jest/async-storage-mock.js');

/** A value that is not empty: the mock takes '' for nothing, which devices do not. */
const value = fc.stringMatching(/^[a-z]{1,3}$/);
const key = fc.constantFrom('a', 'b', 'c');
const object = fc.dictionary(
  fc.constantFrom('x', 'y'),
  fc.oneof(fc.integer(), fc.array(fc.integer(), { maxLength: 2 }), fc.dictionary(fc.constantFrom('p', 'q'), fc.integer())),
);
const json = object.map((data) => JSON.stringify(data));

const operation = fc.oneof(
  fc.tuple(fc.constant('setItem'), fc.tuple(key, json)),
  fc.tuple(fc.constant('getItem'), fc.tuple(key)),
  fc.tuple(fc.constant('removeItem'), fc.tuple(key)),
  fc.tuple(fc.constant('mergeItem'), fc.tuple(key, json)),
  fc.tuple(fc.constant('multiSet'), fc.tuple(fc.uniqueArray(fc.tuple(key, json), { selector: ([name]) => name }))),
  fc.tuple(fc.constant('multiGet'), fc.tuple(fc.array(key))),
  fc.tuple(fc.constant('multiRemove'), fc.tuple(fc.array(key))),
  fc.tuple(fc.constant('multiMerge'), fc.tuple(fc.uniqueArray(fc.tuple(key, json), { selector: ([name]) => name }))),
  fc.tuple(fc.constant('getAllKeys'), fc.constant([])),
  fc.tuple(fc.constant('clear'), fc.constant([])),
  fc.tuple(fc.constant('setItem'), fc.tuple(fc.constant('text'), value)),
);

type Anything = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** `null` and `undefined` are "nothing" alike: the mock resolves to `null` where its types say that it resolves to nothing. */
const normal = (result: unknown) => result ?? null;

async function run(storage: Anything, operations: readonly [string, readonly unknown[]][]) {
  const results: unknown[] = [];
  for (const [method, args] of operations) {
    const called: unknown[] = [];
    // The mock calls back for all but these.
    const callbacks =
      method === 'getAllKeys' ? [] : [(...given: unknown[]) => void called.push([normal(given[0]), normal(given[1])])];
    results.push([method, normal(await storage[method]?.(...args, ...callbacks)), called]);
  }
  return results;
}

test('has the methods of the official mock of version 2, and does what they do', async () => {
  const storage: CallbackStorage = asAsyncStorage(new SharedMemoryRegistry<string>(), { version: 2 });
  const methods = Object.keys(jest.requireActual<Anything>(mockPath)).filter(
    (name) => !name.startsWith('__') && name !== 'useAsyncStorage',
  );
  expect(Object.keys(storage).sort()).toEqual(methods.sort());

  const property = fc.asyncProperty(fc.array(operation, { maxLength: 20 }), async (operations) => {
    const mock = jest.requireActual<Anything>(mockPath);
    await mock['clear']?.();
    const own = asAsyncStorage(new SharedMemoryRegistry<string>(), { version: 2 }) as unknown as Anything;
    expect(await run(own, operations as never)).toEqual(await run(mock, operations as never));
  });
  await fc.assert(property, { numRuns: 500 });
});
