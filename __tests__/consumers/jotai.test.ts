import { createStore } from 'jotai/vanilla';
import { atomWithStorage, createJSONStorage, RESET } from 'jotai/vanilla/utils';
import { asAsyncStorage, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';

interface Settings {
  readonly theme: string;
}

const light: Settings = { theme: 'light' };
const dark: Settings = { theme: 'dark' };

describe('an atom on localStorage', () => {
  let area: WebStorageArea;
  let tab: StorageWindow;
  let other: StorageWindow;
  let uninstall: () => void;

  beforeEach(() => {
    area = new WebStorageArea({ quota: 100 });
    [tab, other] = [area.openWindow(), area.openWindow()];
    uninstall = tab.install();
  });
  afterEach(() => uninstall());

  /** A page of jotai with the default storage of code that runs in the installed window, and a component that is mounted. */
  function openApp() {
    const settings = atomWithStorage('settings', light, createJSONStorage<Settings>());
    const store = createStore();
    store.sub(settings, () => {});
    return { settings, store };
  }

  test('hears what another tab stores, and that it is removed', async () => {
    const { settings, store } = openApp();
    other.localStorage.setItem('settings', JSON.stringify(dark));
    await area.settled();
    expect(store.get(settings)).toEqual(dark);
    other.localStorage.removeItem('settings');
    await area.settled();
    expect(store.get(settings)).toEqual(light);
  });

  test('is what it was after a reload, in the same tab and in another one', () => {
    const { settings, store } = openApp();
    store.set(settings, dark);
    expect(other.localStorage.getItem('settings')).toBe('{"theme":"dark"}');
    tab.reload();
    const reloaded = openApp();
    expect(reloaded.store.get(reloaded.settings)).toEqual(dark);
    reloaded.store.set(reloaded.settings, RESET);
    expect(other.localStorage.length).toBe(0);
  });

  test('throws at the setter when the quota is used up, and has its new value in this tab alone', () => {
    const { settings, store } = openApp();
    const long: Settings = { theme: 'x'.repeat(100) };
    expect(() => store.set(settings, long)).toThrow(expect.objectContaining({ name: 'QuotaExceededError', code: 22 }));
    expect(store.get(settings)).toEqual(long);
    expect(other.localStorage.getItem('settings')).toBeNull();
  });

  test('has its initial value where the stored JSON is corrupt', () => {
    other.localStorage.setItem('settings', JSON.stringify(dark));
    expect(area.corrupt('settings')).toBe('{"theme"');
    const { settings, store } = openApp();
    expect(store.get(settings)).toEqual(light);
    expect(tab.localStorage.getItem('settings')).toBe('{"theme"');
  });

  test('lives in memory where storage is switched off, and jotai warns', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    area.blocked = true;
    const { settings, store } = openApp();
    store.set(settings, dark);
    expect(store.get(settings)).toEqual(dark);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ name: 'SecurityError' }));
    area.blocked = false;
    expect(other.localStorage.length).toBe(0);
    warn.mockRestore();
  });
});

describe('an atom on an asynchronous storage', () => {
  const area = new WebStorageArea({ quota: 100 });
  afterEach(() => area.registry.reset());

  function openApp(client: string) {
    const storage = asAsyncStorage(area.registry, { client });
    const settings = atomWithStorage<Settings>(
      'settings',
      light,
      createJSONStorage<Settings>(() => storage),
    );
    const store = createStore();
    store.sub(settings, () => {});
    /** Resolves when a component would be rendered once more. */
    const nextChange = () => new Promise<void>((resolve) => store.sub(settings, resolve));
    return { settings, store, nextChange };
  }

  test('hears by subscribe what another client stores', async () => {
    const [one, two] = [openApp('app-1'), openApp('app-2')];
    const change = two.nextChange();
    await one.store.set(one.settings, dark);
    await change;
    expect(await two.store.get(two.settings)).toEqual(dark);
  });

  test('hears by subscribe what a window stores in localStorage, and a window hears of it', async () => {
    const [app, tab] = [openApp('app-1'), area.openWindow()];
    const heard = jest.fn();
    tab.addEventListener('storage', ({ newValue }) => heard(newValue));
    const change = app.nextChange();
    tab.localStorage.setItem('settings', '{"theme":"blue"}');
    await change;
    expect(await app.store.get(app.settings)).toEqual({ theme: 'blue' });
    await app.store.set(app.settings, dark);
    await area.settled();
    expect(heard.mock.calls).toEqual([['{"theme":"dark"}']]);
  });

  test('rejects at the setter when the quota is used up, and no other client has the value', async () => {
    const [one, two] = [openApp('app-1'), openApp('app-2')];
    const long: Settings = { theme: 'x'.repeat(100) };
    await expect(one.store.set(one.settings, long)).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(await one.store.get(one.settings)).toEqual(long);
    expect(await two.store.get(two.settings)).toEqual(light);
  });

  test('has its initial value where the stored JSON is corrupt', async () => {
    const one = openApp('app-1');
    await one.store.set(one.settings, dark);
    area.corrupt('settings');
    const two = openApp('app-2');
    expect(await two.store.get(two.settings)).toEqual(light);
  });
});
