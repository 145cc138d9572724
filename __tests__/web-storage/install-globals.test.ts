import { StorageEvent, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { Storage } from '../../src/web-storage/storage';
import { thrown } from '../support/refusals';

/** What code that uses globals finds on an object that stands for them. */
interface Globals {
  localStorage: Storage;
  sessionStorage: Storage;
  onstorage: ((event: StorageEvent) => unknown) | null;
  addEventListener: StorageWindow['addEventListener'];
  removeEventListener: StorageWindow['removeEventListener'];
  dispatchEvent: StorageWindow['dispatchEvent'];
}

const NAMES = [
  'localStorage',
  'sessionStorage',
  'Storage',
  'StorageEvent',
  'addEventListener',
  'removeEventListener',
  'dispatchEvent',
  'onstorage',
];

/** A window that is installed on an object, and another window. */
function openOn<T extends object>(bare: T) {
  const area = new WebStorageArea({ initial: { theme: 'dark' } });
  const [tab, other] = [area.openWindow(), area.openWindow()];
  const uninstall = tab.install(bare);
  return { area, tab, other, target: bare as T & Globals, uninstall };
}

describe.each([
  ['where there are no events, as in Node', () => ({})],
  ['where there are events, as in a DOM', () => new EventTarget()],
])('%s', (_name, bare) => {
  test('everything is defined, as properties that anyone may define anew', () => {
    const { tab, target } = openOn(bare());
    const own = Object.getOwnPropertyDescriptors(target);
    for (const name of NAMES) {
      const { enumerable, configurable } = Reflect.get(own, name);
      expect([name, enumerable, configurable]).toEqual([name, !['localStorage', 'sessionStorage'].includes(name), true]);
    }
    expect([Reflect.get(target, 'Storage'), Reflect.get(target, 'StorageEvent')]).toEqual([Storage, StorageEvent]);
    expect([target.localStorage === tab.localStorage, target.sessionStorage === tab.sessionStorage]).toEqual([true, true]);
  });

  test('storage is that of the page that is shown', () => {
    const { area, tab, target } = openOn(bare());
    const { localStorage } = target;
    tab.reload();
    expect(target.localStorage).not.toBe(localStorage);
    expect(target.localStorage).toBe(tab.localStorage);
    area.blocked = true;
    expect(() => target.localStorage).toThrow(expect.objectContaining({ name: 'SecurityError' }));
  });

  test('listeners hear what other windows do, and nothing of this one', async () => {
    const { area, other, target } = openOn(bare());
    const { addEventListener, removeEventListener, dispatchEvent } = target;
    const heard: unknown[] = [];
    const listener = (event: StorageEvent) =>
      void heard.push(event.key, event.target === target, event.storageArea === target.localStorage);
    addEventListener('storage', listener);
    other.localStorage.setItem('a', '1');
    target.localStorage.setItem('b', '2');
    await area.settled();
    expect(heard).toEqual(['a', true, true]);
    expect(dispatchEvent(new StorageEvent('storage', { key: 'own' }))).toBe(true);
    removeEventListener('storage', listener);
    other.localStorage.setItem('c', '3');
    await area.settled();
    expect(heard).toEqual(['a', true, true, 'own', true, false]);
  });

  test('listeners may have options', async () => {
    const { area, other, target } = openOn(bare());
    const keys: unknown[] = [];
    const listener = ({ key }: StorageEvent) => void keys.push(key);
    target.addEventListener('storage', listener, { once: true });
    target.addEventListener('storage', listener, { capture: true });
    target.removeEventListener('storage', listener, { capture: true });
    other.localStorage.setItem('a', '1');
    other.localStorage.setItem('b', '2');
    await area.settled();
    expect(keys).toEqual(['a']);
  });

  test('listeners hear of pagehide, which the window tells of too', () => {
    const { tab, target } = openOn(bare());
    const heard: unknown[] = [];
    target.addEventListener('pagehide', (event) => void heard.push(event.target === target, target.localStorage.length));
    tab.reload();
    tab.reload();
    expect(heard).toEqual([true, 1]);
  });

  test('onstorage is that of the window', async () => {
    const { area, tab, other, target, uninstall } = openOn(bare());
    const keys: unknown[] = [];
    const handler = ({ key }: StorageEvent) => void keys.push(key);
    expect(target.onstorage).toBeNull();
    target.onstorage = handler;
    expect([target.onstorage, tab.onstorage]).toEqual([handler, null]);
    other.localStorage.setItem('a', '1');
    await area.settled();
    uninstall();
    other.localStorage.setItem('b', '2');
    await area.settled();
    expect([keys, tab.onstorage]).toEqual([['a'], null]);
  });

  test('uninstalling takes everything away, listeners too, and may be repeated', async () => {
    const { area, tab, other, target, uninstall } = openOn(bare());
    const [installed, own, once] = [jest.fn(), jest.fn(), jest.fn()];
    target.addEventListener('storage', installed);
    target.addEventListener('storage', once, { capture: true });
    tab.addEventListener('storage', own);
    uninstall();
    other.localStorage.setItem('a', '1');
    await area.settled();
    expect([installed, once, own].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 1]);
    expect(Reflect.ownKeys(target)).toEqual(Reflect.ownKeys(bare()));
    Object.assign(target, { Storage: 'of somebody else' });
    uninstall();
    expect(Reflect.get(target, 'Storage')).toBe('of somebody else');
  });

  test('what was there before comes back as it was', () => {
    const properties = {
      localStorage: { get: () => 'before', configurable: true },
      StorageEvent: { value: 5, writable: false, configurable: true, enumerable: false },
      onstorage: { value: undefined, writable: true, configurable: true, enumerable: true },
    };
    const { tab, target, uninstall } = openOn<object>(Object.defineProperties(bare(), properties));
    expect(Reflect.get(target, 'localStorage')).toBe(tab.localStorage);
    uninstall();
    for (const [name, descriptor] of Object.entries(properties)) {
      expect(Object.getOwnPropertyDescriptor(target, name)).toMatchObject(descriptor);
    }
    expect(Reflect.get(target, 'localStorage')).toBe('before');
  });

  test('windows can be installed one over the other, and taken off in turn', async () => {
    const { area, tab: tab1, other: tab2, target, uninstall } = openOn(bare());
    const keys: unknown[] = [];
    const uninstallSecond = tab2.install(target);
    target.addEventListener('storage', ({ key }) => void keys.push(key));
    expect(target.sessionStorage).toBe(tab2.sessionStorage);
    target.localStorage.setItem('own', '1');
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    expect(keys).toEqual(['a']);
    uninstallSecond();
    expect(target.sessionStorage).toBe(tab1.sessionStorage);
    uninstall();
    expect(Reflect.ownKeys(target)).toEqual(Reflect.ownKeys(bare()));
  });

  test('windows that are installed one over the other can be taken off in any order', () => {
    const { other, target, uninstall } = openOn<object>(Object.assign(bare(), { Storage: 'before' }));
    const uninstallOther = other.install(target);
    uninstall();
    expect(Reflect.get(target, 'localStorage')).toBe(other.localStorage);
    uninstallOther();
    uninstall();
    expect(new Set(Reflect.ownKeys(target))).toEqual(new Set([...Reflect.ownKeys(bare()), 'Storage']));
    expect(Reflect.get(target, 'Storage')).toBe('before');
  });

  test('listeners of a window that is taken off from under another end, and the other’s stay', async () => {
    const { area, target, uninstall } = openOn(bare());
    const heard: string[] = [];
    target.addEventListener('storage', () => void heard.push('first'));
    area.openWindow().install(target);
    target.addEventListener('storage', () => void heard.push('second'));
    uninstall();
    area.openWindow().localStorage.setItem('a', '1');
    await area.settled();
    expect(heard).toEqual(['second']);
  });

  test('a handler that the window has of its own stays when it is taken off', () => {
    const { tab, uninstall } = openOn(bare());
    const handler = () => {};
    tab.onstorage = handler;
    uninstall();
    expect(tab.onstorage).toBe(handler);
  });

  test('types that are no text are converted, as everywhere', () => {
    const { target } = openOn(bare());
    expect(() => target.addEventListener(null as never, () => {})).not.toThrow();
  });

  test.each(['StorageEvent', 'onstorage'])('an object whose %s can not be defined is refused, and left as it was', (name) => {
    const target = Object.defineProperty(bare(), name, { value: 'fixed' });
    const before = Reflect.ownKeys(target);
    const tab = new WebStorageArea().openWindow();
    for (const attempt of ['first', 'second']) {
      expect([attempt, thrown(() => tab.install(target))]).toEqual([
        attempt,
        expect.objectContaining({ code: 'ERR_INVALID_OPTION', cause: expect.any(TypeError) }),
      ]);
      expect(Reflect.ownKeys(target)).toEqual(before);
    }
  });
});

