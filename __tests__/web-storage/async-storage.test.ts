import {
  type Awaitable,
  KeyedMemoryBackend,
  type Operation,
  SharedMemoryRegistry,
  type SharedMemoryRegistryOptions,
  type StorageChange,
} from 'shared-memory-registry';
import { explore } from 'shared-memory-registry/simulation';
import { asAsyncStorage, WebStorageArea } from 'shared-memory-registry/web-storage';
import { rejection, thrown } from '../support/refusals';

const DARK = { revision: '1', data: 'dark' };
const FULL = { theme: DARK, size: { revision: '4', data: '' } };

function open(options: SharedMemoryRegistryOptions<string> = {}) {
  const registry = new SharedMemoryRegistry<string>(options);
  return { registry, storage: asAsyncStorage(registry, { client: 'app' }) };
}

/** What it writes takes effect late. */
class Slow extends KeyedMemoryBackend<string> {
  protected override async perform<R>({ type }: Operation, action: () => Awaitable<R>): Promise<R> {
    if (type !== 'load') for (let turn = 0; turn < 20; turn += 1) await null;
    return action();
  }
}

/** What a registry of strings holds. */
const valuesOf = (registry: SharedMemoryRegistry<string>) =>
  Object.fromEntries(registry.entries().map(([key, { snapshot }]) => [key, snapshot.data]));

describe('one key', () => {
  test('is stored, loaded and removed', async () => {
    const { storage, registry } = open();
    expect(await storage.getItem('theme')).toBeNull();
    expect(await storage.setItem('theme', 'dark')).toBeUndefined();
    expect(await storage.getItem('theme')).toBe('dark');
    await storage.setItem('theme', '');
    expect(await storage.getItem('theme')).toBe('');
    expect(await storage.removeItem('theme')).toBeUndefined();
    expect(await storage.removeItem('theme')).toBeUndefined();
    expect([await storage.getItem('theme'), registry.size]).toEqual([null, 0]);
  });

  test.each(['', '__proto__', '\ud800', 'a/b'])('may be called %j', async (key) => {
    const { storage } = open();
    await storage.setItem(key, '\udfff');
    expect([await storage.getItem(key), await storage.getAllKeys()]).toEqual(['\udfff', [key]]);
    expect(await storage.getMany([key])).toEqual(Object.fromEntries([[key, '\udfff']]));
    await storage.setMany(Object.fromEntries([[key, 'new']]));
    expect(await storage.entries()).toEqual([[key, 'new']]);
  });

  test('needs no `this`', async () => {
    const { getItem, setItem, removeItem } = open().storage;
    await setItem('theme', 'dark');
    await removeItem('theme');
    expect(await getItem('theme')).toBeNull();
  });
});

describe('many keys', () => {
  test('are listed, the one that was first saved first', async () => {
    const { storage } = open({ initial: FULL });
    await storage.setItem('other', 'x');
    await storage.setItem('theme', 'light');
    expect(await storage.getAllKeys()).toEqual(['theme', 'size', 'other']);
    expect(await storage.entries()).toEqual([
      ['theme', 'light'],
      ['size', ''],
      ['other', 'x'],
    ]);
  });

  test('are loaded in the order asked for, null where nothing is', async () => {
    const { storage } = open({ initial: FULL });
    expect(Object.entries(await storage.getMany(['size', 'none', 'theme']))).toEqual([
      ['size', ''],
      ['none', null],
      ['theme', 'dark'],
    ]);
    expect(await storage.getMany([])).toEqual({});
  });

  test('are stored', async () => {
    const { storage, registry } = open({ initial: FULL });
    expect(await storage.setMany({ theme: 'light', a: '1' })).toBeUndefined();
    expect(await storage.setMany({ size: '5', b: '3' })).toBeUndefined();
    expect(valuesOf(registry)).toEqual({ theme: 'light', size: '5', a: '1', b: '3' });
  });

  test('are removed', async () => {
    const { storage, registry } = open({ initial: { ...FULL, kept: DARK } });
    expect(await storage.removeMany(['theme', 'none', 'size'])).toBeUndefined();
    expect(valuesOf(registry)).toEqual({ kept: 'dark' });
  });

  test('are all removed by clear', async () => {
    const { storage, registry } = open({ initial: FULL });
    expect(await storage.clear()).toBeUndefined();
    expect(registry.size).toBe(0);
  });

  test('are stored each on its own: one that is refused leaves the others', async () => {
    const { storage, registry } = open({ quota: 3, weigh: (key, data) => key.length + data.length });
    const storing = storage.setMany({ a: 'x', b: 'too long', c: '' });
    expect(await rejection(storing)).toMatchObject({ code: 22, key: 'b', operation: 'update' });
    expect(valuesOf(registry)).toEqual({ a: 'x', c: '' });
  });

  test('that are removed while entries are loaded are left out', async () => {
    class Racing extends KeyedMemoryBackend<string> {
      protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        if (operation.type === 'load') registry.clearAll();
        return action();
      }
    }
    const registry = new SharedMemoryRegistry({ initial: FULL, Backend: Racing });
    expect(await asAsyncStorage(registry).entries()).toEqual([]);
  });
});

