import { createAsyncStoragePersister } from '@tanstack/query-async-storage-persister';
import { MutationCache, QueryClient } from '@tanstack/query-core';
import {
  experimental_createQueryPersister,
  type Persister,
  persistQueryClient,
  persistQueryClientRestore,
  removeOldestQuery,
} from '@tanstack/query-persist-client-core';
import { createSyncStoragePersister } from '@tanstack/query-sync-storage-persister';
import { SharedMemoryRegistry } from 'shared-memory-registry';
import { asAsyncStorage, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';

const KEY = 'queries';
const TODOS = ['todos'];

/** Longer than what a persister waits, which is no time at all, to save. */
const saved = () => new Promise((resolve) => setTimeout(resolve, 20));

async function openClient(persister: Persister) {
  const queryClient = new QueryClient();
  const [, restored] = persistQueryClient({ queryClient, persister });
  await restored;
  return queryClient;
}

beforeEach(() => {
  // It prints why a cache was thrown away.
  jest.spyOn(console, 'error').mockImplementation();
  jest.spyOn(console, 'warn').mockImplementation();
});

afterEach(() => jest.restoreAllMocks());

describe.each([
  ['sync', createSyncStoragePersister],
  ['async', createAsyncStoragePersister],
])('A query client that the %s persister keeps in localStorage', (_, createPersister) => {
  let area: WebStorageArea;
  let tab1: StorageWindow;
  let tab2: StorageWindow;

  const persisterOf = (tab: StorageWindow, retry?: typeof removeOldestQuery) =>
    createPersister({ storage: tab.localStorage, key: KEY, throttleTime: 0, retry });
  const open = (tab: StorageWindow, retry?: typeof removeOldestQuery) => openClient(persisterOf(tab, retry));

  beforeEach(() => {
    area = new WebStorageArea({ quota: 1000 });
    [tab1, tab2] = [area.openWindow(), area.openWindow()];
  });

  test('has what the other tab has fetched, once it is told and restores', async () => {
    const [left, right] = [await open(tab1), await open(tab2)];
    tab2.addEventListener('storage', () => persistQueryClientRestore({ queryClient: right, persister: persisterOf(tab2) }));
    left.setQueryData(TODOS, ['milk']);
    await saved();
    expect(right.getQueryData(TODOS)).toEqual(['milk']);
  });

  test('has its data again after a reload', async () => {
    (await open(tab1)).setQueryData(TODOS, ['milk']);
    await saved();
    tab1.reload();
    expect((await open(tab1)).getQueryData(TODOS)).toEqual(['milk']);
  });

  test('writes its whole cache over that of the other tab', async () => {
    const [left, right] = [await open(tab1), await open(tab2)];
    left.setQueryData(TODOS, ['milk']);
    await saved();
    right.setQueryData(['user'], 'Ada');
    await saved();
    tab1.reload();
    expect((await open(tab1)).getQueryData(TODOS)).toBeUndefined();
  });

  test('loses what it was about to write when its tab is reloaded', async () => {
    const queryClient = await open(tab1);
    queryClient.setQueryData(TODOS, ['milk']);
    tab1.reload();
    await saved();
    expect((await open(tab1)).getQueryData(TODOS)).toBeUndefined();
  });

  test('tells nobody that the quota has run out', async () => {
    const queryClient = await open(tab1);
    queryClient.setQueryData(TODOS, ['milk'.repeat(500)]);
    await saved();
    expect(tab1.localStorage.getItem(KEY) ?? '').not.toContain('milk');
    expect(console.error).not.toHaveBeenCalled();
  });

  test('drops its oldest query when the quota has run out, if retry is removeOldestQuery', async () => {
    const retry = jest.fn(removeOldestQuery);
    const queryClient = await open(tab1, retry);
    queryClient.setQueryData(TODOS, ['milk'.repeat(500)], { updatedAt: 1 });
    queryClient.setQueryData(['user'], 'Ada', { updatedAt: 2 });
    await saved();
    expect(retry.mock.lastCall).toMatchObject([{ error: { name: 'QuotaExceededError', code: 22 }, errorCount: 1 }]);
    tab1.reload();
    expect((await open(tab1)).getQueriesData({})).toEqual([[['user'], 'Ada']]);
  });

  test('throws corrupt JSON away, rejects, and persists nothing from then on', async () => {
    tab1.localStorage.setItem(KEY, '{"timestamp":1}');
    area.corrupt(KEY);
    const queryClient = new QueryClient();
    const [, restored] = persistQueryClient({ queryClient, persister: persisterOf(tab1) });
    await expect(restored).rejects.toThrow(SyntaxError);
    expect(tab1.localStorage.getItem(KEY)).toBeNull();
    queryClient.setQueryData(TODOS, ['milk']);
    await saved();
    expect(tab1.localStorage.getItem(KEY)).toBeNull();
  });

  test('has a mutation that waits for the network once more after each time that it restores', async () => {
    const queryClient = await open(tab1);
    const paused = { ...new MutationCache().build(queryClient, {}).state, isPaused: true };
    queryClient.getMutationCache().build(queryClient, {}, paused);
    await saved();
    await persistQueryClientRestore({ queryClient, persister: persisterOf(tab1) });
    expect(queryClient.getMutationCache().getAll()).toHaveLength(2);
  });
});

describe('A query client that is kept in an async storage', () => {
  test('has what another client has fetched, and is told of it', async () => {
    const registry = new SharedMemoryRegistry<string>();
    const storage = asAsyncStorage(registry, { client: 'app-2' });
    const persister = createAsyncStoragePersister({ storage, key: KEY, throttleTime: 0 });
    const queryClient = await openClient(persister);
    storage.subscribe(KEY, () => persistQueryClientRestore({ queryClient, persister }));
    const other = asAsyncStorage(registry, { client: 'app-1' });
    (await openClient(createAsyncStoragePersister({ storage: other, key: KEY, throttleTime: 0 }))).setQueryData(TODOS, ['milk']);
    await saved();
    expect(queryClient.getQueryData(TODOS)).toEqual(['milk']);
  });

  test('query by query finds them all again, by the entries of the storage', async () => {
    const registry = new SharedMemoryRegistry<string>();
    const [here, there] = ['app-1', 'app-2'].map((client) => asAsyncStorage(registry, { client }));
    const [left, right] = [new QueryClient(), new QueryClient()];
    left.setQueryData(TODOS, ['milk']);
    await experimental_createQueryPersister({ storage: here }).persistQueryByKey(TODOS, left);
    await experimental_createQueryPersister({ storage: there }).restoreQueries(right);
    expect(right.getQueryData(TODOS)).toEqual(['milk']);
  });

  test('query by query rejects when the quota has run out', async () => {
    const storage = asAsyncStorage(new SharedMemoryRegistry<string>({ quota: 100 }), { client: 'app-1' });
    const queryClient = new QueryClient();
    queryClient.setQueryData(TODOS, ['milk']);
    const persisted = experimental_createQueryPersister({ storage }).persistQueryByKey(TODOS, queryClient);
    await expect(persisted).rejects.toMatchObject({ name: 'QuotaExceededError', code: 22 });
  });
});
