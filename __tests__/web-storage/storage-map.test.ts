import { json, SharedMemoryRegistry, type SharedMemoryRegistryOptions, type StorageChange } from 'shared-memory-registry';
import { storeOf } from '../../src/registry/shared-memory-registry';
import { ownRealm } from '../../src/web-storage/realm';
import { StorageMap, textOf, utf16Size } from '../../src/web-storage/storage-map';
import { thrown } from '../support/refusals';

/** A map named `tab`, with what it tells the other windows. */
function openMap(options: SharedMemoryRegistryOptions<string> = {}, checkAccess = () => {}) {
  const registry = new SharedMemoryRegistry<string>({ now: () => 1000, ...options });
  const told: unknown[][] = [];
  const store = storeOf(registry);
  store.observe({
    onCommit({ type, changes }) {
      if (type === 'clear') told.push([null, null, null]);
      else for (const { key, before, after } of changes) told.push([key, textOf(store, before), textOf(store, after)]);
    },
  });
  const map = new StorageMap(store, { client: 'tab' }, ownRealm, checkAccess);
  const changes: StorageChange[] = [];
  registry.subscribe((change) => void changes.push(change));
  return { map, registry, told, changes };
}

const THEME = { theme: { revision: '1', data: 'dark' } };

describe('reading', () => {
  test('looks at the medium', () => {
    const { map } = openMap({ initial: { ...THEME, empty: { revision: '1', data: '' } } });
    expect([map.size, map.keys()]).toEqual([2, ['theme', 'empty']]);
    expect([map.has('theme'), map.has('empty'), map.has('other')]).toEqual([true, true, false]);
    expect([map.get('theme'), map.get('empty'), map.get('other')]).toEqual(['dark', '', null]);
  });

  test('gives keys that nobody else holds', () => {
    const { map } = openMap({ initial: THEME });
    map.keys().push('other');
    expect(map.keys()).toEqual(['theme']);
  });
});

describe('set', () => {
  test('is a save of the window, at once, with the time and the next revision', async () => {
    const { map, registry, changes } = openMap();
    map.set('theme', 'dark');
    expect(registry.peek('theme')).toMatchObject({ snapshot: { revision: '1', data: 'dark' }, metadata: { savedAt: 1000 } });
    map.set('theme', 'light');
    await null;
    expect(registry.peek('theme')?.snapshot).toEqual({ revision: '2', data: 'light' });
    expect(changes).toEqual([
      { type: 'save', key: 'theme', client: 'tab', revision: '1', previousRevision: null },
      { type: 'save', key: 'theme', client: 'tab', revision: '2', previousRevision: '1' },
    ]);
  });

  test('goes on from the revision that a backend has saved', async () => {
    const { map, registry } = openMap();
    await registry.getBackend('theme').save({ revision: '99', data: 'dark' });
    map.set('theme', 'light');
    expect(registry.peek('theme')?.snapshot.revision).toBe('100');
  });

  test('starts again at 1 after the largest revision', () => {
    const { map, registry, told } = openMap({ initial: { theme: { revision: '18446744073709551615', data: 'dark' } } });
    map.set('theme', 'light');
    expect(registry.peek('theme')?.snapshot).toEqual({ revision: '1', data: 'light' });
    expect(told).toEqual([['theme', 'dark', 'light']]);
  });

  test('tells the other windows what was there and what is', () => {
    const { map, told } = openMap();
    map.set('theme', '');
    map.set('theme', 'dark');
    expect(told).toEqual([
      ['theme', null, ''],
      ['theme', '', 'dark'],
    ]);
  });

  test('does nothing where that is there already', async () => {
    const { map, registry, told, changes } = openMap({ initial: { ...THEME, empty: { revision: '1', data: '' } } });
    map.set('theme', 'dark');
    map.set('empty', '');
    await null;
    expect([told, changes, registry.peek('theme')?.snapshot.revision]).toEqual([[], [], '1']);
  });

  test('works with nobody to tell', () => {
    const registry = new SharedMemoryRegistry<string>();
    const map = new StorageMap(storeOf(registry), { client: 'tab' }, ownRealm, () => {});
    map.set('theme', 'dark');
    map.delete('theme');
    map.set('other', 'kept');
    map.clear();
    expect(registry.size).toBe(0);
  });

  test('encodes with the codec of the medium', () => {
    const { map, registry } = openMap({ codec: json });
    map.set('theme', 'dark\ud800');
    expect([storeOf(registry).get('theme', null)?.data, map.get('theme')]).toEqual(['"dark\\ud800"', 'dark\ud800']);
  });
});

