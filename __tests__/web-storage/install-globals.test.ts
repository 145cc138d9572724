import { StorageEvent, WebStorageArea } from 'shared-memory-registry/web-storage';
import { installGlobals } from '../../src/web-storage/install-globals';
import { Storage } from '../../src/web-storage/storage';

/** What code that uses globals finds on an object that stands for them. */
interface Globals {
  localStorage: Storage;
  sessionStorage: Storage;
  onstorage: ((event: StorageEvent) => unknown) | null;
  addEventListener(type: string, listener: (event: StorageEvent) => void): void;
  removeEventListener(type: string, listener: (event: StorageEvent) => void): void;
  dispatchEvent(event: Event): boolean;
}

/** An object that a window is installed on, as in Node. */
function openBare() {
  const area = new WebStorageArea({ initial: { theme: 'dark' } });
  const [tab, other] = [area.openWindow(), area.openWindow()];
  const target = {} as Globals;
  return { area, tab, other, target, uninstall: tab.install(target) };
}

describe('where there are no events, as in Node', () => {
  const NAMES = [
    'localStorage',
    'sessionStorage',
    'Storage',
    'StorageEvent',
    'addEventListener',
    'removeEventListener',
    'dispatchEvent',
    'onstorage',
    'window',
  ];

  test('everything is defined, as properties that anyone may change', () => {
    const { tab, target } = openBare();
    expect(Object.keys(target)).toEqual(NAMES);
    for (const [name, { get, set, value, ...flags }] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
      expect(flags.configurable && flags.enumerable).toBe(true);
      expect('writable' in flags ? flags.writable : get !== undefined).toBe(true);
      expect(set !== undefined).toBe(name === 'onstorage');
    }
    expect(target).toMatchObject({ Storage, StorageEvent, window: target });
    expect([target.localStorage === tab.localStorage, target.sessionStorage === tab.sessionStorage]).toEqual([true, true]);
  });

  test('storage is that of the page that is shown', () => {
    const { area, tab, target } = openBare();
    const { localStorage } = target;
    tab.reload();
    expect(target.localStorage).not.toBe(localStorage);
    expect(target.localStorage).toBe(tab.localStorage);
    area.blocked = true;
    expect(() => target.localStorage).toThrow(expect.objectContaining({ name: 'SecurityError' }));
  });

  test('listeners hear what other windows do, and nothing of this one', async () => {
    const { area, other, target } = openBare();
    const { addEventListener, removeEventListener, dispatchEvent } = target;
    const heard: unknown[] = [];
    const listener = ({ key, target: window }: StorageEvent) => void heard.push(key, window === other);
    addEventListener('storage', listener);
    other.localStorage.setItem('a', '1');
    target.localStorage.setItem('b', '2');
    await area.settled();
    expect(heard).toEqual(['a', false]);
    expect(dispatchEvent(new StorageEvent('storage', { key: 'own' }))).toBe(true);
    removeEventListener('storage', listener);
    other.localStorage.setItem('c', '3');
    await area.settled();
    expect(heard).toEqual(['a', false, 'own', false]);
  });

  test('onstorage is that of the window', async () => {
    const { area, tab, other, target } = openBare();
    const heard: unknown[] = [];
    const handler = ({ key }: StorageEvent) => void heard.push(key);
    expect(target.onstorage).toBeNull();
    target.onstorage = handler;
    expect([target.onstorage, tab.onstorage]).toEqual([handler, handler]);
    other.localStorage.setItem('a', '1');
    await area.settled();
    expect(heard).toEqual(['a']);
  });

  test('uninstalling leaves nothing, and may be repeated', () => {
    const { target, uninstall } = openBare();
    uninstall();
    expect(Reflect.ownKeys(target)).toEqual([]);
    Object.assign(target, { localStorage: 'of somebody else' });
    uninstall();
    expect(target).toEqual({ localStorage: 'of somebody else' });
  });

  test('what was there before comes back as it was', () => {
    const tab = new WebStorageArea().openWindow();
    const symbol = Symbol('kept');
    const make = () =>
      Object.defineProperties({ [symbol]: 1 } as object, {
        localStorage: { get: () => 'before', configurable: true },
        StorageEvent: { value: 5, writable: false, configurable: true, enumerable: false },
        onstorage: { value: undefined, writable: true, configurable: true, enumerable: true },
      });
    const target = make();
    const before = Object.getOwnPropertyDescriptors(target);
    const uninstall = tab.install(target);
    expect(Reflect.get(target, 'localStorage')).toBe(tab.localStorage);
    uninstall();
    expect(Object.getOwnPropertyDescriptors(target)).toEqual(before);
    expect(Reflect.get(target, 'localStorage')).toBe('before');
  });

  test('windows can be installed one over the other, and taken off in turn', () => {
    const area = new WebStorageArea();
    const [tab1, tab2] = [area.openWindow(), area.openWindow()];
    const target = {};
    const uninstall = [tab1.install(target), tab2.install(target)];
    expect(Reflect.get(target, 'sessionStorage')).toBe(tab2.sessionStorage);
    uninstall.pop()?.();
    expect(Reflect.get(target, 'sessionStorage')).toBe(tab1.sessionStorage);
    uninstall.pop()?.();
    expect(Reflect.ownKeys(target)).toEqual([]);
  });

  test('the globals themselves are meant by default', () => {
    const before = Object.getOwnPropertyDescriptors(globalThis);
    const tab = new WebStorageArea().openWindow();
    const uninstall = tab.install();
    try {
      expect(Reflect.get(globalThis, 'localStorage')).toBe(tab.localStorage);
      expect(Reflect.get(globalThis, 'window')).toBe(globalThis);
    } finally {
      uninstall();
    }
    expect(Object.getOwnPropertyDescriptors(globalThis)).toEqual(before);
  });
});

