import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import { rejection, thrown } from '../support/refusals';

function open(initial: Record<string, string> = {}, quota?: number) {
  const snapshots = Object.entries(initial).map(([key, data]) => [key, { revision: '1', data }]);
  const registry = new SharedMemoryRegistry<string>({
    initial: Object.fromEntries(snapshots),
    ...(quota !== undefined && { quota }),
  });
  return { registry, storage: asAsyncStorage(registry, { client: 'app', version: 2 }) };
}

test.each([1, 2] as const)('version %i has promises and callbacks', async (version) => {
  const registry = new SharedMemoryRegistry<string>();
  const storage = asAsyncStorage(registry, { version });
  const answers: unknown[] = [];
  const note = (...args: unknown[]) => void answers.push(args);
  await storage.setItem('theme', 'dark', note);
  await storage.getItem('theme', note);
  await storage.getItem('other', note);
  await storage.multiSet([['a', '1'], ['b', '2']], note); // biome-ignore format: one line
  await storage.multiGet(['a', 'c'], note);
  await storage.getAllKeys(note);
  await storage.removeItem('theme', note);
  await storage.multiRemove(['a', 'c'], note);
  await storage.clear(note);
  storage.flushGetRequests();
  expect(answers).toEqual([
    ...[
      [null, undefined],
      [null, 'dark'],
      [null, null],
      [null, undefined],
    ],
    ...[[null, [['a', '1'], ['c', null]]], [null, ['theme', 'a', 'b']], [null, undefined], [null, undefined], [null, undefined]], // biome-ignore format: one line
  ]);
  expect(registry.size).toBe(0);
});

test('a callback is called before the promise settles, also where that rejects', async () => {
  const { storage } = open({}, 100);
  const order: unknown[] = [];
  const large = 'x'.repeat(200);
  const error = await rejection(storage.setItem('a', large, (given) => void order.push(given)));
  const errors = await rejection(storage.multiSet([['b', 'small'], ['c', large], ['d', large]], (given) => void order.push(given))); // biome-ignore format: one line
  expect(error).toMatchObject({ name: 'QuotaExceededError' });
  expect(errors).toMatchObject([{ key: 'c', code: 22 }, { key: 'd', code: 22 }]); // biome-ignore format: one line
  expect(order).toEqual([error, errors]);
  expect(await storage.getAllKeys()).toEqual(['b']);
});

describe('merging', () => {
  test('members of objects are merged, lists are joined, all else is replaced', async () => {
    const { storage } = open({ user: '{"name":"Ada","tags":["a"],"address":{"city":"London","zip":1}}' });
    await storage.mergeItem('user', '{"tags":["b"],"address":{"zip":[2]},"age":5,"__proto__":{"x":1}}');
    expect(await storage.getItem('user')).toBe(
      '{"name":"Ada","tags":["a","b"],"address":{"city":"London","zip":[2]},"age":5,"__proto__":{"x":1}}',
    );
    await storage.multiMerge([['user', '{"name":null}'], ['new', '{"a":1}']]); // biome-ignore format: one line
    expect(await storage.multiGet(['user', 'new'])).toMatchObject([['user', expect.stringContaining('"name":null')], ['new', '{"a":1}']]); // biome-ignore format: one line
  });

  test('is one step: none of two is lost', async () => {
    const { registry, storage } = open({ user: '{}' });
    const other = asAsyncStorage(registry, { client: 'other', version: 1 });
    await Promise.all([storage.mergeItem('user', '{"a":1}'), other.mergeItem('user', '{"b":2}')]);
    expect(JSON.parse((await storage.getItem('user')) ?? '')).toEqual({ a: 1, b: 2 });
  });

  test.each(['5', 'null', '[1]', 'no JSON'])('%s is refused, and nothing changes', async (text) => {
    const { storage } = open({ user: '{"a":1}', list: '[1]' });
    expect(await rejection(storage.mergeItem('user', text))).toMatchObject({
      code: 'ERR_INVALID_SNAPSHOT',
      key: 'user',
      operation: 'mergeItem',
    });
    expect(await rejection(storage.mergeItem('list', '{"a":1}'))).toMatchObject({ code: 'ERR_INVALID_SNAPSHOT' });
    expect(await storage.multiGet(['user', 'list'])).toEqual([['user', '{"a":1}'], ['list', '[1]']]); // biome-ignore format: one line
  });
});

test('what is no list is refused, and callbacks are told', async () => {
  const { storage } = open();
  const callback = jest.fn();
  expect(await rejection(storage.multiGet('theme' as never, callback))).toMatchObject([
    { code: 'ERR_INVALID_KEY', operation: 'multiGet' },
  ]);
  expect(await rejection(storage.multiSet({ a: '1' } as never, callback))).toMatchObject([
    { code: 'ERR_INVALID_OPTION', operation: 'multiSet' },
  ]);
  expect(await rejection(storage.multiMerge(['a'] as never, callback))).toMatchObject([{ code: 'ERR_INVALID_OPTION' }]);
  expect(callback).toHaveBeenCalledTimes(3);
});

test.each([0, 4, '2', null])('version %p is refused', (version) => {
  const error = thrown(() => asAsyncStorage(new SharedMemoryRegistry<string>(), { version } as never));
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', operation: 'asAsyncStorage' });
});

test('goes through the hooks of a backend', async () => {
  class Offline<T> extends KeyedMemoryBackend<T> {
    protected override perform<R>(): Promise<R> {
      return Promise.reject(new Error('offline'));
    }
  }
  const storage = asAsyncStorage(new SharedMemoryRegistry<string>({ Backend: Offline }), { version: 2 });
  expect(await rejection(storage.mergeItem('a', '{}'))).toMatchObject({ cause: new Error('offline') });
});