describe('set, where it is refused', () => {
  test('throws the QuotaExceededError of browsers, and changes nothing', async () => {
    const { map, registry, told, changes } = openMap({ initial: THEME, quota: 18, weigh: utf16Size });
    const error = thrown(() => map.set('theme', 'light'));
    await null;
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({
      name: 'QuotaExceededError',
      code: 22,
      message: 'Setting the value of "theme" exceeded the quota (quota exceeded: 20 of 18 bytes).',
    });
    expect([map.get('theme'), told, changes, registry.getUsage().used]).toEqual(['dark', [], [], 18]);
  });

  test('throws other errors of the medium as they are', () => {
    const weigh = jest.fn(() => 1);
    const { map, told } = openMap({ quota: 10, weigh });
    weigh.mockReturnValue(-1);
    expect(() => map.set('theme', 'dark')).toThrow(expect.objectContaining({ code: 'ERR_HOOK_FAILED' }));
    expect([map.size, told]).toEqual([0, []]);
  });

  test('gives the error of a clock as cause', () => {
    const cause = new Error('no clock');
    const now = () => {
      throw cause;
    };
    const { map } = openMap({ now });
    expect(thrown(() => map.set('theme', 'dark'))).toMatchObject({ code: 'ERR_HOOK_FAILED', cause });
    expect(map.size).toBe(0);
  });

  test('refuses a time that is none', () => {
    const { map } = openMap({ now: () => Number.NaN });
    expect(() => map.set('theme', 'dark')).toThrow(
      'expected now() to return a finite number of ms since the epoch, got NaN [ERR_INVALID_OPTION]',
    );
    expect(map.size).toBe(0);
  });

  test('gives the error of a codec as cause', () => {
    const cause = new TypeError('no key');
    const fail = () => {
      throw cause;
    };
    const { map } = openMap({ codec: { ...json, encode: fail } });
    expect(() => map.set('theme', 'dark')).toThrow(expect.objectContaining({ code: 'ERR_CODEC_FAILED', cause }));
  });
});

describe('delete', () => {
  test('removes the key, tells the other windows, and is a clear of the window', async () => {
    const { map, told, changes } = openMap({ initial: { ...THEME, empty: { revision: '3', data: '' } } });
    map.delete('theme');
    map.delete('empty');
    await null;
    expect([map.size, map.has('theme')]).toEqual([0, false]);
    expect(told).toEqual([
      ['theme', 'dark', null],
      ['empty', '', null],
    ]);
    expect(changes).toEqual([
      { type: 'clear', key: 'theme', client: 'tab', revision: null, previousRevision: '1' },
      { type: 'clear', key: 'empty', client: 'tab', revision: null, previousRevision: '3' },
    ]);
  });

  test('does nothing where nothing is', async () => {
    const { map, told, changes } = openMap({ initial: THEME });
    map.delete('other');
    await null;
    expect([map.size, told, changes]).toEqual([1, [], []]);
  });
});

describe('clear', () => {
  test('removes every key, tells the other windows once, and is a clear of the window for each key', async () => {
    const { map, told, changes } = openMap({ initial: { ...THEME, other: { revision: '5', data: '' } } });
    map.clear();
    await null;
    expect([map.size, told]).toEqual([0, [[null, null, null]]]);
    expect(changes).toEqual([
      { type: 'clear', key: 'theme', client: 'tab', revision: null, previousRevision: '1' },
      { type: 'clear', key: 'other', client: 'tab', revision: null, previousRevision: '5' },
    ]);
  });

  test('does nothing where nothing is', () => {
    const { map, told } = openMap();
    map.clear();
    expect(told).toEqual([]);
  });

  test('gives the quota back', () => {
    const { map, registry } = openMap({ initial: THEME, quota: 18, weigh: utf16Size });
    map.clear();
    map.set('light', 'dark');
    expect(registry.getUsage().used).toBe(18);
  });
});

test.each<[name: string, run: (map: StorageMap) => unknown]>([
  ['size', (map) => map.size],
  ['keys', (map) => map.keys()],
  ['has', (map) => map.has('theme')],
  ['get', (map) => map.get('theme')],
  ['set', (map) => map.set('theme', 'light')],
  ['delete', (map) => map.delete('theme')],
  ['clear', (map) => map.clear()],
])('%s asks for access first, and changes nothing without it', (_name, run) => {
  const denied = new Error('denied');
  const checkAccess = jest.fn(() => {
    throw denied;
  });
  const { map, registry, told } = openMap({ initial: THEME }, checkAccess);
  expect(() => run(map)).toThrow(denied);
  expect([registry.peek('theme')?.snapshot.data, told]).toEqual(['dark', []]);
});

test('a medium that was disposed of says so', () => {
  const { map, registry } = openMap({ initial: THEME });
  registry.dispose();
  for (const run of [() => map.get('theme'), () => map.set('theme', 'light'), () => map.size]) {
    expect(run).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  }
});

test('textOf gives what a record holds, and null without one', () => {
  const store = storeOf(new SharedMemoryRegistry<string>({ codec: json, initial: THEME }));
  expect([textOf(store, store.get('theme', null)), textOf(store, null), textOf(store, undefined)]).toEqual(['dark', null, null]);
});

test('utf16Size counts two bytes for each UTF-16 code unit of key and value', () => {
  expect([utf16Size('', ''), utf16Size('key', ''), utf16Size('', 'ä'), utf16Size('😀', '\ud800')]).toEqual([0, 6, 2, 6]);
});
