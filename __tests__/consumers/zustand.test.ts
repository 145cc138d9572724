import { SharedMemoryRegistry } from 'shared-memory-registry';
import { asAsyncStorage, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { createJSONStorage, type PersistOptions, persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';

interface Settings {
  theme: string;
  fontSize?: number;
}

type Options = Partial<PersistOptions<Settings>>;

function createSettings(options: Options) {
  return createStore<Settings>()(persist(() => ({ theme: 'light' }), { name: 'settings', ...options }));
}

/** A store as zustand's guide has it for several tabs: it reads again what another tab has written. */
function openSettings(tab: StorageWindow, options: Options = {}) {
  const store = createSettings({ storage: createJSONStorage(() => tab.localStorage), ...options });
  tab.addEventListener('storage', ({ key }) => {
    if (key === store.persist.getOptions().name || key === null) store.persist.rehydrate();
  });
  return store;
}

describe('A zustand store that persists to localStorage', () => {
  let area: WebStorageArea;
  let tab1: StorageWindow;
  let tab2: StorageWindow;

  beforeEach(() => {
    area = new WebStorageArea({ quota: 100 });
    [tab1, tab2] = [area.openWindow(), area.openWindow()];
  });

  test('has what the other tab has set, once that is told', async () => {
    const [left, right] = [openSettings(tab1), openSettings(tab2)];
    left.setState({ theme: 'dark' });
    expect(right.getState()).toEqual({ theme: 'light' });
    await area.settled();
    expect(right.getState()).toEqual({ theme: 'dark' });
  });

  test('has its state again after a reload', () => {
    openSettings(tab1).setState({ theme: 'dark' });
    tab1.reload();
    expect(openSettings(tab1).getState()).toEqual({ theme: 'dark' });
  });

  test('keeps its state where the other tab has removed it, and stores it again with the next change', async () => {
    const [left, right] = [openSettings(tab1), openSettings(tab2)];
    left.setState({ theme: 'dark' });
    await area.settled();
    left.persist.clearStorage();
    await area.settled();
    expect(right.getState()).toEqual({ theme: 'dark' });
    right.setState({ fontSize: 12 });
    expect(tab1.localStorage.getItem('settings')).toBe('{"state":{"theme":"dark","fontSize":12},"version":0}');
  });

  test('throws out of setState when the quota has run out, with the state changed and nothing stored', async () => {
    const [left, right] = [openSettings(tab1), openSettings(tab2)];
    const theme = 'dark'.repeat(25);
    expect(() => left.setState({ theme })).toThrow(expect.objectContaining({ name: 'QuotaExceededError', code: 22 }));
    await area.settled();
    expect(left.getState()).toEqual({ theme });
    expect(right.getState()).toEqual({ theme: 'light' });
  });

  test('tells onRehydrateStorage alone of JSON that is corrupt, and starts with its initial state', () => {
    openSettings(tab1).setState({ theme: 'dark' });
    area.corrupt('settings');
    tab1.reload();
    const onRehydrated = jest.fn();
    const store = openSettings(tab1, { onRehydrateStorage: () => onRehydrated });
    expect(onRehydrated.mock.calls).toEqual([[undefined, expect.objectContaining({ name: 'SyntaxError' })]]);
    expect(store.getState()).toEqual({ theme: 'light' });
    expect(store.persist.hasHydrated()).toBe(false);
  });

  test('replaces corrupt JSON by its next change', async () => {
    const [left, right] = [openSettings(tab1), openSettings(tab2)];
    left.setState({ theme: 'dark' });
    area.corrupt('settings');
    right.setState({ fontSize: 12 });
    await area.settled();
    expect(left.getState()).toEqual({ theme: 'light', fontSize: 12 });
  });

  test('lives in memory, without store.persist, where storage is switched off from the start', () => {
    area.blocked = true;
    const store = createSettings({ storage: createJSONStorage(() => tab1.localStorage) });
    store.setState({ theme: 'dark' });
    expect(store.getState()).toEqual({ theme: 'dark' });
    expect(store.persist).toBeUndefined();
  });

  test('of one version migrates what a store of another has migrated, for as long as both tabs are open', async () => {
    let migrations = 0;
    const migrate = (state: unknown) => {
      migrations += 1;
      if (migrations === 10) tab2.close();
      return state as Settings;
    };
    const old = openSettings(tab1, { version: 1, migrate });
    openSettings(tab2, { version: 2, migrate });
    old.setState({ theme: 'dark' });
    await area.settled();
    expect(migrations).toBeGreaterThanOrEqual(10);
  });
});

describe('A zustand store that persists to an async storage', () => {
  const stored = { initial: { settings: { revision: '1', data: '{"state":{"theme":"dark"},"version":0}' } } };

  const open = (registry: SharedMemoryRegistry<string>, client: string, options: Options = {}) => {
    const storage = asAsyncStorage(registry, { client });
    const store = createSettings({ storage: createJSONStorage(() => storage), ...options });
    storage.subscribe('settings', () => store.persist.rehydrate());
    return store;
  };

  test('has what another client has set', async () => {
    const registry = new SharedMemoryRegistry<string>();
    const [left, right] = [open(registry, 'app-1'), open(registry, 'app-2')];
    await left.setState({ theme: 'dark' });
    await new Promise((resolve) => setTimeout(resolve));
    expect(right.getState()).toEqual({ theme: 'dark' });
  });

  test('loses what is set before it has read, though that is stored', async () => {
    const registry = new SharedMemoryRegistry<string>(stored);
    const store = open(registry, 'app-1');
    await store.setState({ theme: 'blue' });
    await new Promise((resolve) => setTimeout(resolve));
    expect(store.getState()).toEqual({ theme: 'dark' });
    expect(registry.peek('settings')?.snapshot.data).toBe('{"state":{"theme":"blue"},"version":0}');
  });

  test('returns a promise from setState, which rejects when the quota has run out', async () => {
    const store = open(new SharedMemoryRegistry<string>({ quota: 10 }), 'app-1');
    await expect(store.setState({ theme: 'dark' })).rejects.toMatchObject({ name: 'QuotaExceededError', code: 22 });
    expect(store.getState()).toEqual({ theme: 'dark' });
  });
});