describe('where there are events, as in a DOM', () => {
  function openPage() {
    const area = new WebStorageArea({ origin: 'https://app.test' });
    const [tab, other] = [area.openWindow(), area.openWindow({ url: '/other' })];
    const page = new EventTarget();
    const uninstall = installGlobals(tab, page);
    const heard: Event[] = [];
    page.addEventListener('storage', (event) => void heard.push(event));
    return { area, tab, other, page, uninstall, heard };
  }

  test('storage and interfaces are defined, and nothing else', () => {
    const { tab, page } = openPage();
    const own = Object.getOwnPropertyDescriptors(page);
    expect(Object.keys(own)).toEqual(expect.arrayContaining(['localStorage', 'sessionStorage', 'Storage', 'StorageEvent']));
    expect(Object.keys(own)).toHaveLength(Object.keys(new EventTarget()).length + 4);
    expect(page).toMatchObject({ Storage, StorageEvent, localStorage: tab.localStorage, sessionStorage: tab.sessionStorage });
  });

  test('storage events are dispatched there, as events of their own', async () => {
    const { area, tab, other, page, heard } = openPage();
    const received: Event[] = [];
    tab.addEventListener('storage', (event) => void received.push(event));
    other.localStorage.setItem('theme', 'dark');
    other.localStorage.setItem('theme', 'light');
    tab.localStorage.setItem('own', '1');
    await area.settled();
    expect(heard).toHaveLength(2);
    expect(heard[1]).toMatchObject({
      type: 'storage',
      bubbles: false,
      cancelable: false,
      key: 'theme',
      oldValue: 'dark',
      newValue: 'light',
      url: 'https://app.test/other',
    });
    expect(heard[1]).toBeInstanceOf(StorageEvent);
    expect(heard[1] instanceof StorageEvent && heard[1].storageArea === tab.localStorage).toBe(true);
    expect([heard[1]?.target, received[1]?.target]).toEqual([page, tab]);
    expect(heard[1]).not.toBe(received[1]);
  });

  test('uninstalling ends it, and takes away what was defined', async () => {
    const { area, other, page, uninstall, heard } = openPage();
    uninstall();
    other.localStorage.setItem('theme', 'dark');
    await area.settled();
    expect(heard).toEqual([]);
    expect(Object.keys(page)).toEqual(Object.keys(new EventTarget()));
  });
});