describe('revisions', () => {
  const revisionOf = (registry: SharedMemoryRegistry<string>) => registry.peek('theme')?.snapshot.revision;

  test('go up by one with each save, also with those that are under way', async () => {
    const { storage, registry } = open();
    const revisions: unknown[] = [];
    registry.subscribe(({ revision }) => void revisions.push(revision));
    await Promise.all(['a', 'b', 'c'].map((value) => storage.setItem('theme', value)));
    await storage.setItem('other', 'of its own');
    expect(revisions).toEqual(['1', '2', '3', '1']);
  });

  test('go on from what others have stored, by number', async () => {
    const { storage, registry } = open({ initial: { theme: { revision: '9', data: 'dark' } } });
    await storage.setItem('theme', 'a');
    expect(revisionOf(registry)).toBe('10');
    await registry.getBackend('theme').save({ revision: '99', data: 'b' });
    await storage.setItem('theme', 'c');
    expect(revisionOf(registry)).toBe('100');
    await registry.getBackend('theme').save({ revision: '20', data: 'd' });
    await storage.setItem('theme', 'e');
    expect(revisionOf(registry)).toBe('21');
  });

  test('begin again after the key was removed', async () => {
    const { storage, registry } = open();
    await storage.setItem('theme', 'a');
    await storage.removeItem('theme');
    await storage.setItem('theme', 'b');
    expect(revisionOf(registry)).toBe('1');
  });

  test('end at the largest one', async () => {
    const { storage, registry } = open({ initial: { theme: { revision: '18446744073709551615', data: 'dark' } } });
    expect(await rejection(storage.setItem('theme', 'light'))).toMatchObject({ code: 'ERR_INVALID_REVISION' });
    expect(valuesOf(registry)).toEqual({ theme: 'dark' });
  });
});

describe('the client', () => {
  test('is the name in changes, for every key', async () => {
    const { storage, registry } = open();
    const changes: StorageChange[] = [];
    registry.subscribe((change) => void changes.push(change));
    await storage.setItem('a', '1');
    await storage.setItem('b', '2');
    await storage.clear();
    expect(changes.map(({ type, key, client }) => [type, key, client])).toEqual([
      ['save', 'a', 'app'],
      ['save', 'b', 'app'],
      ['clear', 'a', 'app'],
      ['clear', 'b', 'app'],
    ]);
  });

  test('is numbered once where it has no name', async () => {
    const { registry } = open();
    const clients: unknown[] = [];
    registry.subscribe(({ client }) => void clients.push(client));
    const [one, two] = [asAsyncStorage(registry), asAsyncStorage(registry, {})];
    await one.setItem('a', '1');
    await two.setItem('a', '2');
    await one.setItem('b', '3');
    await two.setItem('b', '4');
    expect(clients).toEqual(['client-1', 'client-2', 'client-1', 'client-2']);
  });
});

