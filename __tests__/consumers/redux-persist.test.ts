import { createStore } from 'redux';
import { getStoredState, type PersistConfig, type Persistor, persistReducer, persistStore, REHYDRATE } from 'redux-persist';
import { SharedMemoryRegistry } from 'shared-memory-registry';
import { asAsyncStorage, type Storage, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';

interface State {
  readonly theme: string;
  readonly note: string;
  /** Of reading: a reducer is told of it, and nobody else. */
  readonly failure: string;
}

type StateAction =
  | { type: 'set'; change: Partial<State> }
  | { type: typeof REHYDRATE; key: string; payload?: object; err?: Error };

function reducer(state: State = { theme: 'light', note: '', failure: '' }, action: StateAction): State {
  if (action.type === 'set') return { ...state, ...action.change };
  return action.type === REHYDRATE && action.err ? { ...state, failure: action.err.name } : state;
}

/** What `redux-persist/lib/storage` makes of a `localStorage`. */
function promised(storage: Storage) {
  return {
    getItem: async (key: string) => storage.getItem(key),
    setItem: async (key: string, value: string) => storage.setItem(key, value),
    removeItem: async (key: string) => storage.removeItem(key),
  };
}

async function openStore(options: Pick<PersistConfig<State>, 'storage' | 'writeFailHandler'>) {
  const config: PersistConfig<State> = { key: 'root', blacklist: ['failure'], timeout: 0, ...options };
  const store = createStore(persistReducer(config, reducer));
  const persistor = await new Promise<Persistor>((resolve) => {
    const opened: Persistor = persistStore(store, null, () => resolve(opened));
  });
  return {
    theme: () => store.getState().theme,
    failure: () => store.getState().failure,
    set: (change: Partial<State>) => {
      store.dispatch({ type: 'set', change });
      return persistor.flush();
    },
    flush: persistor.flush,
    /** Takes over what is stored, as redux-persist-crosstab does. */
    reread: async () => void store.dispatch({ type: REHYDRATE, key: 'root', payload: await getStoredState(config) }),
  };
}

const tick = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  // It prints what a storage rejects with.
  jest.spyOn(console, 'error').mockImplementation();
});

afterEach(() => jest.restoreAllMocks());

describe('A redux store that redux-persist keeps in localStorage', () => {
  let area: WebStorageArea;
  let tab1: StorageWindow;
  let tab2: StorageWindow;

  const open = (tab: StorageWindow, writeFailHandler?: (error: Error) => void) =>
    openStore({ storage: promised(tab.localStorage), writeFailHandler });

  beforeEach(() => {
    area = new WebStorageArea({ quota: 200 });
    [tab1, tab2] = [area.openWindow(), area.openWindow()];
  });

  test('has what the other tab has dispatched, once it is told and rehydrates', async () => {
    const [left, right] = [await open(tab1), await open(tab2)];
    tab2.addEventListener('storage', right.reread);
    await left.set({ theme: 'dark' });
    await area.settled();
    await tick();
    expect(right.theme()).toBe('dark');
  });

  test('has its state again after a reload', async () => {
    await (await open(tab1)).set({ theme: 'dark' });
    tab1.reload();
    expect((await open(tab1)).theme()).toBe('dark');
  });

  test('writes its old slices over those of the other tab if it does not rehydrate', async () => {
    const [left, right] = [await open(tab1), await open(tab2)];
    await left.set({ theme: 'dark' });
    await right.set({ note: 'milk' });
    tab1.reload();
    expect((await open(tab1)).theme()).toBe('light');
  });

  test('tells writeFailHandler when the quota has run out; its flush resolves all the same', async () => {
    const failed = jest.fn();
    const store = await open(tab1, failed);
    await store.set({ theme: 'dark' });
    await store.set({ theme: 'dark'.repeat(50) });
    expect(failed.mock.calls).toEqual([[expect.objectContaining({ name: 'QuotaExceededError', code: 22 })]]);
    tab1.reload();
    expect((await open(tab1)).theme()).toBe('dark');
  });

  test('starts anew from JSON that is corrupt, tells its reducer alone, and writes over it at once', async () => {
    await (await open(tab1)).set({ theme: 'dark' });
    area.corrupt('persist:root');
    tab1.reload();
    const store = await open(tab1);
    expect([store.theme(), store.failure()]).toEqual(['light', 'SyntaxError']);
    await store.flush();
    tab1.reload();
    expect((await open(tab1)).failure()).toBe('');
  });

  test('tells its reducer of storage that is switched off', async () => {
    const storage = promised(tab1.localStorage);
    area.blocked = true;
    const failed = jest.fn();
    const store = await openStore({ storage, writeFailHandler: failed });
    await store.set({ theme: 'dark' });
    expect([store.theme(), store.failure()]).toEqual(['dark', 'SecurityError']);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ name: 'SecurityError' }));
  });

  test('can not be opened on localStorage itself, though its types accept that', async () => {
    await expect(openStore({ storage: tab1.localStorage })).rejects.toThrow(TypeError);
  });
});

describe('A redux store that redux-persist keeps in an async storage', () => {
  test('has what another client has dispatched', async () => {
    const registry = new SharedMemoryRegistry<string>();
    const [here, there] = [asAsyncStorage(registry, { client: 'app-1' }), asAsyncStorage(registry, { client: 'app-2' })];
    const [left, right] = [await openStore({ storage: here }), await openStore({ storage: there })];
    there.subscribe('persist:root', right.reread);
    await left.set({ theme: 'dark' });
    await tick();
    expect(right.theme()).toBe('dark');
  });

  test('tells writeFailHandler when the quota has run out', async () => {
    const failed = jest.fn();
    const storage = asAsyncStorage(new SharedMemoryRegistry<string>({ quota: 200 }), { client: 'app-1' });
    const store = await openStore({ storage, writeFailHandler: failed });
    await store.set({ note: 'milk'.repeat(50) });
    expect(failed.mock.calls).toEqual([[expect.objectContaining({ name: 'QuotaExceededError', code: 22 })]]);
  });
});

test('its own storage is that of the window which is installed', async () => {
  const area = new WebStorageArea();
  const uninstall = area.openWindow().install();
  const { default: storage } = await import('redux-persist/lib/storage');
  await storage.setItem('theme', 'dark');
  uninstall();
  expect(area.registry.peek('theme')?.snapshot.data).toBe('dark');
});