describe('events of other types', () => {
  test('go to the window where there are none, as in Node', () => {
    const { tab, target, uninstall } = openOn({});
    const heard: unknown[] = [];
    const listener = (event: Event) => void heard.push(event.type, event.target === target);
    target.addEventListener('custom', listener);
    tab.dispatchEvent(new Event('custom'));
    target.dispatchEvent(new Event('custom'));
    target.removeEventListener('custom', listener);
    target.dispatchEvent(new Event('custom'));
    target.addEventListener('custom', listener);
    uninstall();
    tab.dispatchEvent(new Event('custom'));
    expect(heard).toEqual(['custom', true, 'custom', true]);
  });

  test('are left to the page, as in a DOM', () => {
    const page = new EventTarget();
    const { tab, target, uninstall } = openOn(page);
    const { addEventListener, removeEventListener, dispatchEvent } = target;
    const heard: unknown[] = [];
    const listener = (event: Event) => void heard.push(event.type, event.target === page);
    addEventListener('custom', listener);
    tab.dispatchEvent(new Event('custom'));
    expect(dispatchEvent(new Event('custom'))).toBe(true);
    removeEventListener('custom', listener);
    dispatchEvent(new Event('custom'));
    addEventListener('custom', listener);
    uninstall();
    page.dispatchEvent(new Event('custom'));
    expect(heard).toEqual(['custom', true, 'custom', true]);
  });

  test('that the page tells as storage events are not what a window tells', () => {
    const page = new EventTarget();
    const { target } = openOn(page);
    const handler = jest.fn();
    target.addEventListener('storage', handler);
    EventTarget.prototype.dispatchEvent.call(page, new Event('storage'));
    expect(handler).not.toHaveBeenCalled();
  });
});

describe('window and self', () => {
  test('are the target where they are missing', () => {
    const { target, uninstall } = openOn({});
    expect([Reflect.get(target, 'window'), Reflect.get(target, 'self')]).toEqual([target, target]);
    uninstall();
    expect(['window' in target, 'self' in target]).toEqual([false, false]);
  });

  test('stay where they are there', () => {
    const [window, self] = [{}, {}];
    const { target } = openOn({ window, self });
    expect([target.window === window, target.self === self]).toEqual([true, true]);
  });
});

test.each([null, 5, 'globalThis', true])('%p is refused as a target', (target) => {
  expect(thrown(() => new WebStorageArea().openWindow().install(target as never))).toMatchObject({ code: 'ERR_INVALID_OPTION' });
});

test('the globals themselves are meant by default', () => {
  const before = Reflect.ownKeys(globalThis);
  const tab = new WebStorageArea().openWindow();
  const uninstall = tab.install();
  try {
    expect(Reflect.get(globalThis, 'localStorage')).toBe(tab.localStorage);
    expect(Reflect.get(globalThis, 'window')).toBe(globalThis);
  } finally {
    uninstall();
  }
  expect(Reflect.ownKeys(globalThis)).toEqual(before);
});