describe('a custom Backend', () => {
  test('is gone through by every method', async () => {
    const operations: string[] = [];
    class Journal extends KeyedMemoryBackend<string> {
      protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        operations.push([operation.type, operation.key, operation.client].join(' '));
        return super.perform(operation, action);
      }
    }
    const storage = asAsyncStorage(new SharedMemoryRegistry({ Backend: Journal }), { client: 'app' });
    const calls: [run: () => Promise<unknown>, expected: string[]][] = [
      [() => storage.setItem('a', '1'), ['update a app']],
      [() => storage.getItem('a'), ['load a app']],
      [() => storage.removeItem('a'), ['clear a app']],
      [() => storage.setMany({ a: '1', b: '2' }), ['update a app', 'update b app']],
      [() => storage.getMany(['a', 'none']), ['load a app', 'load none app']],
      [() => storage.entries(), ['load a app', 'load b app']],
      [() => storage.getAllKeys(), []],
      [() => storage.removeMany(['a']), ['clear a app']],
      [() => storage.clear(), ['clear b app']],
    ];
    for (const [run, expected] of calls) {
      operations.length = 0;
      await run();
      expect(operations).toEqual(expected);
    }
  });

  test('that takes its time keeps the order of a client, and gives each save a revision of its own', async () => {
    const registry = new SharedMemoryRegistry({ Backend: Slow });
    const storage = asAsyncStorage(registry);
    const first = storage.setItem('a', 'first');
    const early = storage.getItem('a');
    const second = storage.setItem('a', 'second');
    const late = storage.getItem('a');
    expect(await Promise.all([first, early, second, late])).toEqual([undefined, 'first', undefined, 'second']);
    expect(registry.peek('a')?.snapshot).toEqual({ revision: '2', data: 'second' });
  });

  test('that takes its time makes no revision twice, whatever another client stores meanwhile', async () => {
    const registry = new SharedMemoryRegistry({ Backend: Slow });
    const revisions: unknown[] = [];
    registry.subscribe(({ revision }) => void revisions.push(revision));
    const [one, two] = [asAsyncStorage(registry), asAsyncStorage(registry)];
    await Promise.all([one, two, one, two].map((storage, index) => storage.setItem('a', `${index}`)));
    expect(revisions).toEqual(['1', '2', '3', '4']);
  });

  test('that takes its time leaves nothing of what was being stored when clear was called', async () => {
    const { registry, storage } = open({ Backend: Slow });
    await Promise.all([storage.setItem('a', '1'), storage.clear()]);
    expect(valuesOf(registry)).toEqual({});
  });

  test('that takes its time leaves what is stored after clear was called', async () => {
    const { registry, storage } = open({ Backend: Slow, initial: FULL });
    await Promise.all([storage.clear(), storage.setItem('theme', 'new')]);
    expect(valuesOf(registry)).toEqual({ theme: 'new' });
  });

  test('that takes its time makes lists of keys and entries wait for what is being stored', async () => {
    const { storage } = open({ Backend: Slow });
    const writes = [storage.setItem('a', '1'), storage.setItem('b', '2'), storage.removeItem('b')];
    expect([await storage.getAllKeys(), await storage.entries()]).toEqual([['a'], [['a', '1']]]);
    await Promise.all(writes);
  });

  test('that fails makes no list of keys wait for ever', async () => {
    const fail = () => Promise.reject(new Error('offline'));
    class Offline extends KeyedMemoryBackend<string> {
      protected override perform = fail;
    }
    const { storage } = open({ Backend: Offline, initial: FULL });
    const write = rejection(storage.setItem('other', '1'));
    expect(await storage.getAllKeys()).toEqual(['theme', 'size']);
    expect(await write).toMatchObject({ code: 'ERR_HOOK_FAILED' });
  });

  test('that fails makes the method reject, with the cause', async () => {
    const cause = new Error('offline');
    class Offline extends KeyedMemoryBackend<string> {
      protected override perform = () => Promise.reject(cause);
    }
    const storage = asAsyncStorage(new SharedMemoryRegistry({ Backend: Offline, initial: FULL }));
    for (const run of [
      () => storage.setItem('a', '1'),
      () => storage.getItem('a'),
      () => storage.clear(),
      () => storage.entries(),
    ]) {
      expect(await rejection(run())).toMatchObject({ code: 'ERR_HOOK_FAILED', cause });
    }
  });
});

