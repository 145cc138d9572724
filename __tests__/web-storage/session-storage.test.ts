import { type StorageEvent, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';

/** What a window hears of both storages. */
function listen(window: StorageWindow): unknown[] {
  const heard: unknown[] = [];
  window.addEventListener('storage', ({ key, oldValue, newValue, url, storageArea }: StorageEvent) => {
    heard.push([storageArea === window.sessionStorage ? 'session' : 'local', key, oldValue, newValue, url]);
  });
  return heard;
}

describe('sessionStorage', () => {
  const area = new WebStorageArea({ origin: 'https://app.test', initial: { theme: 'light' } });
  afterEach(() => {
    area.closeWindows();
    area.reset();
  });

  test('holds from the start what it is given', () => {
    const tab = area.openWindow({ sessionStorage: { draft: 'tea', __proto__x: '' } });
    expect({ ...tab.sessionStorage }).toEqual({ draft: 'tea', __proto__x: '' });
    expect({ ...area.openWindow({ sessionStorage: tab.sessionStorage }).sessionStorage }).toEqual({ ...tab.sessionStorage });
    expect(area.openWindow().sessionStorage).toHaveLength(0);
  });

  test('area.reset() puts back in every storage what it had at the start, and windows hear of it', async () => {
    const [tab, other] = [area.openWindow({ sessionStorage: { draft: 'tea' } }), area.openWindow()];
    const frame = tab.openFrame();
    for (const window of [tab, other]) window.sessionStorage.setItem('draft', 'cake');
    tab.localStorage.setItem('theme', 'dark');
    await area.settled();
    const heard = listen(frame);
    area.reset();
    expect([tab, frame, other].map(({ sessionStorage }) => ({ ...sessionStorage }))).toEqual([
      { draft: 'tea' },
      { draft: 'tea' },
      {},
    ]);
    expect({ ...tab.localStorage }).toEqual({ theme: 'light' });
    await area.settled();
    expect(heard).toEqual([
      ['local', 'theme', 'dark', 'light', 'https://app.test/'],
      ['session', 'draft', 'cake', 'tea', 'https://app.test/'],
    ]);
  });

  test('a tab that another one opens starts with a copy of it, and goes its own way then', async () => {
    const opener = area.openWindow({ sessionStorage: { draft: 'tea', other: 'x' } });
    opener.sessionStorage.removeItem('other');
    const opened = area.openWindow({ opener });
    const heard = listen(opened);
    expect({ ...opened.sessionStorage }).toEqual({ draft: 'tea' });
    opener.sessionStorage.setItem('draft', 'cake');
    opened.sessionStorage.setItem('own', '1');
    await area.settled();
    expect([{ ...opener.sessionStorage }, { ...opened.sessionStorage }]).toEqual([{ draft: 'cake' }, { draft: 'tea', own: '1' }]);
    expect(heard).toEqual([]);
    opener.close();
    expect({ ...opened.sessionStorage }).toEqual({ draft: 'tea', own: '1' });
  });

  test('frames share that of their tab, and hear what the others change there', async () => {
    const tab = area.openWindow({ url: '/page' });
    const frames = [tab.openFrame({ url: '/a', client: 'frame-a' }), tab.openFrame({ url: '/b' })] as const;
    const nested = frames[0].openFrame();
    const stranger = area.openWindow();
    const windows = [tab, ...frames, nested, stranger];
    const heard = windows.map(listen);
    expect(frames[0].client).toBe('frame-a');
    frames[0].sessionStorage.setItem('draft', 'tea');
    tab.sessionStorage.clear();
    await area.settled();
    const set = ['session', 'draft', null, 'tea', 'https://app.test/a'];
    const cleared = ['session', null, null, null, 'https://app.test/page'];
    expect(heard).toEqual([[set], [cleared], [set, cleared], [set, cleared], []]);
  });

  test.each(['reload', 'close'] as const)('%s() of a tab closes its frames, whose listeners of pagehide are called', (method) => {
    const tab = area.openWindow({ sessionStorage: { draft: 'tea' } });
    const frame = tab.openFrame();
    const nested = frame.openFrame();
    const left: unknown[] = [];
    for (const window of [tab, frame, nested]) {
      window.addEventListener('pagehide', () => left.push([window.client, { ...window.sessionStorage }]));
    }
    tab[method]();
    expect(left).toEqual([tab, frame, nested].map(({ client }) => [client, { draft: 'tea' }]));
    expect([frame.closed, nested.closed, tab.closed]).toEqual([true, true, method === 'close']);
    expect(() => frame.sessionStorage).toThrow('the window is closed');
    if (method === 'reload') expect({ ...tab.sessionStorage }).toEqual({ draft: 'tea' });
  });

  test('a frame that is closed leaves the storage of its tab as it is', () => {
    const tab = area.openWindow();
    const frame = tab.openFrame();
    frame.sessionStorage.setItem('draft', 'tea');
    frame.close();
    expect({ ...tab.sessionStorage }).toEqual({ draft: 'tea' });
    expect({ ...tab.openFrame().sessionStorage }).toEqual({ draft: 'tea' });
  });

  test('refuses what it can not start with, and changes nothing', () => {
    const closed = area.openWindow();
    closed.close();
    const stranger = new WebStorageArea().openWindow();
    const refused = (action: () => unknown) => {
      try {
        action();
      } catch (error) {
        return [(error as { code: unknown }).code, (error as Error).message.replace(/, got .*/s, '')];
      }
      return undefined;
    };
    const invalid = (message: string) => ['ERR_INVALID_OPTION', message];
    const opener = 'openWindow: expected opener to be an open window of this area';
    expect([{}, stranger, closed].map((window) => refused(() => area.openWindow({ opener: window as never })))).toEqual([
      invalid(opener),
      invalid(opener),
      invalid(opener),
    ]);
    expect(refused(() => area.openWindow({ opener: area.openWindow(), sessionStorage: {} }))).toEqual(
      invalid('openWindow: expected no sessionStorage beside an opener'),
    );
    for (const sessionStorage of [null, 'x', [], { draft: 1 }] as never[]) {
      expect(refused(() => area.openWindow({ sessionStorage }))).toEqual(
        invalid('openWindow: expected sessionStorage to be an object of strings by key'),
      );
    }
    expect(refused(() => closed.openFrame())).toEqual(invalid('openFrame: expected a window that is open'));
    expect(refused(() => area.openWindow().openFrame({ url: 'https://elsewhere.test' }))).toEqual(
      invalid('openFrame: expected url to be an address of https://app.test'),
    );
    expect(refused(() => area.openWindow().openFrame({ opener: closed } as never))?.[0]).toBe('ERR_INVALID_OPTION');
  });
});

describe('QuotaExceededError', () => {
  afterEach(() => {
    delete (globalThis as { QuotaExceededError?: unknown }).QuotaExceededError;
  });

  test('is the class of newer Web IDL where the platform has it, with quota and requested in bytes', () => {
    class QuotaExceededError extends DOMException {
      constructor(
        message: string,
        readonly options: object,
      ) {
        super(message, 'QuotaExceededError');
      }
    }
    Object.assign(globalThis, { QuotaExceededError });
    const { localStorage } = new WebStorageArea({ quota: 10 }).openWindow();
    let thrown: unknown;
    try {
      localStorage.setItem('theme', 'too long');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(QuotaExceededError);
    expect(thrown).toMatchObject({ name: 'QuotaExceededError', code: 22, options: { quota: 20, requested: 26 } });
    expect(localStorage).toHaveLength(0);
  });
});
