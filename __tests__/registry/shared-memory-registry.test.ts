import { inspect } from 'node:util';
import {
  frozen,
  json,
  KeyedMemoryBackend,
  type KeyedMemoryBackendOptions,
  nextRevision,
  reference,
  SharedMemoryRegistry,
  type StorageChange,
} from 'shared-memory-registry';

interface Settings {
  theme: string;
}

const light = { revision: '1', data: { theme: 'light' } };
const dark = { revision: '2', data: { theme: 'dark' } };

/** A registry that holds `settings` at revision 1, and whose clock counts up by one at each look. */
function registryOfSettings(options: { quota?: number } = {}) {
  let time = 1000;
  return new SharedMemoryRegistry<Settings>({ initial: { settings: light }, now: () => time++, ...options });
}

describe('initial', () => {
  test('is there from the start, with metadata as of a save', () => {
    const metadata = { savedAt: 1000, schemaVersion: 1, sizeBytes: 41, compressed: false };
    expect(registryOfSettings().peek('settings')).toEqual({ snapshot: light, metadata });
  });

  test('is copied', () => {
    const initial = { settings: structuredClone(light) };
    const registry = new SharedMemoryRegistry<Settings>({ initial });
    initial.settings.data.theme = 'changed';
    expect(registry.toJSON()).toEqual({ settings: light });
    registry.clearAll();
    registry.reset();
    expect(registry.toJSON()).toEqual({ settings: light });
  });

  test('may have any key, such as __proto__ from JSON', () => {
    const registry = new SharedMemoryRegistry<Settings>({ initial: JSON.parse(`{"__proto__":${JSON.stringify(light)}}`) });
    expect(registry.keys()).toEqual(['__proto__']);
    expect(JSON.stringify(registry)).toBe(`{"__proto__":${JSON.stringify(light)}}`);
  });

  test('is refused with the key it is wrong at', () => {
    const initial = { good: light, bad: { revision: '01', data: light.data } };
    expect(() => new SharedMemoryRegistry<Settings>({ initial })).toThrow(/^initial\("bad"\): expected a revision/);
    expect(() => new SharedMemoryRegistry<unknown>({ initial: { bad: { revision: '1', data: () => {} } } })).toThrow(
      /^initial\("bad"\): expected data that can be copied, got a function at data \[ERR_UNCLONEABLE\]$/,
    );
  });

  test('is refused where it does not fit into the quota', () => {
    expect(() => registryOfSettings({ quota: 48 })).toThrow(expect.objectContaining({ code: 22, quota: 48, requested: 49 }));
    expect(registryOfSettings({ quota: 49 }).getUsage()).toEqual({ used: 49, quota: 49, percentage: 100 });
  });
});

describe('the options', () => {
  test.each([
    [{ quota: -1 }, 'quota to be a finite number of bytes, 0 or more (without it there is no limit), got -1'],
    [{ initial: new Map() }, 'initial to be an object of snapshots by key, got an instance of Map'],
    [{ qouta: 5 }, 'no other options than initial, quota, weigh, codec, now, onListenerError, Backend, got "qouta"'],
    [{ initial: [] }, 'initial to be an object of snapshots by key, got an array'],
    [{ codec: { encode: () => {} } }, 'codec to have the methods encode and decode, and perhaps measure, got an object'],
    [{ codec: { ...json, measure: 5 } }, 'codec to have the methods encode and decode, and perhaps measure, got an object'],
    [{ Backend: Map }, 'Backend to be a class that extends KeyedMemoryBackend, got a function named "Map"'],
    [{ now: 5 }, 'now that is a function, got 5'],
    [{ weigh: 5 }, 'weigh that is a function, got 5'],
    [{ weigh: null }, 'weigh that is a function, got null'],
  ])('say what they take: %p', (options, message) => {
    expect(() => new SharedMemoryRegistry(options as never)).toThrow(
      `new SharedMemoryRegistry: expected ${message} [ERR_INVALID_`,
    );
  });
});