describe('subscribe', () => {
  /** Two storages on one registry, and what one hears of `theme`. */
  function openTwo(options: SharedMemoryRegistryOptions<string> = {}) {
    const { registry, storage } = open(options);
    const other = asAsyncStorage(registry, { client: 'other' });
    const heard: unknown[] = [];
    const stop = storage.subscribe('theme', (value) => void heard.push(value));
    return { registry, storage, other, heard, stop };
  }

  test('hears what others make of the key, the value or null, before they go on', async () => {
    const { other, heard } = openTwo();
    await other.setItem('theme', 'dark');
    expect(heard).toEqual(['dark']);
    await other.setItem('theme', '');
    await other.setItem('size', '5');
    await other.removeItem('theme');
    expect(heard).toEqual(['dark', '', null]);
  });

  test('never hears the storage’s own writes', async () => {
    const { storage, heard } = openTwo({ initial: FULL });
    await storage.setItem('theme', 'light');
    await storage.setMany({ theme: 'dark' });
    await storage.removeItem('theme');
    await storage.setItem('theme', 'light');
    await storage.clear();
    expect(heard).toEqual([]);
  });

  test('hears backends, windows, clearAll and reset', async () => {
    const { registry, heard } = openTwo({ initial: { theme: DARK } });
    const tab = new WebStorageArea({ registry }).openWindow();
    await registry.getBackend('theme').save({ revision: '2', data: 'backend' });
    tab.localStorage.setItem('theme', 'window');
    await null;
    registry.clearAll();
    await null;
    registry.reset();
    await null;
    expect(heard).toEqual(['backend', 'window', null, 'dark']);
  });

  test('hears the value that is stored when it is told, which may be newer than the change', async () => {
    const { registry, heard } = openTwo();
    const { localStorage } = new WebStorageArea({ registry }).openWindow();
    localStorage.setItem('theme', 'dark');
    localStorage.setItem('theme', 'light');
    await null;
    expect(heard).toEqual(['light', 'light']);
  });

  test('ends, as often as it is told to', async () => {
    const { storage, other, heard, stop } = openTwo();
    const more: unknown[] = [];
    storage.subscribe('theme', (value) => void more.push(value));
    stop();
    stop();
    await other.setItem('theme', 'dark');
    expect([heard, more]).toEqual([[], ['dark']]);
  });

  test('gives what a callback throws to onListenerError, and fails nobody', async () => {
    const errors: unknown[] = [];
    const { storage, other, heard } = openTwo({ onListenerError: (error) => void errors.push(error) });
    const broken = new Error('no');
    storage.subscribe('theme', () => {
      throw broken;
    });
    storage.subscribe('theme', (value) => void heard.push(`after it ${value}`));
    await other.setItem('theme', 'dark');
    expect([errors, heard]).toEqual([[broken], ['dark', 'after it dark']]);
  });

  test('refuses a callback that is none and a key that is none, at once', () => {
    const { storage } = open();
    expect(thrown(() => storage.subscribe('theme', undefined as never))).toMatchObject({
      code: 'ERR_INVALID_CALLBACK',
      message: 'subscribe: expected a callback that is a function, got undefined [ERR_INVALID_CALLBACK]',
    });
    expect(thrown(() => storage.subscribe(5 as never, () => {}))).toMatchObject({ code: 'ERR_INVALID_KEY' });
  });
});

