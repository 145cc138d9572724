import { asAsyncStorage, StorageEvent, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { reportedBy } from '../support/reported';

/** What code under test finds as globals once a window is installed; in Node, once it is installed only. */
declare const localStorage: StorageWindow['localStorage'];
declare const sessionStorage: StorageWindow['sessionStorage'];
declare const window: { readonly localStorage: StorageWindow['localStorage'] };
declare const addEventListener: StorageWindow['addEventListener'];
declare const removeEventListener: StorageWindow['removeEventListener'];
declare const dispatchEvent: StorageWindow['dispatchEvent'];

function openTabs(initial: Record<string, string> = {}) {
  const area = new WebStorageArea({ initial, quota: 100, origin: 'https://app.test' });
  const [tab1, tab2] = [area.openWindow(), area.openWindow({ url: '/two' })];
  return { area, tab1, tab2 };
}

/** What a listener is told. */
const summaryOf = ({ key, oldValue, newValue, url }: StorageEvent) => [key, oldValue, newValue, url];

it('windows share localStorage, and have a sessionStorage each', () => {
  const { tab1, tab2 } = openTabs();

  tab1.localStorage.setItem('theme', 'dark');
  tab1.sessionStorage.setItem('draft', 'text');

  expect({ ...tab2.localStorage }).toStrictEqual({ theme: 'dark' });
  expect(tab2.sessionStorage.getItem('draft')).toBeNull();
});

it('what is stored are properties as well', () => {
  const { localStorage: storage } = openTabs({ theme: 'dark' }).tab1;

  expect(['theme' in storage, Object.keys(storage), JSON.stringify(storage)]).toEqual([true, ['theme'], '{"theme":"dark"}']);
  expect(Reflect.set(storage, 'size', 5)).toBe(true);
  expect(Reflect.deleteProperty(storage, 'theme')).toBe(true);
  expect({ ...storage }).toStrictEqual({ size: '5' });
});

it('the other windows hear of changes, as events of the environment', async () => {
  const { area, tab1, tab2 } = openTabs();
  const events: StorageEvent[] = [];
  tab1.addEventListener('storage', (event) => void events.push(event));
  tab2.addEventListener('storage', (event) => void events.push(event));

  tab2.localStorage.setItem('theme', 'dark');
  tab2.localStorage.clear();
  await area.settled();

  expect(events.map(summaryOf)).toEqual([
    ['theme', null, 'dark', 'https://app.test/two'],
    [null, null, null, 'https://app.test/two'],
  ]);
  expect(events[0]).toBeInstanceOf(Event);
  expect(events[0]?.storageArea).toBe(tab1.localStorage);
  expect(events[0]?.target).toBe(tab1);
});

it('onstorage hears as well, until the window is reloaded', async () => {
  const { area, tab1, tab2 } = openTabs();
  const keys: unknown[] = [];
  tab2.onstorage = ({ key }) => void keys.push(key);

  tab1.localStorage.setItem('a', '1');
  await area.settled();
  tab2.reload();
  tab1.localStorage.setItem('b', '2');
  await area.settled();

  expect(keys).toEqual(['a']);
});

it('a StorageEvent can be made and set up anew', () => {
  const event = new StorageEvent('storage', { key: 'theme', url: '\ud800', bubbles: true });
  expect([event.type, event.bubbles, ...summaryOf(event)]).toEqual(['storage', true, 'theme', null, null, '\ufffd']);

  event.initStorageEvent('other', false, true, 'size', '1', '2');

  expect([event.type, event.cancelable, ...summaryOf(event)]).toEqual(['other', true, 'size', '1', '2', '']);
});

it('a full storage throws the DOMException of the environment', () => {
  const { tab1 } = openTabs({ theme: 'dark' });
  let error: unknown;

  try {
    tab1.localStorage.setItem('theme', 'x'.repeat(96));
  } catch (caught) {
    error = caught;
  }

  expect(error).toBeInstanceOf(DOMException);
  expect(error).toMatchObject({ name: 'QuotaExceededError', code: 22 });
  expect(tab1.localStorage.getItem('theme')).toBe('dark');
});

it('a blocked storage throws a SecurityError, and so does that of a closed window', () => {
  const { area, tab1, tab2 } = openTabs();
  const denied = expect.objectContaining({ name: 'SecurityError', code: 18 });
  area.blocked = true;
  tab2.close();

  expect(() => tab1.localStorage).toThrow(denied);
  expect(() => tab2.sessionStorage).toThrow(denied);
});

it('a StorageEvent of another storage than one is refused, as is a Storage that anyone makes', () => {
  const { tab1 } = openTabs();

  expect(() => new StorageEvent('storage', { storageArea: {} as never })).toThrow(TypeError);
  expect(() => new tab1.Storage()).toThrow(new TypeError('Illegal constructor'));
});

it('an asynchronous storage is told of what windows write', async () => {
  const { area, tab1 } = openTabs();
  const storage = asAsyncStorage(area.registry);
  const heard = new Promise((resolve) => storage.subscribe('theme', resolve));

  tab1.localStorage.setItem('theme', 'dark');

  expect(await storage.getItem('theme')).toBe('dark');
  expect(await heard).toBe('dark');
});

it('what a listener throws is reported, and the others hear', async () => {
  const { area, tab1, tab2 } = openTabs();
  const broken = new Error('no');
  const keys: unknown[] = [];
  const fail = () => {
    throw broken;
  };
  tab2.addEventListener('storage', fail);
  tab2.addEventListener('storage', { handleEvent: fail });
  tab2.addEventListener('storage', ({ key }) => void keys.push(key));
  tab2.onstorage = fail;

  tab1.localStorage.setItem('a', '1');

  expect(await reportedBy(() => area.settled())).toEqual([broken, broken, broken]);
  expect(keys).toEqual(['a']);
});

it('no timer is needed', async () => {
  jest.useFakeTimers();
  const { area, tab1, tab2 } = openTabs();
  const keys: unknown[] = [];
  tab2.addEventListener('storage', ({ key }) => void keys.push(key));

  tab1.localStorage.setItem('a', '1');
  tab1.localStorage.setItem('b', '2');
  await area.settled();
  const timers = jest.getTimerCount();
  jest.useRealTimers();

  expect([keys, timers]).toEqual([['a', 'b'], 0]);
});

const LISTENING = ['addEventListener', 'removeEventListener', 'dispatchEvent', 'onstorage'];
const NAMES = ['localStorage', 'sessionStorage', 'Storage', 'StorageEvent', ...LISTENING, 'window', 'self'];

/** How these globals are defined, each in a list of what makes it up. */
const lookAtGlobals = () =>
  NAMES.map((name) => [name, ...Object.values(Object.getOwnPropertyDescriptor(globalThis, name) ?? { inherited: true })]);

describe('an installed window', () => {
  it('is the one that globals show', () => {
    const { tab1 } = openTabs({ theme: 'dark' });
    const before = lookAtGlobals();

    const uninstall = tab1.install();
    try {
      expect(localStorage).toBe(tab1.localStorage);
      expect(sessionStorage).toBe(tab1.sessionStorage);
      expect(window.localStorage.getItem('theme')).toBe('dark');
      expect(Reflect.get(globalThis, 'Storage')).toBe(tab1.Storage);
      expect(Reflect.get(globalThis, 'StorageEvent')).toBe(StorageEvent);
    } finally {
      uninstall();
    }

    for (const [index, parts] of lookAtGlobals().entries()) {
      expect(parts.map((part, position) => Object.is(part, before[index]?.[position]))).toEqual(before[index]?.map(() => true));
    }
  });

  it('lets addEventListener and onstorage of the globals hear other windows, until it is taken off', async () => {
    const { area, tab1, tab2 } = openTabs();
    const heard: unknown[] = [];
    const listener = (event: StorageEvent) => void heard.push(summaryOf(event), event.storageArea === tab1.localStorage);
    const uninstall = tab1.install();

    addEventListener('storage', listener);
    Reflect.set(globalThis, 'onstorage', ({ key }: StorageEvent) => void heard.push(key));
    localStorage.setItem('own', '1');
    tab2.localStorage.setItem('theme', 'dark');
    await area.settled();
    removeEventListener('storage', listener);
    Reflect.set(globalThis, 'onstorage', null);
    tab2.localStorage.setItem('theme', 'light');
    await area.settled();
    uninstall();

    expect(heard).toEqual([['theme', null, 'dark', 'https://app.test/two'], true, 'theme']);
  });

  it('takes events of other types from nobody', () => {
    const uninstall = openTabs().tab1.install();
    const heard: string[] = [];
    const listener = ({ type }: Event) => void heard.push(type);

    addEventListener('custom', listener);
    dispatchEvent(new Event('custom'));
    removeEventListener('custom', listener);
    dispatchEvent(new Event('custom'));
    uninstall();

    expect(heard).toEqual(['custom']);
  });

  it('gives place to the next test’s window', async () => {
    for (const theme of ['dark', 'light']) {
      const { area, tab1, tab2 } = openTabs();
      const heard: unknown[] = [];
      const uninstall = tab1.install();
      addEventListener('storage', ({ newValue }) => void heard.push(newValue));
      tab2.localStorage.setItem('theme', theme);
      await area.settled();
      uninstall();
      expect(heard).toEqual([theme]);
    }
  });
});