describe('getBackend', () => {
  test('gives a new handle at each call, over the same data', async () => {
    const registry = registryOfSettings();
    const [a, b] = [registry.getBackend('settings'), registry.getBackend('settings')];
    expect(a).not.toBe(b);
    await a.save(dark);
    await expect(b.load()).resolves.toEqual(dark);
  });

  test('numbers the clients that have no name', () => {
    const registry = registryOfSettings();
    const clients = [registry.getBackend('a'), registry.getBackend('a', { client: 'tab' }), registry.getBackend('b')];
    expect(clients.map(({ client }) => client)).toEqual(['client-1', 'tab', 'client-2']);
  });

  test('makes handles of the class that is handed over, of the registry’s class otherwise', () => {
    class Own<T> extends KeyedMemoryBackend<T> {}
    class Special<T> extends Own<T> {}
    const registry = new SharedMemoryRegistry({ Backend: Own<Settings> });
    expect(registry.getBackend('a').constructor).toBe(Own);
    expect(registry.getBackend('a', { Backend: Special }).constructor).toBe(Special);
    expect(registryOfSettings().getBackend('a').constructor).toBe(KeyedMemoryBackend);
  });

  test('tells a constructor that drops its options what super needs', () => {
    class Dropping<T> extends KeyedMemoryBackend<T> {
      constructor({ key }: KeyedMemoryBackendOptions<T>) {
        super({ key } as KeyedMemoryBackendOptions<T>);
      }
    }
    expect(() => registryOfSettings().getBackend('a', { Backend: Dropping })).toThrow(
      /^new Dropping: expected the registry's store: .* hand options on to super in a subclass, got undefined/,
    );
    expect(() => new KeyedMemoryBackend(undefined as never)).toThrow('expected options { key, client? }, got undefined');
    expect(() => new KeyedMemoryBackend('key' as never)).toThrow('expected options { key, client? }, got "key"');
  });

  test('refuses a class with a codec of its own: a registry has one', () => {
    class Texting extends KeyedMemoryBackend<Settings> {
      protected override get codec() {
        return json;
      }
    }
    expect(() => registryOfSettings().getBackend('a', { Backend: Texting })).toThrow(
      'getBackend("a"): expected Texting not to override codec: it is an option of the registry, got an object',
    );
  });

  test('gives the error of a constructor as cause', () => {
    class Failing<T> extends KeyedMemoryBackend<T> {
      constructor(options: KeyedMemoryBackendOptions<T>) {
        super(options);
        throw new TypeError('no port');
      }
    }
    expect(() => registryOfSettings().getBackend('a', { Backend: Failing })).toThrow(
      expect.objectContaining({ code: 'ERR_HOOK_FAILED', operation: 'getBackend', cause: new TypeError('no port') }),
    );
  });
});