describe('bad input', () => {
  test.each([undefined, null, 5, {}, new String('dark'), ['dark']])('setItem rejects the value %p', async (value) => {
    const { storage, registry } = open({ initial: FULL });
    const attempts: [operation: string, run: () => Promise<void>][] = [
      ['setItem', () => storage.setItem('theme', value as never)],
      ['setMany', () => storage.setMany({ theme: value as never })],
    ];
    for (const [operation, run] of attempts) {
      expect(await rejection(run())).toMatchObject({
        code: 'ERR_INVALID_SNAPSHOT',
        operation,
        key: 'theme',
        expected: 'a value that is a string',
      });
    }
    expect(registry.peek('theme')?.snapshot).toEqual(DARK);
    await storage.setItem('theme', 'light');
    expect(registry.peek('theme')?.snapshot.revision).toBe('2');
  });

  test.each([undefined, null, 5, {}, Symbol('theme')])('every method rejects the key %p', async (key) => {
    const { storage, registry } = open({ initial: FULL });
    const bad = key as never;
    for (const run of [
      () => storage.getItem(bad),
      () => storage.setItem(bad, 'x'),
      () => storage.removeItem(bad),
      () => storage.getMany([bad]),
      () => storage.removeMany([bad]),
    ]) {
      expect(await rejection(run())).toMatchObject({ code: 'ERR_INVALID_KEY' });
    }
    expect(valuesOf(registry)).toEqual({ theme: 'dark', size: '' });
  });

  test.each([undefined, null, 5, 'theme', {}])('every method of lists rejects %p in the place of one', async (list) => {
    const { storage, registry } = open({ initial: FULL });
    const methods = [
      ['getMany', 'getMany: expected a list of keys'],
      ['removeMany', 'removeMany: expected a list of keys'],
    ] as const;
    for (const [method, complaint] of methods) {
      const message = expect.stringContaining(`${complaint}, got `);
      expect(await rejection(storage[method](list as never))).toMatchObject({ code: 'ERR_INVALID_KEY', message });
    }
    expect(valuesOf(registry)).toEqual({ theme: 'dark', size: '' });
  });

  test.each([undefined, null, 'ab', ['ab'], new Map([['a', 'b']])])('setMany rejects %p', async (entries) => {
    const { storage, registry } = open();
    expect(await rejection(storage.setMany(entries as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'setMany',
    });
    expect(registry.size).toBe(0);
  });

  test('setMany rejects before it stores any of its values', async () => {
    const { storage, registry } = open();
    expect(await rejection(storage.setMany({ a: 'x', b: 5 as never }))).toMatchObject({
      code: 'ERR_INVALID_SNAPSHOT',
      operation: 'setMany',
      key: 'b',
    });
    expect(registry.size).toBe(0);
  });

  test.each<[registry: unknown, options: unknown, complaint: string]>([
    [undefined, undefined, 'a registry: getBackend, keys, peek and so on, got undefined'],
    [new Map(), {}, 'a registry: getBackend, keys, peek and so on, got an instance of Map'],
    [new SharedMemoryRegistry(), null, 'options to be an object, got null'],
    [new SharedMemoryRegistry(), 'app', 'options to be an object, got "app"'],
    [new SharedMemoryRegistry(), { name: 'app' }, 'no other options than client, version, ordered, got "name"'],
    [new SharedMemoryRegistry(), { client: 5 }, 'client to be a string, got 5'],
    [new SharedMemoryRegistry(), { client: null }, 'client to be a string, got null'],
  ])('asAsyncStorage refuses %p with %p', (registry, options, complaint) => {
    expect(thrown(() => asAsyncStorage(registry as never, options as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'asAsyncStorage',
      message: `asAsyncStorage: expected ${complaint} [ERR_INVALID_OPTION]`,
    });
  });

  test('a registry that was disposed of makes every method reject', async () => {
    const { storage, registry } = open({ initial: FULL });
    await storage.getItem('theme');
    registry.dispose();
    for (const run of [
      () => storage.getItem('theme'),
      () => storage.setItem('theme', 'light'),
      () => storage.removeItem('theme'),
      () => storage.getItem('other'),
      () => storage.clear(),
      () => storage.getAllKeys(),
      () => storage.entries(),
    ]) {
      expect(await rejection(run())).toMatchObject({ code: 'ERR_DISPOSED' });
    }
  });
});

describe('the option ordered', () => {
  /** What is stored after two writes of one key, in every order that there is. */
  async function outcomes(ordered: boolean | undefined): Promise<Set<unknown>> {
    const seen = new Set<unknown>();
    await explore<string>(async ({ registry }) => {
      const storage = asAsyncStorage(registry, { client: 'app', ordered });
      await Promise.all([storage.setItem('theme', 'dark'), storage.setItem('theme', 'light')]);
      seen.add(registry.peek('theme')?.snapshot.data);
    });
    return seen;
  }

  test('two writes take effect in the order of their calls, or in any order', async () => {
    expect(await outcomes(undefined)).toEqual(new Set(['light']));
    expect(await outcomes(true)).toEqual(new Set(['light']));
    expect(await outcomes(false)).toEqual(new Set(['light', 'dark']));
  });

  test('must be true or false', () => {
    const error = thrown(() => asAsyncStorage(new SharedMemoryRegistry<string>(), { ordered: 1 } as never));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', operation: 'asAsyncStorage' });
  });
});
