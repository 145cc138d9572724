import { once } from 'node:events';
import type * as WebStorage from 'shared-memory-registry/web-storage';
import { type StorageEvent, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';

type Globals = { localStorage: StorageWindow['localStorage'] } & Pick<
  StorageWindow,
  'addEventListener' | 'removeEventListener' | 'dispatchEvent'
> & {
    window?: unknown;
  };

/** Its types are those of a browser, which this project does without. */
const { JSDOM } = jest.requireActual<{ JSDOM: new (html: string, options: object) => { window: object } }>('jsdom');

/** An object with a storage of its own, as jsdom's window. */
function globalsWith(before: PropertyDescriptor = { get: () => 'before' }): Globals {
  return Object.defineProperty({}, 'localStorage', { ...before, configurable: true, enumerable: true }) as Globals;
}

const openTab = () => new WebStorageArea({ initial: { theme: 'dark' } }).openWindow();

/** Another copy of the package, as after a reset of modules. */
function anotherCopy(): typeof WebStorage {
  let copy: typeof WebStorage | undefined;
  jest.isolateModules(() => {
    copy = jest.requireActual('shared-memory-registry/web-storage');
  });
  return copy as typeof WebStorage;
}

describe('a stub that is restored late', () => {
  test.each([
    ['a getter', { get: () => 'stub' }],
    ['a value', { value: undefined, writable: true }],
  ])('%s: what was there before answers, and the next window is installed as ever', (_name, stub) => {
    const target = globalsWith();
    const uninstall = openTab().install(target);
    const ours = Object.getOwnPropertyDescriptor(target, 'localStorage') as PropertyDescriptor;
    Object.defineProperty(target, 'localStorage', { ...stub, configurable: true });
    uninstall();
    expect(target.localStorage).toBe('get' in stub ? 'stub' : undefined);
    Object.defineProperty(target, 'localStorage', ours);
    expect(target.localStorage).toBe('before');

    const uninstallNext = openTab().install(target);
    expect(target.localStorage.getItem('theme')).toBe('dark');
    uninstallNext();
    expect(Object.getOwnPropertyDescriptor(target, 'localStorage')).toMatchObject({
      get: expect.any(Function),
      enumerable: true,
    });
    expect(target.localStorage).toBe('before');
  });

  test('a spy on the getter calls through, before and after', () => {
    const target = globalsWith();
    for (let round = 0; round < 3; round += 1) {
      const uninstall = openTab().install(target);
      const spy = jest.spyOn(target as { localStorage: unknown }, 'localStorage', 'get');
      expect(target.localStorage.getItem('theme')).toBe('dark');
      uninstall();
      expect(target.localStorage).toBe('before');
      if (round > 0) spy.mockRestore();
      expect(target.localStorage).toBe('before');
    }
  });

  test('where nothing was there before, there is nothing, and it can be set', () => {
    const target = {} as Globals;
    const uninstall = openTab().install(target);
    const ours = Object.getOwnPropertyDescriptor(target, 'localStorage') as PropertyDescriptor;
    uninstall();
    expect(Reflect.ownKeys(target)).toEqual([]);
    Object.defineProperty(target, 'localStorage', ours);
    expect(target.localStorage).toBeUndefined();
    target.localStorage = 'mine' as never;
    expect(Object.getOwnPropertyDescriptor(target, 'localStorage')?.value).toBe('mine');
  });

  test('what a prototype has is found again, with the object as this', () => {
    const prototype = { get localStorage() { return this; } }; // biome-ignore format: one line
    const target = Object.create(prototype) as Globals;
    const uninstall = openTab().install(target);
    const ours = Object.getOwnPropertyDescriptor(target, 'localStorage') as PropertyDescriptor;
    uninstall();
    Object.defineProperty(target, 'localStorage', ours);
    expect(target.localStorage).toBe(target);
  });
});

test.each([
  ['first in, first out', [0, 1]],
  ['last in, first out', [1, 0]],
])('two areas and two copies of the package may be uninstalled %s', (_name, order) => {
  const { WebStorageArea: OtherArea } = anotherCopy();
  expect(OtherArea).not.toBe(WebStorageArea);
  for (const Area of [WebStorageArea, OtherArea]) {
    const target = globalsWith();
    const openings = [WebStorageArea, Area].map(
      (One, number) => () => new One({ initial: { number: `${number}` } }).openWindow().install(target),
    );
    const uninstalls = openings.map((open) => open());
    expect(target.localStorage.getItem('number')).toBe('1');
    for (const number of order) uninstalls[number]?.();
    expect(target.localStorage).toBe('before');
    const [uninstall] = [openTab().install(target)];
    expect(target.localStorage.getItem('theme')).toBe('dark');
    uninstall();
    expect(target.localStorage).toBe('before');
  }
});

test('functions that were kept follow the window that is installed now', async () => {
  const target = {} as Globals;
  const uninstall = openTab().install(target);
  const { addEventListener, removeEventListener, dispatchEvent } = target;
  uninstall();
  const listener = jest.fn();
  // A component that is unmounted late.
  expect([addEventListener('storage', listener), removeEventListener('storage', listener)]).toEqual([undefined, undefined]);
  expect(dispatchEvent(new Event('storage'))).toBe(true);

  const area = new WebStorageArea();
  const [tab, other] = [area.openWindow(), area.openWindow()];
  tab.install(target);
  addEventListener('storage', listener);
  other.localStorage.setItem('a', '1');
  await area.settled();
  expect(listener).toHaveBeenCalledTimes(1);
});

test('what is installed has a getter only, as in browsers', () => {
  const target = globalsWith();
  openTab().install(target);
  expect(() => {
    target.localStorage = 'mine' as never;
  }).toThrow(TypeError);
});

test('a window that is closed or blocked is not looked at by who goes through the properties', () => {
  const target = globalsWith();
  const tab = openTab();
  tab.install(target);
  tab.close();
  expect(() => target.localStorage).toThrow('the window is closed');
  expect(() => Object.keys(target).map((name) => Reflect.get(target, name))).not.toThrow();
});

describe('a window beside the global object, as global-jsdom makes one', () => {
  test('both have the storage, and listeners on one of them are listeners on the window', async () => {
    const window = new EventTarget() as EventTarget & Globals;
    const global = { window } as unknown as Globals;
    const area = new WebStorageArea();
    const [tab, other] = [area.openWindow(), area.openWindow()];
    const uninstall = tab.install(global);
    expect(window.localStorage).toBe(global.localStorage);
    const targets: unknown[] = [];
    window.addEventListener('storage', ({ target }) => void targets.push(target === window));
    global.addEventListener('storage', ({ target }) => void targets.push(target === window));
    other.localStorage.setItem('a', '1');
    await area.settled();
    expect(targets).toEqual([true, true]);
    uninstall();
    expect([Object.keys(global), Reflect.ownKeys(window).filter((name) => typeof name === 'string')]).toEqual([['window'], []]);
  });
});

describe('events', () => {
  test('come in a task each: who awaits one after the other hears all', async () => {
    const area = new WebStorageArea();
    const [tab1, tab2] = [area.openWindow(), area.openWindow()];
    for (const key of ['1', '2', '3', '4']) tab1.localStorage.setItem(key, 'value');
    const order: unknown[] = [];
    void Promise.resolve().then(() => order.push('microtask'));
    while (order.length < 5) {
      const [event] = (await once(tab2, 'storage')) as [StorageEvent];
      order.push(event.key);
      await null;
    }
    expect(order).toEqual(['microtask', '1', '2', '3', '4']);
  });

  test('are not held up by fake timers', async () => {
    jest.useFakeTimers();
    try {
      const area = new WebStorageArea();
      const [tab1, tab2] = [area.openWindow(), area.openWindow()];
      const listener = jest.fn();
      tab2.addEventListener('storage', listener);
      tab1.localStorage.setItem('a', '1');
      await area.settled();
      expect(listener).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });

  test.each([
    ['nothing', {} as Globals],
    ['events of its own', new EventTarget() as unknown as Globals],
  ])('have the object as target, currentTarget and this, where it has %s', async (_name, target) => {
    const area = new WebStorageArea();
    const [tab, other] = [area.openWindow(), area.openWindow()];
    tab.install(target);
    const [during, after]: unknown[][] = [[], []];
    const note = (place: object) =>
      function (this: unknown, event: Event) {
        during?.push([this === place, event.target === place, event.currentTarget === place, event.composedPath()[0] === place]);
        queueMicrotask(() => after?.push([event.target === place, event.currentTarget]));
      };
    target.addEventListener('storage', note(target));
    tab.addEventListener('storage', note(tab));
    other.localStorage.setItem('a', '1');
    await area.settled();
    expect(during).toEqual(Array(2).fill([true, true, true, true]));
    expect(after).toEqual(Array(2).fill([true, null]));
  });
});

describe('the end of a page', () => {
  const TYPES = ['unload', 'visibilitychange', 'beforeunload', 'pagehide'];

  test.each(['reload', 'close'] as const)(
    '%s calls the listeners in the order of browsers, those of frames after them',
    (way) => {
      const area = new WebStorageArea();
      const tab = area.openWindow();
      const frame = tab.openFrame();
      const target = {} as Globals;
      tab.install(target);
      const order: string[] = [];
      const listen = (name: string, place: Pick<StorageWindow, 'addEventListener'>) => {
        for (const type of TYPES) {
          place.addEventListener(type, ({ bubbles, cancelable }) => {
            order.push(`${name} ${type}${bubbles ? ' bubbles' : ''}${cancelable ? ' cancelable' : ''}`);
            // Every one of them can save what is left.
            (place as Globals).localStorage.setItem(`${name} ${type}`, 'saved');
          });
        }
      };
      listen('frame', frame);
      listen('tab', tab);
      listen('global', target);
      tab[way]();
      tab[way]();
      expect(order).toEqual([
        ...['tab beforeunload cancelable', 'global beforeunload cancelable', 'frame beforeunload cancelable'],
        ...['tab pagehide bubbles cancelable', 'global pagehide bubbles cancelable'],
        ...['tab visibilitychange bubbles', 'global visibilitychange bubbles', 'tab unload', 'global unload'],
        ...['frame pagehide bubbles cancelable', 'frame visibilitychange bubbles', 'frame unload'],
      ]);
      expect(area.registry.size).toBe(12);
      expect(frame.closed).toBe(true);
    },
  );
});

describe('two JSDOM windows on one area', () => {
  function openPages() {
    const area = new WebStorageArea({ quota: 100 });
    const pages = ['one', 'two'].map((name) => {
      const { window } = new JSDOM('', { url: 'http://localhost' });
      const tab = area.openWindow({ client: name });
      const uninstall = tab.install(window);
      return {
        window: window as unknown as Globals & typeof globalThis & { document: EventTarget & { visibilityState: string } },
        tab,
        uninstall,
      };
    });
    return { area, one: pages[0] as (typeof pages)[0], two: pages[1] as (typeof pages)[0] };
  }

  test('errors and events are of the realm of each', async () => {
    const { area, one, two } = openPages();
    const { window } = one;
    const events: Event[] = [];
    window.addEventListener('storage', (event) => void events.push(event));
    two.window.localStorage.setItem('theme', 'dark');
    await area.settled();
    const [event] = events as [StorageEvent];
    const {
      Event: PageEvent,
      StorageEvent: PageStorageEvent,
      DOMException: PageException,
    } = window as unknown as typeof globalThis & { StorageEvent: typeof StorageEvent };
    expect(event).toMatchObject({ key: 'theme', newValue: 'dark', oldValue: null });
    expect([event instanceof PageEvent, event instanceof PageStorageEvent, event.target === window]).toEqual([true, true, true]);
    expect(event.storageArea).toBe(window.localStorage);
    expect(event instanceof (two.window as unknown as typeof globalThis).Event).toBe(false);

    const quotaError = caught(() => window.localStorage.setItem('a', 'x'.repeat(200)));
    expect([quotaError instanceof PageException, (quotaError as DOMException).name]).toEqual([true, 'QuotaExceededError']);
    expect(caught(() => Reflect.apply(window.localStorage.setItem, window.localStorage, ['a']))).toBeInstanceOf(
      (window as unknown as typeof globalThis).TypeError,
    );
    area.blocked = true;
    expect(caught(() => window.localStorage)).toBeInstanceOf(PageException);
    expect(caught(() => two.window.localStorage)).not.toBeInstanceOf(PageException);
  });

  test('events of the page are dispatched, and its errors reported to it', () => {
    const { window } = openPages().one;
    const page = window as unknown as typeof globalThis & EventTarget;
    const listener = jest.fn();
    window.addEventListener('storage', listener);
    page.dispatchEvent(new page.Event('storage'));
    expect(listener).toHaveBeenCalledTimes(1);

    const reported: unknown[] = [];
    page.addEventListener('error', (event) => {
      reported.push((event as unknown as { error: Error }).error.message);
      event.preventDefault();
    });
    window.addEventListener('storage', () => {
      throw new Error('no');
    });
    page.dispatchEvent(new page.Event('storage'));
    expect(reported).toEqual(['no']);
  });

  test('the document is hidden when the page goes away, and shown again', () => {
    const { window, tab } = openPages().one;
    const seen: string[] = [];
    window.document.addEventListener('visibilitychange', () => seen.push(window.document.visibilityState));
    window.addEventListener('visibilitychange', () => void seen.push('bubbled'));
    window.addEventListener('unload', () => void seen.push(`unload ${window.document.visibilityState}`));
    const before = window.document.visibilityState;
    tab.reload();
    expect([seen, window.document.visibilityState]).toEqual([['hidden', 'bubbled', 'unload hidden'], before]);
  });
});

describe('a spy on a storage itself', () => {
  test('stores the text of a function, as browsers do, and a warning says what to spy on', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { localStorage } = openTab();
    localStorage.setItem = (() => {}) as never;
    expect([typeof localStorage['setItem'], localStorage.getItem('setItem')]).toEqual(['function', '() => { }']);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('Spy on Storage.prototype instead'));
    warn.mockClear();
    localStorage['other'] = (() => {}) as never;
    localStorage.setItem('getItem', 'text');
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test('a fake of chrome.storage.onChanged is made of what listeners of a registry are given', async () => {
  const { SharedMemoryRegistry } = await import('shared-memory-registry');
  const registry = new SharedMemoryRegistry<number>({ initial: { count: { revision: '1', data: 1 } } });
  const changes: unknown[] = [];
  registry.subscribe(({ key }, contents) =>
    changes.push({ [key]: { oldValue: contents.before()?.data, newValue: contents.after()?.data } }),
  );
  await registry.getBackend('count').save({ revision: '2', data: 2 });
  await registry.getBackend('count').clear();
  expect(changes).toEqual([{ count: { oldValue: 1, newValue: 2 } }, { count: { oldValue: 2, newValue: undefined } }]);
});