describe('looking at what is stored', () => {
  test('peek gives copies of snapshot and metadata, or null', async () => {
    const registry = registryOfSettings();
    const metadata = { savedAt: 5, schemaVersion: 2, sizeBytes: 0, compressed: true, labels: ['a'] };
    await registry.getBackend('other').saveWithMetadata({ snapshot: dark, metadata });
    const looked = registry.peek('other');
    expect(looked).toEqual({ snapshot: dark, metadata });
    Object.assign(looked?.snapshot.data as object, { theme: 'changed' });
    Object.assign(looked?.metadata as object, { savedAt: 0 });
    expect(registry.peek('other')).toEqual({ snapshot: dark, metadata });
    expect(registry.peek('nothing')).toBeNull();
  });

  test('has, keys, entries, size and iteration agree', async () => {
    const registry = registryOfSettings();
    await registry.getBackend('b').save(dark);
    await registry.getBackend('a').save(dark);
    await registry.getBackend('settings').save(dark);
    const keys = ['settings', 'b', 'a'];
    expect(registry.keys()).toEqual(keys);
    expect(registry.size).toBe(3);
    expect(keys.map((key) => registry.has(key))).toEqual([true, true, true]);
    expect(registry.has('c')).toBe(false);
    expect(registry.entries()).toEqual(keys.map((key) => [key, registry.peek(key)]));
    expect([...registry]).toEqual([...keys].sort().map((key) => [key, registry.peek(key)?.snapshot]));
  });

  test('toJSON gives what initial takes', async () => {
    const registry = registryOfSettings();
    await registry.getBackend('other').save(dark);
    const again = new SharedMemoryRegistry<Settings>({ initial: JSON.parse(JSON.stringify(registry)) });
    expect(again.toJSON()).toEqual({ settings: light, other: dark });
  });

  test('prints keys, revisions and data in console.log, and in a Jest snapshot', () => {
    const registry = registryOfSettings();
    expect(inspect(registry)).toBe("SharedMemoryRegistry(1) { settings: { revision: '1', data: { theme: 'light' } } }");
    expect(inspect({ deep: { in: { side: registry } } })).toContain('[SharedMemoryRegistry(1)]');
    expect(inspect({ in: { side: registry } })).toMatch(/side: SharedMemoryRegistry\(1\) \{/);
    const deep = new SharedMemoryRegistry<unknown>({ initial: { a: { revision: '1', data: { b: { c: 'visible' } } } } });
    expect(inspect(deep)).toContain('visible');
    expect(inspect(deep, { depth: null })).toContain('visible');
    expect(registry).toMatchInlineSnapshot(`
{
  "settings": {
    "data": {
      "theme": "light",
    },
    "revision": "1",
  },
}
`);
  });

  test('calls no hook of a backend', () => {
    class Untouchable extends KeyedMemoryBackend<Settings> {
      protected override perform = () => Promise.reject(new Error('touched'));
      protected override read = () => {
        throw new Error('touched');
      };
    }
    const registry = new SharedMemoryRegistry({ Backend: Untouchable, initial: { settings: light } });
    registry.getBackend('settings');
    registry.clearAll();
    registry.reset();
    expect([registry.peek('settings')?.snapshot, registry.size, registry.getUsage()]).toEqual([light, 1, { used: 49 }]);
  });

  test('gives the error of a codec as cause', () => {
    const codec = {
      encode: (data: Settings) => data,
      decode: () => {
        throw new TypeError('no key');
      },
    };
    const registry = new SharedMemoryRegistry<Settings>({ initial: { settings: light }, codec });
    expect(() => registry.peek('settings')).toThrow(
      expect.objectContaining({ code: 'ERR_CODEC_FAILED', operation: 'peek', key: 'settings', cause: new TypeError('no key') }),
    );
    expect(() => registry.entries()).toThrow(expect.objectContaining({ operation: 'entries', key: 'settings' }));
  });
});

describe('measuring that runs other code', () => {
  /** Measured by JSON text, which runs `toJSON`. */
  const acting = (act: () => void) => ({
    toJSON() {
      act();
      return 1;
    },
  });

  test.each<[string, (registry: SharedMemoryRegistry<unknown>) => void]>([
    ['clears everything', (registry) => registry.clearAll()],
    ['asks for the usage', (registry) => registry.getUsage()],
    ['saves a new key', (registry) => void registry.getBackend(`new ${registry.size}`).save({ revision: '1', data: 1 })],
    ['restores', (registry) => registry.reset()],
  ])('counts each key once, and no key that is gone: it %s', async (_name, act) => {
    const registry = new SharedMemoryRegistry<unknown>({ codec: reference });
    let acts = 1;
    const once = acting(() => {
      acts -= 1;
      if (acts >= 0) act(registry);
    });
    for (const key of ['a', 'b']) await registry.getBackend(key).save({ revision: '1', data: once });
    registry.getUsage();
    const sizes = registry.entries().map(([key, { metadata }]) => key.length + metadata.sizeBytes);
    expect(registry.getUsage().used).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  test('ends, whatever is saved meanwhile', () => {
    const registry = new SharedMemoryRegistry<unknown>({
      codec: {
        encode: (data) => data,
        decode: (data) => {
          void registry.getBackend(`new ${registry.size}`).save({ revision: '1', data: 1 });
          return data;
        },
        measure: () => 1,
      },
      initial: { a: { revision: '1', data: 1 } },
    });
    expect(Object.keys(registry.toJSON())).toEqual(['a']);
  });
});

describe('getUsage', () => {
  test('sums keys and entries, in UTF-8 bytes', async () => {
    const registry = registryOfSettings();
    await registry.getBackend('ключ').save({ revision: '2', data: { theme: '☃' } });
    const entry = Buffer.byteLength('{"revision":"2","data":{"theme":"☃"}}');
    expect(registry.getUsage()).toEqual({ used: 49 + 8 + entry });
  });

  test('tells the share of the quota, from 0 to 100', async () => {
    const registry = new SharedMemoryRegistry<number>({ quota: 104 });
    expect(registry.getUsage()).toEqual({ used: 0, quota: 104, percentage: 0 });
    await registry.getBackend('a').save({ revision: '1', data: 1 });
    expect(registry.getUsage()).toEqual({ used: 26, quota: 104, percentage: 25 });
  });

  test('takes a quota of 0 for full', () => {
    expect(new SharedMemoryRegistry<number>({ quota: 0 }).getUsage()).toEqual({ used: 0, quota: 0, percentage: 100 });
  });

  test('follows saves, clears and restores under a quota', async () => {
    const registry = registryOfSettings({ quota: 1000 });
    const before = registry.checkpoint();
    const backend = registry.getBackend('other');
    await backend.save(dark);
    await backend.save({ revision: '3', data: { theme: 'longer than before' } });
    expect(registry.getUsage().used).toBe(49 + 'other'.length + '{"revision":"3","data":{"theme":"longer than before"}}'.length);
    await backend.clear();
    expect(registry.getUsage().used).toBe(49);
    registry.clearAll();
    expect(registry.getUsage().used).toBe(0);
    registry.restore(before);
    expect(registry.getUsage().used).toBe(49);
  });
});

describe('weigh', () => {
  /** A registry where a key takes its length, and a theme one byte for each letter. */
  const registryWithScales = (quota?: number) =>
    new SharedMemoryRegistry<Settings>({
      initial: { settings: light },
      weigh: (key, { theme }) => key.length + theme.length,
      ...(quota !== undefined && { quota }),
    });

  test('says what keys take: in the usage of the registry and of its backends', async () => {
    const registry = registryWithScales(26);
    expect(registry.getUsage()).toEqual({ used: 13, quota: 26, percentage: 50 });
    expect(registryWithScales().getUsage()).toEqual({ used: 13 });
    expect(await registry.getBackend('settings').getUsage()).toEqual({ used: 13, quota: 26, percentage: 50 });
    expect(await registry.getBackend('other').getUsage()).toEqual({ used: 0, quota: 26, percentage: 0 });
  });

  test('says what fits into the quota, to the byte, from the start', async () => {
    const registry = registryWithScales(17);
    const backend = registry.getBackend('key');
    await expect(backend.save({ revision: '1', data: { theme: 'ab' } })).rejects.toMatchObject({
      code: 22,
      quota: 17,
      requested: 18,
    });
    expect(registry.keys()).toEqual(['settings']);
    await backend.save({ revision: '1', data: { theme: 'a' } });
    expect(registry.getUsage().percentage).toBe(100);
    expect(() => registryWithScales(12)).toThrow(expect.objectContaining({ code: 22, operation: 'initial', requested: 13 }));
  });

  test('leaves sizes of snapshots as they are', async () => {
    const registry = registryWithScales();
    expect(registry.peek('settings')?.metadata.sizeBytes).toBe(41);
    expect(await registry.getBackend('settings').stat()).toMatchObject({ sizeBytes: 41 });
  });

  test('weighs decoded data, whatever the codec of the registry', async () => {
    const weigh = jest.fn((_key: string, { theme }: Settings) => theme.length);
    const registry = new SharedMemoryRegistry<Settings>({ codec: json, quota: 10, weigh });
    const backend = registry.getBackend('settings');
    await backend.save(dark);
    expect(await backend.getUsage()).toEqual({ used: 4, quota: 10, percentage: 40 });
    for (const [key, data] of weigh.mock.calls) expect([key, data]).toEqual(['settings', { theme: 'dark' }]);
  });

  test('that fails refuses a save and a look at the usage, and says where', async () => {
    const cause = new TypeError('no scales');
    const weigh = jest.fn(() => 1);
    const registry = new SharedMemoryRegistry<Settings>({ initial: { settings: light }, quota: 10, weigh });
    weigh.mockImplementation(() => {
      throw cause;
    });
    const backend = registry.getBackend('settings');
    const refusal = { code: 'ERR_HOOK_FAILED', expected: 'weigh to succeed', cause };
    await expect(backend.save(dark)).rejects.toMatchObject({ ...refusal, operation: 'save', key: 'settings' });
    await expect(backend.getUsage()).rejects.toMatchObject({ ...refusal, operation: 'getUsage', key: 'settings' });
    const unlimited = new SharedMemoryRegistry<Settings>({ initial: { settings: light }, weigh });
    expect(() => unlimited.getUsage()).toThrow(expect.objectContaining({ ...refusal, operation: 'getUsage' }));
    expect(registry.toJSON()).toEqual({ settings: light });
  });

  test.each([Number.NaN, -1, 1.5, '1'])('that says %p refuses a save', async (bytes) => {
    const registry = new SharedMemoryRegistry<Settings>({ quota: 10, weigh: () => bytes as number });
    await expect(registry.getBackend('settings').save(dark)).rejects.toMatchObject({
      code: 'ERR_HOOK_FAILED',
      expected: 'weigh to return a whole number of bytes, 0 or more',
    });
    expect(registry.size).toBe(0);
  });
});

describe('subscribe', () => {
  test('hears of every key and every client, and of what the registry does itself', async () => {
    const registry = registryOfSettings();
    const heard: StorageChange[] = [];
    const stop = registry.subscribe((change) => heard.push(change));
    await registry.getBackend('settings', { client: 'tab-1' }).save(dark);
    await registry.getBackend('other', { client: 'tab-2' }).save(light);
    registry.reset();
    registry.clearAll();
    await Promise.resolve();
    stop();
    await registry.getBackend('other').save(light);
    expect(heard).toEqual([
      { type: 'save', key: 'settings', client: 'tab-1', revision: '2', previousRevision: '1' },
      { type: 'save', key: 'other', client: 'tab-2', revision: '1', previousRevision: null },
      { type: 'save', key: 'settings', client: null, revision: '1', previousRevision: '2' },
      { type: 'clear', key: 'other', client: null, revision: null, previousRevision: '1' },
      { type: 'clear', key: 'settings', client: null, revision: null, previousRevision: '1' },
    ]);
  });

  test('gives changes that nobody can alter for the next listener', async () => {
    const registry = registryOfSettings();
    const frozenChanges: boolean[] = [];
    registry.subscribe((change) => frozenChanges.push(Object.isFrozen(change)));
    await registry.getBackend('a').save(light);
    expect(frozenChanges).toEqual([true]);
  });
});

describe('checkpoint and restore', () => {
  test('put everything back, and handles already held see it at once', async () => {
    const registry = registryOfSettings();
    const backend = registry.getBackend('settings');
    const before = registry.checkpoint();
    await backend.save(dark);
    await registry.getBackend('other').save(dark);
    registry.restore(before);
    await expect(backend.load()).resolves.toEqual(light);
    expect(registry.keys()).toEqual(['settings']);
    await expect(backend.stat()).resolves.toMatchObject({ saveCount: 1, createdAt: 1000 });
  });

  test('tell of the keys that are different by it, and of no others', async () => {
    const registry = registryOfSettings();
    await registry.getBackend('same').save(light);
    const before = registry.checkpoint();
    await registry.getBackend('new').save(light);
    await registry.getBackend('settings').clear();
    const heard: StorageChange[] = [];
    registry.subscribe((change) => heard.push(change));
    registry.restore(before);
    registry.restore(before);
    await Promise.resolve();
    expect(heard.map(({ type, key, revision }) => [type, key, revision])).toEqual([
      ['clear', 'new', null],
      ['save', 'settings', '1'],
    ]);
  });

  test('work into another registry, with another codec', async () => {
    const source = registryOfSettings();
    await source.getBackend('settings').save(dark);
    const checkpoint = source.checkpoint();
    for (const codec of [json, frozen]) {
      const target = new SharedMemoryRegistry<Settings>({ codec, quota: 100 });
      target.restore(checkpoint);
      await expect(target.getBackend('settings').load()).resolves.toEqual(dark);
      await expect(target.getBackend('settings').stat()).resolves.toEqual(await source.getBackend('settings').stat());
    }
  });

  test('say how many keys they hold', () => {
    expect(registryOfSettings().checkpoint().size).toBe(1);
  });

  test('are refused, changing nothing, where they do not fit', async () => {
    const large = registryOfSettings().checkpoint();
    const registry = new SharedMemoryRegistry<Settings>({ quota: 48 });
    expect(() => registry.restore(large)).toThrow(expect.objectContaining({ code: 22, operation: 'restore', requested: 49 }));
    expect(registry.size).toBe(0);
    expect(registry.getUsage().used).toBe(0);
  });

  test('are not touched by what happens to the registry later', async () => {
    const registry = registryOfSettings();
    const before = registry.checkpoint();
    registry.restore(before);
    await registry.getBackend('settings').save(dark);
    registry.restore(before);
    expect(registry.toJSON()).toEqual({ settings: light });
  });
});

describe('reset', () => {
  test('puts initial back, keeps handles and listeners', async () => {
    const registry = registryOfSettings();
    const backend = registry.getBackend('settings');
    const heard: StorageChange[] = [];
    backend.subscribe((change) => heard.push(change));
    await backend.save(dark);
    await registry.getBackend('other').save(dark);
    registry.reset();
    await expect(backend.load()).resolves.toEqual(light);
    expect(registry.keys()).toEqual(['settings']);
    expect(heard.map(({ client, revision }) => [client, revision])).toEqual([[null, '1']]);
  });

  test('drops listeners where it is told to, with what they had not been told yet', async () => {
    const registry = registryOfSettings();
    const backend = registry.getBackend('settings');
    const told: string[] = [];
    backend.subscribe(() => told.push('backend'));
    const end = registry.subscribe(() => told.push('registry'));
    void registry.getBackend('settings').save(dark);
    registry.reset({ listeners: true });
    await registry.getBackend('settings').save(dark);
    expect(told).toEqual([]);
    expect(registry.peek('settings')?.snapshot).toEqual(dark);
    end();
    registry.subscribe(() => told.push('new'));
    await registry.getBackend('settings').save(light);
    expect(told).toEqual(['new']);
  });

  test('that fails has dropped no listener', async () => {
    let isBroken = false;
    const weigh = () => {
      if (isBroken) throw new Error('no scales');
      return 1;
    };
    const registry = new SharedMemoryRegistry<number>({ initial: { a: { revision: '1', data: 1 } }, quota: 9, weigh });
    const heard = jest.fn();
    registry.subscribe(heard);
    isBroken = true;
    expect(() => registry.reset({ listeners: true })).toThrow(expect.objectContaining({ code: 'ERR_HOOK_FAILED' }));
    isBroken = false;
    await registry.getBackend('a').save({ revision: '2', data: 2 });
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('keeps a listener of one test from failing the next, as afterEach would do', async () => {
    const errors: unknown[] = [];
    const registry = new SharedMemoryRegistry<Settings>({ onListenerError: (error) => errors.push(error) });
    registry.subscribe(() => {
      throw new Error('listener of the first test');
    });
    registry.reset({ listeners: true });
    await registry.getBackend('settings').save(dark);
    expect(errors).toEqual([]);
  });

  test.each([null, 5, { listeners: 'yes' }, { listener: true }])('refuses %p, and nothing has changed', async (options) => {
    const registry = registryOfSettings();
    await registry.getBackend('settings').save(dark);
    expect(() => registry.reset(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_OPTION', operation: 'reset' }),
    );
    expect(registry.peek('settings')?.snapshot).toEqual(dark);
  });
});

describe('a listener', () => {
  test('is given what the key held and holds, on registries and handles', async () => {
    const registry = registryOfSettings();
    const told: unknown[] = [];
    registry.subscribe((_change, contents) => told.push([contents.before(), contents.after()]));
    registry.getBackend('settings').subscribe((_change, contents) => told.push([contents.before(), contents.after()]));
    const writer = registry.getBackend('settings');
    await writer.save(dark);
    await writer.clear();
    registry.reset();
    await Promise.resolve();
    const [one, two, three] = [
      [light, dark],
      [dark, null],
      [null, light],
    ];
    expect(told).toEqual([one, one, two, two, three, three]);
  });

  test('is given copies: what it does to them changes nothing', async () => {
    const registry = registryOfSettings();
    const told: unknown[] = [];
    registry.subscribe((_change, contents) => Object.assign(contents.after()?.data as object, { theme: 'spoilt' }));
    registry.subscribe((_change, contents) => told.push(contents.after()));
    await registry.getBackend('settings').save(dark);
    expect([told, registry.peek('settings')?.snapshot]).toEqual([[dark], dark]);
  });

  test('reports to onListenerError what a codec throws when it asks', async () => {
    const errors: unknown[] = [];
    const codec = {
      encode: (data: Settings) => data,
      decode: (): Settings => {
        throw new TypeError('no key');
      },
    };
    const registry = new SharedMemoryRegistry<Settings>({ codec, onListenerError: (error) => errors.push(error) });
    registry.subscribe((_change, contents) => void contents.after());
    await registry.getBackend('settings').save(dark);
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_CODEC_FAILED' })]);
  });
});

describe('a method that was taken off its registry', () => {
  const registry = registryOfSettings();
  const calls: Record<string, (self: unknown) => unknown> = {
    getBackend: (self) => registry.getBackend.call(self as never, 'a'),
    peek: (self) => registry.peek.call(self as never, 'a'),
    has: (self) => registry.has.call(self as never, 'a'),
    keys: (self) => registry.keys.call(self as never),
    entries: (self) => registry.entries.call(self as never),
    toJSON: (self) => registry.toJSON.call(self as never),
    getUsage: (self) => registry.getUsage.call(self as never),
    subscribe: (self) => registry.subscribe.call(self as never, () => {}),
    clearAll: (self) => registry.clearAll.call(self as never),
    checkpoint: (self) => registry.checkpoint.call(self as never),
    restore: (self) => registry.restore.call(self as never, registry.checkpoint()),
    reset: (self) => registry.reset.call(self as never),
    dispose: (self) => registry.dispose.call(self as never),
  };

  test.each(Object.keys(calls))('throws a coded error: %s', (operation) => {
    // A test runner calls a hook such as `afterEach(registry.reset)` with an object of its own.
    for (const self of [undefined, {}]) {
      expect(() => calls[operation]?.(self)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_THIS', operation }));
    }
  });
});

describe('dispose', () => {
  test('makes every later operation reject or throw, and can be repeated', async () => {
    const registry = registryOfSettings();
    const backend = registry.getBackend('settings');
    const checkpoint = registry.checkpoint();
    registry.dispose();
    registry.dispose();
    for (const operation of [
      () => backend.save(dark),
      () => backend.load(),
      () => backend.clear(),
      () => backend.stat(),
      () => backend.getUsage(),
      () => backend.update((current) => ({ revision: nextRevision(current), data: dark.data })),
    ]) {
      await expect(operation()).rejects.toMatchObject({ code: 'ERR_DISPOSED', key: 'settings' });
    }
    const operations: Record<string, () => unknown> = {
      getBackend: () => registry.getBackend('a'),
      peek: () => registry.peek('a'),
      has: () => registry.has('a'),
      keys: () => registry.keys(),
      entries: () => registry.entries(),
      getUsage: () => registry.getUsage(),
      subscribe: () => registry.subscribe(() => {}),
      clearAll: () => registry.clearAll(),
      checkpoint: () => registry.checkpoint(),
      restore: () => registry.restore(checkpoint),
      reset: () => registry.reset(),
    };
    for (const [operation, run] of Object.entries(operations)) {
      expect(run).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED', operation }));
    }
  });

  test('drops listeners, with what they had not heard yet', async () => {
    const registry = registryOfSettings();
    const heard: StorageChange[] = [];
    const stop = registry.subscribe((change) => heard.push(change));
    const saving = registry.getBackend('settings').save(dark);
    registry.dispose();
    await expect(saving).resolves.toBeUndefined();
    stop();
    expect(heard).toEqual([]);
  });

  test('leaves a registry that can still be printed', () => {
    const registry = registryOfSettings();
    registry.dispose();
    expect(inspect(registry)).toBe('SharedMemoryRegistry(0) {}');
    expect(JSON.stringify(registry)).toBe('{}');
  });

  test('is what `await using` calls', async () => {
    const registry = registryOfSettings();
    const dispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
    await (registry as unknown as Record<symbol, () => Promise<void>>)[dispose]?.();
    expect(() => registry.keys()).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED', operation: 'keys' }));
  });

  test('is what `using` calls', () => {
    const registry = registryOfSettings();
    const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
    (registry as unknown as Record<symbol, () => void>)[dispose]?.();
    expect(() => registry.keys()).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED', operation: 'keys' }));
  });
});

describe('time', () => {
  test('is asked of now, once for each save', async () => {
    const now = jest.fn(() => 7);
    const backend = new SharedMemoryRegistry<number>({ now }).getBackend('a');
    await backend.save({ revision: '1', data: 1 });
    expect((await backend.loadWithMetadata())?.metadata.savedAt).toBe(7);
    expect(now).toHaveBeenCalledTimes(1);
  });

  test('is Date.now, looked up at each call', async () => {
    const backend = new SharedMemoryRegistry<number>().getBackend('a');
    const spy = jest.spyOn(Date, 'now').mockReturnValue(123);
    await backend.save({ revision: '1', data: 1 });
    spy.mockRestore();
    expect((await backend.stat())?.updatedAt).toBe(123);
  });
});

test('a Proxy of a registry is refused, and the message asks whether it is one', () => {
  const proxy = new Proxy(registryOfSettings(), {});
  expect(() => proxy.keys()).toThrow('got an instance of SharedMemoryRegistry as this (is it a Proxy of one?)');
  const { keys } = registryOfSettings();
  expect(() => keys.call({} as never)).toThrow('got an object as this [ERR_INVALID_THIS]');
});

// V8 keeps the shape of an object longer than the object. A getter of its own would be a part of it, and lead to the registry.
test('registries and checkpoints of one class have one shape', () => {
  const shapeOf = (value: object) =>
    Reflect.ownKeys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key)?.get ?? 'value']);
  const [one, other] = [registryOfSettings(), registryOfSettings()];
  expect(shapeOf(one)).toEqual([[expect.any(Symbol), expect.any(Function)]]);
  expect(shapeOf(one)[0]?.[1]).toBe(shapeOf(other)[0]?.[1]);
  expect(shapeOf(one.checkpoint())[0]?.[1]).toBe(shapeOf(other.checkpoint())[0]?.[1]);
});
