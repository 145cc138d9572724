import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { StorageEvent, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { Storage } from '../../src/web-storage/storage';
import { reportedBy } from '../support/reported';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Two windows on one area, and what each hears. */
function openTabs(initial: Record<string, string> = {}) {
  const area = new WebStorageArea({ initial });
  const [tab1, tab2] = [area.openWindow(), area.openWindow()];
  return { area, tab1, tab2, heard1: listen(tab1), heard2: listen(tab2) };
}

function listen(tab: StorageWindow): unknown[][] {
  const heard: unknown[][] = [];
  tab.addEventListener('storage', ({ key, oldValue, newValue }) => void heard.push([key, oldValue, newValue]));
  return heard;
}

const denied = (reason: string) =>
  expect.objectContaining({ name: 'SecurityError', code: 18, message: `Access to storage is denied: ${reason}.` });

describe('what windows share', () => {
  test('is localStorage, at once, through an object for each', () => {
    const { tab1, tab2 } = openTabs();
    tab1.localStorage.setItem('theme', 'dark');
    expect(tab2.localStorage.getItem('theme')).toBe('dark');
    expect(tab1.localStorage).toBe(tab1.localStorage);
    expect(tab1.localStorage).not.toBe(tab2.localStorage);
  });

  test('is not sessionStorage, which is another thing than localStorage', () => {
    const { tab1, tab2 } = openTabs({ theme: 'dark' });
    tab1.sessionStorage.setItem('draft', 'text');
    expect([{ ...tab1.sessionStorage }, { ...tab2.sessionStorage }]).toEqual([{ draft: 'text' }, {}]);
    expect({ ...tab1.localStorage }).toEqual({ theme: 'dark' });
    expect(tab1.sessionStorage).toBe(tab1.sessionStorage);
  });

  test('are the interfaces', () => {
    const { tab1, tab2 } = openTabs();
    expect([tab1.Storage, tab2.Storage, tab1.StorageEvent]).toEqual([Storage, Storage, StorageEvent]);
    expect(tab1.sessionStorage).toBeInstanceOf(tab2.Storage);
  });
});

describe('storage events', () => {
  test('tell the other windows of each change, in order', async () => {
    const { area, tab1, tab2, heard1, heard2 } = openTabs();
    tab1.localStorage.setItem('theme', 'dark');
    Reflect.set(tab1.localStorage, 'theme', 'light');
    tab2.localStorage.setItem('other', '');
    Reflect.deleteProperty(tab1.localStorage, 'theme');
    tab1.localStorage.removeItem('other');
    tab1.localStorage.setItem('last', '1');
    tab1.localStorage.clear();
    await area.settled();
    expect(heard1).toEqual([['other', null, '']]);
    expect(heard2).toEqual([
      ['theme', null, 'dark'],
      ['theme', 'dark', 'light'],
      ['theme', 'light', null],
      ['other', '', null],
      ['last', null, '1'],
      [null, null, null],
    ]);
  });

  test('tell of nothing where nothing changes', async () => {
    const { area, tab1, heard1, heard2 } = openTabs({ theme: 'dark' });
    tab1.localStorage.setItem('theme', 'dark');
    tab1.localStorage.removeItem('other');
    tab1.localStorage.clear();
    tab1.localStorage.clear();
    await area.settled();
    expect([heard1, heard2]).toEqual([[], [[null, null, null]]]);
  });

  test('tell nobody of a sessionStorage', async () => {
    const { area, tab1, heard1, heard2 } = openTabs();
    tab1.sessionStorage.setItem('draft', 'text');
    tab1.sessionStorage.removeItem('draft');
    tab1.sessionStorage.setItem('draft', 'text');
    tab1.sessionStorage.clear();
    await area.settled();
    expect([heard1, heard2]).toEqual([[], []]);
  });

  test('never come in the stack of who writes', async () => {
    const { area, tab1, tab2 } = openTabs();
    const order: string[] = [];
    tab2.addEventListener('storage', ({ key }) => void order.push(`event ${key}`));
    tab1.localStorage.setItem('a', '1');
    order.push('written');
    await area.settled();
    expect(order).toEqual(['written', 'event a']);
  });

  test('are of the page that wrote and of the window that hears', async () => {
    const area = new WebStorageArea({ origin: 'https://app.test' });
    const writer = area.openWindow({ url: '/settings?page=2#top' });
    const readers = [area.openWindow(), area.openWindow()];
    const events: StorageEvent[] = [];
    for (const reader of readers) reader.addEventListener('storage', (event) => void events.push(event));
    writer.localStorage.setItem('theme', 'dark');
    await area.settled();
    expect(events).toHaveLength(2);
    for (const [index, event] of events.entries()) {
      expect(event).toBeInstanceOf(StorageEvent);
      expect([event.type, event.bubbles, event.cancelable, event.composed]).toEqual(['storage', false, false, false]);
      expect(event.url).toBe('https://app.test/settings?page=2#top');
      expect(event.storageArea).toBe(readers[index]?.localStorage);
      expect(event.target).toBe(readers[index]);
    }
    expect(events[0]).not.toBe(events[1]);
  });

  test('have the address of the window, which stays where it was opened', async () => {
    const { area, tab1, tab2 } = openTabs();
    const urls: string[] = [];
    tab2.addEventListener('storage', ({ url }) => void urls.push(url));
    tab1.location.hash = 'elsewhere';
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    expect([urls, tab1.location.href]).toEqual([['http://localhost/'], 'http://localhost/']);
  });

  test('see storage as it is now, which may be newer than they are', async () => {
    const { area, tab1, tab2 } = openTabs();
    const seen: unknown[] = [];
    tab2.addEventListener('storage', ({ newValue }) => void seen.push([newValue, tab2.localStorage.getItem('a')]));
    tab1.localStorage.setItem('a', '1');
    tab1.localStorage.setItem('a', '2');
    await area.settled();
    expect(seen).toEqual([
      ['1', '2'],
      ['2', '2'],
    ]);
  });

  test('that a listener makes by writing are heard by the first window', async () => {
    const { area, tab1, tab2, heard1 } = openTabs();
    tab2.addEventListener('storage', ({ newValue }) => tab2.localStorage.setItem('answer', `${newValue}!`));
    tab1.localStorage.setItem('question', 'why');
    await area.settled();
    expect(heard1).toEqual([['answer', null, 'why!']]);
  });

  test('do not reach windows that were opened after the change', async () => {
    const { area, tab1 } = openTabs();
    tab1.localStorage.setItem('a', '1');
    const late = listen(area.openWindow());
    await area.settled();
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect(late).toEqual([['b', null, '2']]);
  });

  test('go to every listener and every window, though one throws; its error is reported as uncaught', async () => {
    const { area, tab1, tab2 } = openTabs();
    const order: string[] = [];
    const broken = new Error('no');
    tab2.addEventListener('storage', ({ key }) => {
      order.push(`broken ${key}`);
      throw broken;
    });
    tab2.addEventListener('storage', ({ key }) => void order.push(`next ${key}`));
    area.openWindow().addEventListener('storage', ({ key }) => void order.push(`third window ${key}`));
    const errors = await reportedBy(async () => {
      tab1.localStorage.setItem('a', '1');
      tab1.localStorage.setItem('b', '2');
      await area.settled();
    });
    expect(errors).toEqual([broken, broken]);
    expect(order).toEqual(['broken a', 'next a', 'third window a', 'broken b', 'next b', 'third window b']);
  });
});

describe('listeners', () => {
  test('may be objects, may be heard once, and end as those of any EventTarget do', async () => {
    const { area, tab1, tab2 } = openTabs();
    const heard: string[] = [];
    const object = { handleEvent: ({ key }: StorageEvent) => void heard.push(`object ${key}`) };
    const removed = () => void heard.push('removed');
    const controller = new AbortController();
    tab2.addEventListener('storage', object);
    tab2.addEventListener('storage', object);
    tab2.addEventListener('storage', ({ key }) => void heard.push(`once ${key}`), { once: true });
    tab2.addEventListener('storage', ({ key }) => void heard.push(`signal ${key}`), { signal: controller.signal });
    tab2.addEventListener('storage', removed);
    tab2.addEventListener('storage', removed, { capture: true });
    tab2.removeEventListener('storage', removed);
    tab2.removeEventListener('storage', removed, { capture: true });
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    controller.abort();
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect(heard).toEqual(['object a', 'once a', 'signal a', 'object b']);
  });

  test('may be of any event', () => {
    const { tab1 } = openTabs();
    const heard: Event[] = [];
    const event = new Event('custom');
    tab1.addEventListener('custom', (given) => void heard.push(given));
    tab1.dispatchEvent(event);
    expect(heard).toEqual([event]);
  });
});

describe('onstorage', () => {
  test('is null, or the function that hears events', async () => {
    const { area, tab1, tab2 } = openTabs();
    const heard: unknown[] = [];
    const handler = function (this: unknown, { key }: StorageEvent) {
      heard.push(key, this);
    };
    expect(tab2.onstorage).toBeNull();
    tab2.onstorage = handler;
    expect(tab2.onstorage).toBe(handler);
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    tab2.onstorage = null;
    expect(tab2.onstorage).toBeNull();
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect(heard).toEqual(['a', tab2]);
  });

  test('keeps the place of a handler that it replaces, and takes the last one after null', async () => {
    const { area, tab1, tab2 } = openTabs();
    const heard: string[] = [];
    const note = (name: string) => () => void heard.push(name);
    tab2.onstorage = note('first handler');
    tab2.addEventListener('storage', note('listener'));
    tab2.onstorage = note('second handler');
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    tab2.onstorage = null;
    tab2.onstorage = note('third handler');
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect(heard).toEqual(['second handler', 'listener', 'listener', 'third handler']);
  });

  test.each([undefined, 5, 'text', true])('takes %p for null', async (value) => {
    const { area, tab1, tab2 } = openTabs();
    const handler = jest.fn();
    tab2.onstorage = handler;
    tab2.onstorage = value as never;
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    expect(tab2.onstorage).toBeNull();
    expect(handler).not.toHaveBeenCalled();
  });

  test('keeps an object that can not be called, and calls nothing', async () => {
    const { area, tab1, tab2 } = openTabs();
    const object = {};
    tab2.onstorage = object as never;
    tab1.localStorage.setItem('a', '1');
    expect(await reportedBy(() => area.settled())).toEqual([]);
    expect(tab2.onstorage).toBe(object);
  });

  test('may be set to nothing twice, or by a listener that comes before it', async () => {
    const { area, tab1, tab2 } = openTabs();
    const handler = jest.fn();
    tab2.onstorage = null;
    tab2.onstorage = null;
    tab2.addEventListener('storage', () => {
      tab2.onstorage = null;
    });
    tab2.onstorage = handler;
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    expect(handler).not.toHaveBeenCalled();
  });
});

describe('reload', () => {
  test('leaves what is stored, in new objects', () => {
    const { tab1 } = openTabs({ theme: 'dark' });
    const { localStorage, sessionStorage, location } = tab1;
    sessionStorage.setItem('draft', 'text');
    tab1.reload();
    expect([{ ...tab1.localStorage }, { ...tab1.sessionStorage }]).toEqual([{ theme: 'dark' }, { draft: 'text' }]);
    expect([tab1.localStorage === localStorage, tab1.sessionStorage === sessionStorage]).toEqual([false, false]);
    expect([tab1.closed, tab1.location]).toEqual([false, location]);
  });

  test('takes the storage of the page before away', () => {
    const { tab1 } = openTabs({ theme: 'dark' });
    const { localStorage, sessionStorage } = tab1;
    tab1.reload();
    expect(() => localStorage.setItem('theme', 'light')).toThrow(denied('its page is gone'));
    expect(() => sessionStorage.length).toThrow(denied('its page is gone'));
    expect(() => localStorage.length).toThrow(DOMException);
    expect(tab1.localStorage.getItem('theme')).toBe('dark');
  });

  test('drops listeners of every kind', async () => {
    const { area, tab1, tab2, heard2 } = openTabs();
    const handler = jest.fn();
    tab2.onstorage = handler;
    tab2.addEventListener('storage', handler, { capture: true });
    tab2.addEventListener('custom', handler);
    tab2.reload();
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    tab2.dispatchEvent(new Event('custom'));
    expect(heard2).toEqual([]);
    expect(handler).not.toHaveBeenCalled();
    expect(tab2.onstorage).toBeNull();
  });

  test('drops events that are on their way, for this window alone', async () => {
    const { area, tab1, tab2 } = openTabs();
    const other = listen(area.openWindow());
    tab1.localStorage.setItem('a', '1');
    tab2.reload();
    const heard = listen(tab2);
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect(heard).toEqual([['b', null, '2']]);
    expect(other).toHaveLength(2);
  });

  test('lets the new page hear, also by onstorage', async () => {
    const { area, tab1, tab2 } = openTabs();
    tab2.onstorage = () => {};
    tab2.reload();
    const keys: unknown[] = [];
    tab2.onstorage = ({ key, storageArea }) => void keys.push(key, storageArea === tab2.localStorage);
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    expect(keys).toEqual(['a', true]);
  });

  test('lets a listener that reloads be the last of its page', async () => {
    const { area, tab1, tab2 } = openTabs();
    const late = jest.fn();
    tab2.addEventListener('storage', () => tab2.reload());
    tab2.addEventListener('storage', late);
    tab1.localStorage.setItem('a', '1');
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect(late).not.toHaveBeenCalled();
  });

  test('keeps the window from hearing its own changes', async () => {
    const { area, tab1, heard2 } = openTabs();
    tab1.reload();
    const heard = listen(tab1);
    tab1.localStorage.setItem('a', '1');
    await area.settled();
    expect([heard, heard2]).toEqual([[], [['a', null, '1']]]);
  });
});

describe.each(['reload', 'close'] as const)('pagehide, before %s', (method) => {
  test('comes while storage can still be written', async () => {
    const { area, tab2, heard1 } = openTabs();
    const handler = jest.fn();
    tab2.onstorage = handler;
    const types: string[] = [];
    tab2.addEventListener('pagehide', ({ type }) => {
      types.push(type, String(tab2.closed), String(tab2.onstorage === handler));
      tab2.localStorage.setItem('saved', 'late');
    });
    tab2[method]();
    await area.settled();
    expect(types).toEqual(['pagehide', 'false', 'true']);
    expect(heard1).toEqual([['saved', null, 'late']]);
  });

  test('comes once', () => {
    const { tab2 } = openTabs();
    const handler = jest.fn();
    tab2.addEventListener('pagehide', handler);
    tab2[method]();
    tab2[method]();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test.each(['reload', 'close'] as const)('comes once, though a listener of it calls %s', (another) => {
    const { tab2 } = openTabs();
    const handler = jest.fn(() => tab2[another]());
    tab2.addEventListener('pagehide', handler);
    tab2[method]();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(tab2.closed).toBe(method === 'close');
  });
});

describe('close', () => {
  test('takes storage away, and leaves what is stored for others', () => {
    const { tab1, tab2 } = openTabs({ theme: 'dark' });
    const { localStorage, sessionStorage } = tab1;
    expect(tab1.closed).toBe(false);
    tab1.close();
    tab1.close();
    tab1.reload();
    expect(tab1.closed).toBe(true);
    for (const run of [() => tab1.localStorage, () => tab1.sessionStorage]) expect(run).toThrow(denied('the window is closed'));
    for (const storage of [localStorage, sessionStorage]) {
      expect(() => storage.getItem('theme')).toThrow(denied('its page is gone'));
    }
    expect(tab2.localStorage.getItem('theme')).toBe('dark');
  });

  test('ends hearing, also of what is on its way', async () => {
    const { area, tab1, tab2, heard2 } = openTabs();
    const handler = jest.fn();
    tab2.onstorage = handler;
    tab1.localStorage.setItem('a', '1');
    tab2.close();
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect(heard2).toEqual([]);
    expect(handler).not.toHaveBeenCalled();
    expect(tab2.onstorage).toBeNull();
  });

  test('lets nobody listen any more', () => {
    const { tab1 } = openTabs();
    const handler = jest.fn();
    tab1.close();
    tab1.addEventListener('custom', handler);
    tab1.dispatchEvent(new Event('custom'));
    expect(handler).not.toHaveBeenCalled();
  });

  test('by a listener leaves events to the other windows', async () => {
    const { area, tab1, tab2, heard2 } = openTabs();
    const third = listen(area.openWindow());
    tab2.addEventListener('storage', () => tab2.close());
    tab1.localStorage.setItem('a', '1');
    tab1.localStorage.setItem('b', '2');
    await area.settled();
    expect([heard2.length, third.length]).toEqual([1, 2]);
  });
});

test('console.log and Jest show who a window is, and where', () => {
  const tab = new WebStorageArea({ origin: 'https://app.test' }).openWindow({ client: 'settings', url: '/page' });
  expect(inspect(tab)).toBe(`StorageWindow ${inspect({ client: 'settings', url: 'https://app.test/page', closed: false })}`);
  expect(JSON.parse(JSON.stringify(tab))).toEqual({ client: 'settings', url: 'https://app.test/page', closed: false });
  tab.close();
  expect(inspect(tab)).toContain('closed: true');
});

/** Objects that nothing but what is under test may hold: they are made in a stack of their own. */
const weakly = (make: () => object[]) => make().map((value) => new WeakRef(value));

// One test, since collecting garbage takes longer than all the others together.
test('nothing is kept alive of a window that was closed, and of a page that is gone', async () => {
  const { area, tab1, tab2 } = openTabs();
  const use = (tab: StorageWindow) => {
    const listener = () => {};
    const onstorage = () => {};
    tab.addEventListener('storage', listener);
    tab.onstorage = onstorage;
    tab.localStorage.setItem(tab.client, 'used');
    tab.sessionStorage.setItem('draft', 'text');
    return [tab.localStorage, tab.sessionStorage, listener, onstorage];
  };
  const reloaded = weakly(() => use(tab1));
  const closed = weakly(() => use(tab2));
  const dropped = weakly(() => {
    const tab3 = area.openWindow();
    use(tab3);
    tab3.close();
    return [tab3];
  });
  const open = weakly(() => [area.openWindow()]);
  tab1.reload();
  tab2.close();
  const removed = weakly(() => {
    const listener = () => {};
    tab1.addEventListener('storage', listener);
    tab1.removeEventListener('storage', listener);
    return [listener];
  });
  await area.settled();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const isGone = (reference: WeakRef<object>) => reference.deref() === undefined;
  expect(reloaded.map(isGone)).toEqual([true, true, true, true]);
  expect(closed.map(isGone)).toEqual([true, true, true, true]);
  expect([...dropped, ...removed, ...open].map(isGone)).toEqual([true, true, false]);
  expect([area.registry.size, tab1.closed, tab2.closed]).toEqual([3, false, true]);
});
