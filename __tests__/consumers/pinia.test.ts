import { createPinia, defineStore } from 'pinia';
import { createPersistedState } from 'pinia-plugin-persistedstate';
import { type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { createApp, nextTick } from 'vue';

const useSettings = defineStore('settings', { state: () => ({ theme: 'light' }), persist: true });

/** What a page does when it is loaded. */
function openApp(tab: StorageWindow) {
  const pinia = createPinia().use(createPersistedState({ storage: tab.localStorage, debug: true }));
  createApp({}).use(pinia);
  return useSettings(pinia);
}

/** As the plugin documents it: `$hydrate` reads the storage once more. */
function hydrateOnStorageEvents(tab: StorageWindow, store: ReturnType<typeof openApp>) {
  tab.addEventListener('storage', ({ key }) => {
    if (key === store.$id || key === null) store.$hydrate();
  });
}

describe('a persisted store', () => {
  let area: WebStorageArea;
  let tab1: StorageWindow;
  let tab2: StorageWindow;
  let logged: jest.SpyInstance;

  beforeEach(() => {
    area = new WebStorageArea({ quota: 100 });
    [tab1, tab2] = [area.openWindow(), area.openWindow()];
    logged = jest.spyOn(console, 'error').mockImplementation();
  });
  afterEach(() => logged.mockRestore());

  const logs = (name: string) =>
    expect(logged).toHaveBeenCalledWith('[pinia-plugin-persistedstate]', expect.objectContaining({ name }));

  test('is what another tab made of it after a reload, and not before', async () => {
    const [first, second] = [openApp(tab1), openApp(tab2)];
    first.theme = 'dark';
    await nextTick();
    await area.settled();
    expect(second.theme).toBe('light');
    tab2.reload();
    expect(openApp(tab2).theme).toBe('dark');
    expect(logged).not.toHaveBeenCalled();
  });

  test('hears another tab where a storage event makes it hydrate, and answers with no event of its own', async () => {
    const [first, second] = [openApp(tab1), openApp(tab2)];
    hydrateOnStorageEvents(tab2, second);
    const answer = jest.fn();
    tab1.addEventListener('storage', answer);
    first.theme = 'dark';
    await nextTick();
    await area.settled();
    expect(second.theme).toBe('dark');
    await nextTick();
    await area.settled();
    expect(answer).not.toHaveBeenCalled();
  });

  test('keeps its state when another tab clears the storage, although it hydrates', async () => {
    const [first, second] = [openApp(tab1), openApp(tab2)];
    hydrateOnStorageEvents(tab2, second);
    first.theme = 'dark';
    await nextTick();
    await area.settled();
    tab1.localStorage.clear();
    await area.settled();
    expect(second.theme).toBe('dark');
    expect(tab2.localStorage.length).toBe(0);
  });

  test('goes on in memory when the quota is used up; the error is logged with debug, and never thrown', async () => {
    const store = openApp(tab1);
    store.theme = 'x'.repeat(100);
    await nextTick();
    expect(store.theme).toHaveLength(100);
    logs('QuotaExceededError');
    expect(openApp(tab2).theme).toBe('light');
  });

  test('starts with its initial state where the stored JSON is corrupt, which stays until the next change', async () => {
    openApp(tab1).theme = 'dark';
    await nextTick();
    const damaged = area.corrupt('settings');
    const store = openApp(tab2);
    expect(store.theme).toBe('light');
    logs('SyntaxError');
    expect(tab1.localStorage.getItem('settings')).toBe(damaged);
    store.theme = 'blue';
    await nextTick();
    expect(tab1.localStorage.getItem('settings')).toBe('{"theme":"blue"}');
  });

  test('goes on in memory when storage is switched off later', async () => {
    const store = openApp(tab1);
    area.blocked = true;
    store.theme = 'dark';
    await nextTick();
    expect(store.theme).toBe('dark');
    logs('SecurityError');
    area.blocked = false;
    expect(tab2.localStorage.length).toBe(0);
  });

  test('can not be opened with the default storage, window.localStorage, where storage is switched off', () => {
    const uninstall = tab1.install();
    const pinia = createPinia().use(createPersistedState());
    createApp({}).use(pinia);
    area.blocked = true;
    expect(() => useSettings(pinia)).toThrow(expect.objectContaining({ name: 'SecurityError' }));
    uninstall();
  });
});
