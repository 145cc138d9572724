import { json, SharedMemoryRegistry, type StorageChange } from 'shared-memory-registry';
import { type EventScheduler, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { storeOf } from '../../src/registry/shared-memory-registry';
import { thrown } from '../support/refusals';
import { reportedBy } from '../support/reported';

const listen = (tab: StorageWindow): unknown[][] => {
  const heard: unknown[][] = [];
  tab.addEventListener('storage', ({ key, oldValue, newValue }) => void heard.push([key, oldValue, newValue]));
  return heard;
};

const DARK = { revision: '1', data: 'dark' };

describe('the options', () => {
  test('may all be left out', () => {
    for (const area of [new WebStorageArea(), new WebStorageArea({}), new WebStorageArea({ origin: undefined })]) {
      expect([area.origin, area.blocked, area.registry.size]).toEqual(['http://localhost', false, 0]);
      expect(area.registry.getUsage()).toEqual({ used: 0, quota: 2 * 5 * 1024 * 1024, percentage: 0 });
    }
  });

  test.each([
    ['https://app.test', 'https://app.test'],
    ['https://APP.test:443/', 'https://app.test'],
    ['http://localhost:8080', 'http://localhost:8080'],
  ])('take %p for the origin %p', (origin, expected) => {
    expect(new WebStorageArea({ origin }).origin).toBe(expected);
  });

  test('take initial values, under any key', () => {
    const { registry } = new WebStorageArea({ initial: JSON.parse('{"theme":"dark","":"","__proto__":"own"}') });
    expect(registry.entries().map(([key, { snapshot }]) => [key, snapshot])).toEqual([
      ['theme', DARK],
      ['', { revision: '1', data: '' }],
      ['__proto__', { revision: '1', data: 'own' }],
    ]);
  });

  const origin = 'origin to be scheme, host and port';
  const quota = 'quota to be a number of UTF-16 code units, 0 or more';
  const registry = new SharedMemoryRegistry<string>();

  test.each<[options: unknown, complaint: string]>([
    [null, 'options to be an object, got null'],
    ['https://app.test', 'options to be an object, got "https://app.test"'],
    [{ orgin: 'https://app.test' }, 'no other options than origin, quota, initial, registry, scheduler, got "orgin"'],
    [{ origin: 'app.test' }, `${origin}, got "app.test"`],
    [{ origin: '' }, `${origin}, got ""`],
    [{ origin: 5 }, `${origin}, got 5`],
    [{ origin: 'https://app.test/page' }, `${origin}, got "https://app.test/page"`],
    [{ origin: 'https://user@app.test' }, `${origin}, got "https://user@app.test"`],
    [{ origin: 'https://app.test/#top' }, `${origin}, got "https://app.test/#top"`],
    [{ origin: 'file:///' }, `${origin}, got "file:///"`],
    [{ origin: 'null://' }, `${origin}, got "null://"`],
    [{ origin: 'data:,' }, `${origin}, got "data:,"`],
    [{ quota: -1 }, `${quota}, got -1`],
    [{ quota: Number.NaN }, `${quota}, got NaN`],
    [{ quota: Number.POSITIVE_INFINITY }, `${quota}, got Infinity`],
    [{ quota: '5' }, `${quota}, got "5"`],
    [{ quota: null }, `${quota}, got null`],
    [{ initial: 'theme' }, 'initial to be an object of strings by key, got "theme"'],
    [{ initial: null }, 'initial to be an object of strings by key, got null'],
    [{ initial: { theme: undefined } }, 'initial to be an object of strings by key, got undefined'],
    [{ initial: ['dark'] }, 'initial to be an object of strings by key, got an array'],
    [{ initial: new Map([['theme', 'dark']]) }, 'initial to be an object of strings by key, got an instance of Map'],
    [{ initial: { theme: 'dark', count: 5 } }, 'initial to be an object of strings by key, got 5'],
    [{ initial: { theme: DARK } }, 'initial to be an object of strings by key, got an object'],
    [{ registry: new Map() }, 'a SharedMemoryRegistry, got an instance of Map'],
    [{ registry: null }, 'a SharedMemoryRegistry, got null'],
    [{ registry, initial: {} }, 'no initial or quota beside a registry, got an object'],
    [{ registry, quota: 5 }, 'no initial or quota beside a registry, got an object'],
  ])('say what they take: %p', (options, complaint) => {
    expect(thrown(() => new WebStorageArea(options as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'new WebStorageArea',
      message: `new WebStorageArea: expected ${complaint} [ERR_INVALID_OPTION]`,
    });
  });

  test('initial is read once, and what a getter of it throws is the cause', () => {
    const values: unknown[] = ['dark', 5];
    const initial = Object.defineProperty({}, 'theme', { get: () => values.shift(), enumerable: true });
    expect(new WebStorageArea({ initial }).registry.peek('theme')?.snapshot).toEqual(DARK);
    const cause = new Error('no theme');
    const broken = {
      get theme(): string {
        throw cause;
      },
    };
    expect(thrown(() => new WebStorageArea({ initial: broken }))).toMatchObject({ code: 'ERR_INVALID_OPTION', cause });
  });

  test('that are refused leave a registry alone', () => {
    const observe = jest.spyOn(storeOf(registry), 'observe');
    expect(() => new WebStorageArea({ registry, quota: 5 })).toThrow();
    expect(observe).not.toHaveBeenCalled();
  });

  test('that name a registry have nobody observe it, until a window is open', () => {
    const observe = jest.spyOn(storeOf(registry), 'observe');
    const area = new WebStorageArea({ registry });
    expect(observe).not.toHaveBeenCalled();
    area.openWindow();
    area.openWindow();
    expect(observe).toHaveBeenCalledTimes(1);
  });

  test('initial is refused where it does not fit, to the code unit', () => {
    const initial = { theme: 'dark' };
    expect(thrown(() => new WebStorageArea({ initial, quota: 8 }))).toMatchObject({
      code: 22,
      operation: 'initial',
      quota: 16,
      requested: 18,
    });
    expect(new WebStorageArea({ initial, quota: 9 }).registry.getUsage().percentage).toBe(100);
  });
});

describe('openWindow', () => {
  test('numbers the windows that have no name', () => {
    const area = new WebStorageArea();
    const clients = [area.openWindow(), area.openWindow({ client: 'settings' }), area.openWindow({ client: undefined })];
    expect(clients.map(({ client }) => client)).toEqual(['window-1', 'settings', 'window-3']);
  });

  test.each([
    [undefined, 'https://app.test/'],
    ['/settings?a#b', 'https://app.test/settings?a#b'],
    ['settings', 'https://app.test/settings'],
    ['', 'https://app.test/'],
    ['https://app.test:443/x', 'https://app.test/x'],
    ['//app.test/y', 'https://app.test/y'],
  ])('shows %p at %p', (url, href) => {
    const { location } = new WebStorageArea({ origin: 'https://app.test' }).openWindow({ url });
    expect(location).toBeInstanceOf(URL);
    expect([location.href, location.origin]).toEqual([href, 'https://app.test']);
  });

  test.each<[options: unknown, complaint: string]>([
    [null, 'options to be an object, got null'],
    ['/settings', 'options to be an object, got "/settings"'],
    [{ name: 'settings' }, 'no other options than url, client, opener, sessionStorage, got "name"'],
    [{ client: 5 }, 'client to be a string, got 5'],
    [{ client: null }, 'client to be a string, got null'],
    [{ url: 'https://other.test/' }, 'url to be an address of https://app.test, got "https://other.test/"'],
    [{ url: 'http://app.test/' }, 'url to be an address of https://app.test, got "http://app.test/"'],
    [{ url: 5 }, 'url to be an address of https://app.test, got 5'],
    [{ url: null }, 'url to be an address of https://app.test, got null'],
    [{ url: 'https://' }, 'url to be an address of https://app.test, got "https://"'],
  ])('refuses %p, and opens nothing', (options, complaint) => {
    const area = new WebStorageArea({ origin: 'https://app.test' });
    expect(thrown(() => area.openWindow(options as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'openWindow',
      message: `openWindow: expected ${complaint} [ERR_INVALID_OPTION]`,
    });
    expect(area.openWindow().client).toBe('window-1');
  });

  test('that was refused leaves the next window to hear of each change once', async () => {
    const area = new WebStorageArea();
    expect(() => area.openWindow({ client: 5 as never })).toThrow();
    const heard = listen(area.openWindow());
    await area.registry.getBackend('theme').save(DARK);
    await area.settled();
    expect(heard).toEqual([['theme', null, 'dark']]);
  });

  test('refuses where the registry was disposed of', () => {
    const area = new WebStorageArea();
    area.registry.dispose();
    expect(thrown(() => area.openWindow())).toMatchObject({ code: 'ERR_DISPOSED', operation: 'openWindow' });
  });
});

describe('the quota', () => {
  test.each(['localStorage', 'sessionStorage'] as const)('of %s counts UTF-16 code units of keys and values', (name) => {
    const area = new WebStorageArea({ quota: 10 });
    const storage = area.openWindow()[name];
    storage.setItem('ab', '😀345678');
    expect(() => storage.setItem('ab', '😀3456789')).toThrow(
      expect.objectContaining({ name: 'QuotaExceededError', code: 22, constructor: DOMException }),
    );
    expect(() => storage.setItem('c', '')).toThrow(expect.objectContaining({ code: 22 }));
    expect(() => Reflect.set(storage, 'c', '')).toThrow(expect.objectContaining({ code: 22 }));
    expect({ ...storage }).toEqual({ ab: '😀345678' });
    storage.setItem('ab', '');
    storage.setItem('c', '34567\ud80089'.slice(0, 7));
    expect(storage.getItem('c')).toBe('34567\ud8008');
  });

  test('is shared by the windows in localStorage, and each window’s own in sessionStorage', () => {
    const area = new WebStorageArea({ quota: 2 });
    const [tab1, tab2] = [area.openWindow(), area.openWindow()];
    tab1.sessionStorage.setItem('a', '1');
    tab2.sessionStorage.setItem('a', '1');
    tab1.localStorage.setItem('a', '1');
    expect(() => tab2.localStorage.setItem('b', '')).toThrow(expect.objectContaining({ code: 22 }));
  });

  test('is 5 MiB of code units, to the last one', () => {
    const { localStorage } = new WebStorageArea().openWindow();
    const fill = 'x'.repeat(5 * 1024 * 1024 - 1);
    expect(() => localStorage.setItem('k', `${fill}x`)).toThrow(expect.objectContaining({ code: 22 }));
    localStorage.setItem('k', fill);
    expect(localStorage.length).toBe(1);
  });

  test('is refused with nothing changed and nobody told', async () => {
    const area = new WebStorageArea({ quota: 9, initial: { theme: 'dark' } });
    const [tab1, tab2] = [area.openWindow(), area.openWindow()];
    const heard = listen(tab2);
    expect(() => tab1.localStorage.setItem('theme', 'light')).toThrow(DOMException);
    await area.settled();
    expect([tab1.localStorage.getItem('theme'), heard]).toEqual(['dark', []]);
  });

  test('may be 0', () => {
    const area = new WebStorageArea({ quota: 0 });
    const { localStorage } = area.openWindow();
    localStorage.setItem('', '');
    expect(() => localStorage.setItem('', 'x')).toThrow(expect.objectContaining({ code: 22 }));
    expect(area.registry.getUsage()).toEqual({ used: 0, quota: 0, percentage: 100 });
  });

  test('shows in the usage of the registry and of its backends, in bytes', async () => {
    const area = new WebStorageArea({ quota: 10, initial: { ä: '😀' } });
    expect(area.registry.getUsage()).toEqual({ used: 6, quota: 20, percentage: 30 });
    area.openWindow().localStorage.setItem('b', '1');
    expect(area.registry.getUsage()).toEqual({ used: 10, quota: 20, percentage: 50 });
    expect(await area.registry.getBackend('b').getUsage()).toEqual({ used: 4, quota: 20, percentage: 20 });
  });
});

describe('the registry under it', () => {
  function openHearing(initial: Record<string, string> = {}) {
    const area = new WebStorageArea({ initial, origin: 'https://app.test' });
    const [tab1, tab2] = [area.openWindow(), area.openWindow({ url: '/two' })];
    return { area, tab1, tab2, heard1: listen(tab1), heard2: listen(tab2) };
  }

  test('tells every window of what a backend saves and clears', async () => {
    const { area, tab1, heard1, heard2 } = openHearing();
    const urls: string[] = [];
    tab1.onstorage = ({ url, storageArea }) => void urls.push(url, String(storageArea === tab1.localStorage));
    const backend = area.registry.getBackend('theme');
    await backend.save(DARK);
    await backend.save({ revision: '2', data: 'light' });
    await backend.clear();
    await area.settled();
    const changes = [
      ['theme', null, 'dark'],
      ['theme', 'dark', 'light'],
      ['theme', 'light', null],
    ];
    expect([heard1, heard2]).toEqual([changes, changes]);
    expect(urls).toEqual(['https://app.test/', 'true', 'https://app.test/', 'true', 'https://app.test/', 'true']);
  });

  test('tells no window of a save of the same text', async () => {
    const { area, heard1 } = openHearing({ theme: 'dark' });
    await area.registry.getBackend('theme').save({ revision: '2', data: 'dark' });
    await area.settled();
    expect(heard1).toEqual([]);
  });

  test('tells every window, key by key, of clearAll, restore and reset', async () => {
    const { area, tab1, heard1, heard2 } = openHearing({ theme: 'dark', size: '5' });
    const checkpoint = area.registry.checkpoint();
    tab1.localStorage.setItem('theme', 'light');
    tab1.localStorage.setItem('other', 'x');
    await area.settled();
    heard2.length = 0;
    area.registry.restore(checkpoint);
    area.registry.clearAll();
    area.registry.reset();
    await area.settled();
    expect(heard1).toEqual([
      ['theme', 'light', 'dark'],
      ['other', 'x', null],
      ['theme', 'dark', null],
      ['size', '5', null],
      ['theme', null, 'dark'],
      ['size', null, '5'],
    ]);
    expect(heard2).toEqual(heard1);
    expect({ ...tab1.localStorage }).toEqual({ theme: 'dark', size: '5' });
  });

  test('hears of what windows write, with their names and the next revision', async () => {
    const { area, tab1, tab2 } = openHearing({ theme: 'dark' });
    const changes: StorageChange[] = [];
    area.registry.subscribe((change) => void changes.push(change));
    tab1.localStorage.setItem('theme', 'light');
    tab2.localStorage.clear();
    await null;
    expect(changes).toEqual([
      { type: 'save', key: 'theme', client: 'window-1', revision: '2', previousRevision: '1' },
      { type: 'clear', key: 'theme', client: 'window-2', revision: null, previousRevision: '2' },
    ]);
  });

  test('and windows agree on the order of their changes', async () => {
    const { area, tab1, heard2 } = openHearing();
    tab1.localStorage.setItem('a', '1');
    const saving = area.registry.getBackend('a').save({ revision: '5', data: '2' });
    tab1.localStorage.setItem('a', '3');
    await saving;
    await area.settled();
    expect(heard2.map(([, oldValue, newValue]) => [oldValue, newValue])).toEqual([
      [null, '1'],
      ['1', '2'],
      ['2', '3'],
    ]);
  });

  test('may be one that is there already, with a codec, a quota and data of its own', async () => {
    const registry = new SharedMemoryRegistry<string>({ codec: json, quota: 35, initial: { theme: DARK } });
    const area = new WebStorageArea({ registry });
    const [tab1, tab2] = [area.openWindow(), area.openWindow()];
    const heard = listen(tab2);
    expect(area.registry).toBe(registry);
    expect(tab1.localStorage.getItem('theme')).toBe('dark');
    expect(() => tab1.localStorage.setItem('theme', 'darker')).toThrow(expect.objectContaining({ name: 'QuotaExceededError' }));
    tab1.localStorage.setItem('theme', 'gray');
    await registry.getBackend('theme').save({ revision: '3', data: 'blue' });
    await area.settled();
    expect(heard).toEqual([
      ['theme', 'dark', 'gray'],
      ['theme', 'gray', 'blue'],
    ]);
    tab1.sessionStorage.setItem('large', 'x'.repeat(1000));
  });

  test('may be shared by two areas, whose windows hear each other', async () => {
    const registry = new SharedMemoryRegistry<string>();
    const [one, two] = [
      new WebStorageArea({ registry, origin: 'https://one.test' }),
      new WebStorageArea({ registry, origin: 'https://two.test' }),
    ];
    const [tab1, tab2, tab3] = [one.openWindow({ url: '/page' }), one.openWindow(), two.openWindow()];
    const heard = [tab1, tab2, tab3].map(listen);
    const urls: string[] = [];
    tab3.onstorage = ({ url }) => void urls.push(url);
    tab1.localStorage.setItem('a', '1');
    tab1.localStorage.clear();
    await Promise.all([one.settled(), two.settled()]);
    expect(heard).toEqual([
      [],
      [
        ['a', null, '1'],
        [null, null, null],
      ],
      [
        ['a', null, '1'],
        [null, null, null],
      ],
    ]);
    expect(urls).toEqual(['https://one.test/page', 'https://one.test/page']);
  });

  test('saves what its codec can not decode for the windows: that is reported, and others are told', async () => {
    const cause = new Error('no key');
    const fail = () => {
      throw cause;
    };
    const registry = new SharedMemoryRegistry<string>({ codec: { ...json, decode: fail } });
    const keys: string[] = [];
    registry.subscribe(({ key }) => void keys.push(key));
    const heard = listen(new WebStorageArea({ registry }).openWindow());
    const reported = await reportedBy(() => registry.getBackend('theme').save(DARK));
    expect(reported).toEqual([expect.objectContaining({ code: 'ERR_CODEC_FAILED', cause })]);
    expect([keys, heard]).toEqual([['theme'], []]);
  });

  test('is not observed once the last window is closed, and is again by the next one', async () => {
    const decode = jest.fn((text: string): string => JSON.parse(text));
    const registry = new SharedMemoryRegistry<string>({ codec: { ...json, decode } });
    const area = new WebStorageArea({ registry });
    const tabs = [area.openWindow(), area.openWindow()];
    for (const tab of tabs) tab.close();
    await registry.getBackend('theme').save(DARK);
    expect(decode).not.toHaveBeenCalled();
    const heard = listen(area.openWindow());
    await registry.getBackend('theme').save({ revision: '2', data: 'light' });
    await area.settled();
    expect(heard).toEqual([['theme', 'dark', 'light']]);
  });

  test('says where it was disposed of', () => {
    const { area, tab1 } = openHearing({ theme: 'dark' });
    area.registry.dispose();
    expect(() => tab1.localStorage.getItem('theme')).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
    tab1.close();
    expect(tab1.closed).toBe(true);
  });
});

describe('blocked', () => {
  test('refuses every access while it is true', () => {
    const area = new WebStorageArea({ initial: { theme: 'dark' } });
    const tab = area.openWindow();
    const { localStorage, sessionStorage } = tab;
    area.blocked = true;
    const runs = [
      () => tab.localStorage,
      () => tab.sessionStorage,
      () => area.openWindow().localStorage,
      () => localStorage.getItem('theme'),
      () => localStorage.setItem('theme', 'light'),
      () => localStorage.removeItem('theme'),
      () => localStorage.clear(),
      () => localStorage.length,
      () => localStorage.key(0),
      () => Object.keys(localStorage),
      () => 'theme' in localStorage,
      () => sessionStorage.setItem('a', '1'),
    ];
    for (const run of runs) {
      expect(run).toThrow(
        expect.objectContaining({
          name: 'SecurityError',
          code: 18,
          message: 'Access to storage is denied: storage is blocked.',
          constructor: DOMException,
        }),
      );
    }
    area.blocked = false;
    expect(tab.localStorage).toBe(localStorage);
    expect([{ ...localStorage }, { ...sessionStorage }]).toEqual([{ theme: 'dark' }, {}]);
  });
});

describe('corrupt', () => {
  test('leaves half of the text, and tells no window', async () => {
    const area = new WebStorageArea({ initial: { state: '{"a":1}' } });
    const tab = area.openWindow();
    const heard = listen(tab);
    const changes: StorageChange[] = [];
    area.registry.subscribe((change) => void changes.push(change));
    const before = area.registry.peek('state');
    expect(area.corrupt('state')).toBe('{"a');
    await area.settled();
    expect(tab.localStorage.getItem('state')).toBe('{"a');
    expect(heard).toEqual([]);
    expect(changes).toEqual([{ type: 'save', key: 'state', client: 'corruption', revision: '1', previousRevision: '1' }]);
    expect(area.registry.peek('state')?.metadata.savedAt).toBe(before?.metadata.savedAt);
  });

  test('does what it is told to, through the codec of the registry', () => {
    const registry = new SharedMemoryRegistry<string>({ codec: json, initial: { state: { revision: '7', data: 'ok' } } });
    const area = new WebStorageArea({ registry });
    expect(area.corrupt('state', (text) => `${text}\0`)).toBe('ok\0');
    expect([storeOf(registry).get('state', null)?.data, registry.peek('state')?.snapshot.revision]).toEqual(['"ok\\u0000"', '7']);
    expect(area.corrupt('state', () => '')).toBe('');
    expect(area.corrupt('state')).toBe('');
  });

  test('tells no window of another area on the registry either', async () => {
    const registry = new SharedMemoryRegistry<string>({ initial: { theme: DARK } });
    const [one, two] = [new WebStorageArea({ registry }), new WebStorageArea({ registry })];
    const heard = listen(two.openWindow());
    one.corrupt('theme');
    await two.settled();
    expect(heard).toEqual([]);
  });

  test('leaves metadata as they are', async () => {
    const area = new WebStorageArea();
    const metadata = { savedAt: 5, schemaVersion: 2, sizeBytes: 9, compressed: true };
    await area.registry.getBackend('state').saveWithMetadata({ snapshot: { revision: '7', data: 'text' }, metadata });
    area.corrupt('state');
    expect(area.registry.peek('state')).toEqual({ snapshot: { revision: '7', data: 'te' }, metadata });
  });

  test('refuses a key that is not stored', () => {
    const area = new WebStorageArea();
    expect(thrown(() => area.corrupt('state'))).toMatchObject({
      code: 'ERR_INVALID_KEY',
      operation: 'corrupt',
      message: 'corrupt: expected a key that is stored, got "state" [ERR_INVALID_KEY]',
    });
    expect(area.registry.size).toBe(0);
  });

  test('refuses a damage that fails, or that gives no text', () => {
    const area = new WebStorageArea({ initial: { theme: 'dark' } });
    const cause = new Error('no disk');
    const fail = () => {
      throw cause;
    };
    expect(thrown(() => area.corrupt('theme', fail))).toMatchObject({
      code: 'ERR_HOOK_FAILED',
      message: 'corrupt: expected damage to succeed, got Error: no disk [ERR_HOOK_FAILED]',
      cause,
    });
    expect(thrown(() => area.corrupt('theme', (() => 5) as never))).toMatchObject({
      message: 'corrupt: expected damage to return a string, got 5 [ERR_HOOK_FAILED]',
    });
    expect(area.registry.peek('theme')?.snapshot).toEqual(DARK);
  });

  test('is a change like others to what comes after it', async () => {
    const area = new WebStorageArea({ initial: { theme: 'dark' }, quota: 9 });
    const [tab1, tab2] = [area.openWindow(), area.openWindow()];
    const heard = listen(tab2);
    area.corrupt('theme');
    tab1.localStorage.setItem('theme', 'dark');
    await area.settled();
    expect(heard).toEqual([['theme', 'da', 'dark']]);
    expect(thrown(() => area.corrupt('theme', () => 'longer'))).toMatchObject({ code: 22, operation: 'corrupt' });
    expect(tab1.localStorage.getItem('theme')).toBe('dark');
  });
});

describe('settled and closeWindows', () => {
  test('settled resolves where nothing is due, and waits for events that come of events', async () => {
    const area = new WebStorageArea();
    await area.settled();
    const [tab1, tab2] = [area.openWindow(), area.openWindow()];
    tab1.addEventListener('storage', ({ newValue }) => tab1.localStorage.setItem('count', String(Number(newValue) + 1)));
    tab2.addEventListener('storage', ({ newValue }) => {
      if (Number(newValue) < 5) tab2.localStorage.setItem('count', String(Number(newValue) + 1));
    });
    tab2.localStorage.setItem('count', '0');
    await area.settled();
    expect(tab1.localStorage.getItem('count')).toBe('5');
  });

  test('a window that writes alone makes no event', async () => {
    const area = new WebStorageArea();
    area.openWindow().localStorage.setItem('a', '1');
    let settled = false;
    void area.settled().then(() => {
      settled = true;
    });
    await null;
    expect(settled).toBe(true);
  });

  test('closeWindows closes each, and leaves what is stored', () => {
    const dispose = jest.spyOn(SharedMemoryRegistry.prototype, 'dispose');
    const area = new WebStorageArea({ initial: { theme: 'dark' } });
    const tabs = [area.openWindow(), area.openWindow(), area.openWindow()];
    area.closeWindows();
    area.closeWindows();
    expect(tabs.map(({ closed }) => closed)).toEqual([true, true, true]);
    expect(area.openWindow().localStorage.getItem('theme')).toBe('dark');
    expect(dispose).toHaveBeenCalledTimes(tabs.length);
    dispose.mockRestore();
  });
});

describe('a scheduler', () => {
  /** Keeps every delivery waiting until it is told to go on. */
  function openScheduler() {
    const waiting: { label: string; key: string | null; proceed: () => void }[] = [];
    const schedule: EventScheduler['schedule'] = (task, label, { key }) =>
      new Promise<void>((resolve) => waiting.push({ label, key, proceed: () => resolve(task) }));
    const proceed = async (label: string) => {
      const index = waiting.findIndex((turn) => turn.label === label);
      waiting.splice(index, 1)[0]?.proceed();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { waiting, scheduler: { schedule }, proceed };
  }

  test('says when each window hears of a change; the changes of one window stay in order', async () => {
    const { waiting, scheduler, proceed } = openScheduler();
    const area = new WebStorageArea({ scheduler });
    const [tab1, tab2, tab3] = ['tab-1', 'tab-2', 'tab-3'].map((client) => area.openWindow({ client })) as StorageWindow[];
    const [heard2, heard3] = [listen(tab2 as StorageWindow), listen(tab3 as StorageWindow)];
    tab1?.localStorage.setItem('theme', 'dark');
    tab1?.localStorage.clear();
    let isSettled = false;
    void area.settled().then(() => {
      isSettled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiting.map(({ label }) => label)).toEqual(['tab-2: is notified of theme: dark', 'tab-3: is notified of theme: dark']);

    await proceed('tab-3: is notified of theme: dark');
    await proceed('tab-3: is notified of clear');
    expect([heard2, heard3, isSettled]).toEqual([
      [],
      [
        ['theme', null, 'dark'],
        [null, null, null],
      ],
      false,
    ]);
    await proceed('tab-2: is notified of theme: dark');
    await proceed('tab-2: is notified of clear');
    expect([heard2, isSettled]).toEqual([heard3, true]);
  });

  test('is refused where it is none', () => {
    expect(() => new WebStorageArea({ scheduler: {} as never })).toThrow('a scheduler with a method schedule');
  });
});
