import fc from 'fast-check';
import { createSharedMemoryStorage, SharedMemoryRegistry } from 'shared-memory-registry';
import { stage, thrown } from '../support/refusals';
import { anyText } from '../support/values';

const ODD_KEYS: [name: string, key: string][] = [
  ['the empty string', ''],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['hasOwnProperty', 'hasOwnProperty'],
  ['a path', 'a/../b'],
  ['NUL', '\0'],
  ['an emoji', '👩‍👩‍👧'],
  ['a lone high surrogate', '\ud800'],
  ['a lone low surrogate', '\udfff'],
  ['a megabyte', 'k'.repeat(1024 * 1024)],
];

it.each(ODD_KEYS)('%s is a key like any other', async (_name, key) => {
  const registry = new SharedMemoryRegistry<{ count: number }>();
  const backend = registry.getBackend(key);

  await backend.save({ revision: '1', data: { count: 1 } });

  expect(await registry.getBackend(key).load()).toStrictEqual({ revision: '1', data: { count: 1 } });
  expect(registry.keys()).toEqual([key]);
  expect(Object.entries(registry.toJSON())).toStrictEqual([[key, { revision: '1', data: { count: 1 } }]]);
  expect(registry.getUsage().used).toBe(Buffer.byteLength(key) + Buffer.byteLength('{"revision":"1","data":{"count":1}}'));
  await backend.clear();
  expect(registry.size).toBe(0);
});

it.each(ODD_KEYS)('%s is a key of initial like any other', (_name, key) => {
  const initial = Object.fromEntries([[key, { revision: '1', data: 5 }]]);

  expect(new SharedMemoryRegistry<number>({ initial }).peek(key)?.snapshot.data).toBe(5);
});

it('keeps odd keys apart', async () => {
  const registry = new SharedMemoryRegistry<string>();

  for (const [name, key] of ODD_KEYS) await registry.getBackend(key).save({ revision: '1', data: name });

  expect(registry.entries().map(([, entry]) => entry.snapshot.data)).toEqual(ODD_KEYS.map(([name]) => name));
});

it('keeps any keys apart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(anyText, { maxLength: 8 }), async (keys) => {
      const registry = new SharedMemoryRegistry<string>();
      for (const key of keys) await registry.getBackend(key).save({ revision: '1', data: key });
      for (const key of keys) expect(registry.peek(key)?.snapshot.data).toBe(key);
      expect(registry.keys()).toEqual(keys);
    }),
  );
});

it('leaves Object.prototype alone', async () => {
  const registry = new SharedMemoryRegistry<unknown>();

  await registry.getBackend('__proto__').save({ revision: '1', data: { polluted: true } });

  expect('polluted' in {}).toBe(false);
  expect(Object.getPrototypeOf(registry.toJSON())).toBe(Object.prototype);
});

describe.each<[name: string, key: unknown, received: string]>([
  ['a number', 5, '5'],
  ['a symbol', Symbol('key'), 'Symbol(key)'],
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['a String object', new String('key'), 'an instance of String'],
  ['an array', ['key'], 'an array'],
  ['an object that prints as text', { toString: () => 'key' }, 'an object'],
])('%s as a key', (_name, key, received) => {
  const refusal = { code: 'ERR_INVALID_KEY', expected: 'a key that is a string', received };

  it.each(['getBackend', 'peek', 'has'] as const)('is refused by %s, and nothing has changed', async (method) => {
    const { registry, changes } = await stage();
    const before = JSON.stringify([registry, registry.getUsage()]);

    expect(thrown(() => registry[method](key as never))).toMatchObject({ ...refusal, operation: method });

    expect(JSON.stringify([registry, registry.getUsage()])).toBe(before);
    expect(changes).toEqual([]);
  });

  it('takes no client number', () => {
    const registry = new SharedMemoryRegistry();

    thrown(() => registry.getBackend(key as never));

    expect(registry.getBackend('key').client).toBe('client-1');
  });

  it('is refused by the documented function', () => {
    expect(thrown(() => createSharedMemoryStorage().getBackend(key as never))).toMatchObject(refusal);
  });
});
