import {
  createSharedMemoryStorage,
  KeyedMemoryBackend,
  type Revision,
  SharedMemoryRegistry,
  type StorageBackendWithMetadata,
} from 'shared-memory-registry';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import type { Documented } from '../dist/fixtures/documented-interface';

interface MyState {
  count: number;
}

describe('createSharedMemoryStorage', () => {
  test('runs the documented example to the letter', async () => {
    const shared = createSharedMemoryStorage<MyState>();

    const backendA = shared.getBackend('component-a');
    const backendB = shared.getBackend('component-b');

    await backendA.save({ revision: '1', data: { count: 1 } });
    await backendB.save({ revision: '1', data: { count: 2 } });

    // Each backend has its own isolated key
    const snapshotA = await backendA.load();
    const snapshotB = await backendB.load();
    expect([snapshotA?.data.count, snapshotB?.data.count]).toEqual([1, 2]);

    // Clear all shared data at once
    shared.clearAll();
    expect([await backendA.load(), await backendB.load()]).toEqual([null, null]);
  });

  test('gives backends of one key the same data, and another storage its own', async () => {
    const [shared, other] = [createSharedMemoryStorage<MyState>(), createSharedMemoryStorage<MyState>()];
    await shared.getBackend('a').save({ revision: '1', data: { count: 1 } });
    await expect(shared.getBackend('a').load()).resolves.toEqual({ revision: '1', data: { count: 1 } });
    await expect(other.getBackend('a').load()).resolves.toBeNull();
  });

  test('gives out functions that need no this, as the documented plain object does', async () => {
    const { getBackend, clearAll } = createSharedMemoryStorage<MyState>();
    const { save, load, clear, saveWithMetadata, loadWithMetadata, getUsage } = getBackend('a');
    await save({ revision: '1', data: { count: 1 } });
    await expect(load()).resolves.toEqual({ revision: '1', data: { count: 1 } });
    await clear?.();
    const metadata = { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false };
    await saveWithMetadata({ snapshot: { revision: '2', data: { count: 2 } }, metadata });
    await expect(loadWithMetadata()).resolves.toEqual({ snapshot: { revision: '2', data: { count: 2 } }, metadata });
    await expect(getUsage?.()).resolves.toEqual({ used: 36 });
    clearAll();
    await expect(load()).resolves.toBeNull();
  });

  test('gives out backends that can be wrapped by spreading them', async () => {
    const backend = createSharedMemoryStorage<MyState>().getBackend('a');
    const calls: string[] = [];
    const wrapped: StorageBackendWithMetadata<MyState> = {
      ...backend,
      save(snapshot) {
        calls.push(snapshot.revision);
        return backend.save(snapshot);
      },
    };
    await wrapped.save({ revision: '1', data: { count: 1 } });
    await expect(wrapped.load()).resolves.toEqual({ revision: '1', data: { count: 1 } });
    expect(calls).toEqual(['1']);
  });

  test('has functions of the documented length, which ignore further arguments', async () => {
    const shared = createSharedMemoryStorage<MyState>();
    const backend = shared.getBackend('a');
    const lengths = Object.fromEntries(Object.entries({ ...shared, ...backend }).map(([name, { length }]) => [name, length]));
    expect(lengths).toEqual({
      getBackend: 1,
      clearAll: 0,
      save: 1,
      load: 0,
      clear: 0,
      saveWithMetadata: 1,
      loadWithMetadata: 0,
      getUsage: 0,
    });
    const snapshots = [1, 2].map((count) => ({ revision: String(count) as Revision, data: { count } }));
    await Promise.all(snapshots.map(backend.save));
    await expect(Promise.resolve('a value').then(backend.load)).resolves.toEqual(snapshots[1]);
    const call = (method: unknown) => (method as (...args: unknown[]) => Promise<unknown>)(() => {}, 'context');
    await expect(call(backend.loadWithMetadata)).resolves.toMatchObject({ snapshot: snapshots[1] });
    await expect(call(backend.getUsage)).resolves.toEqual({ used: 36 });
    await call(backend.clear);
    await expect(backend.load()).resolves.toBeNull();
  });

  describe('as the hook of a test runner', () => {
    const backend = createSharedMemoryStorage<MyState>().getBackend('a');
    // A hook with a parameter would be given `done`, and waited for until the time is up.
    afterEach(backend.clear as () => Promise<void>);
    test('is filled by one test', async () => {
      await backend.save({ revision: '1', data: { count: 1 } });
    });
    test('is empty in the next one', async () => {
      await expect(backend.load()).resolves.toBeNull();
    });
  });
});

/** Code in the manner of the documented package: what it may know of a storage is the documented interface. */
describe('code that was written for the documented package', () => {
  interface Context {
    readonly storage: Documented.StorageBackend<MyState>;
    readonly onError: (error: unknown) => void;
    readonly ttlMs?: number;
  }

  const hasMetadata = (storage: Documented.StorageBackend<MyState>): storage is Documented.StorageBackendWithMetadata<MyState> =>
    'saveWithMetadata' in storage && 'loadWithMetadata' in storage;

  async function persist({ storage, onError, ttlMs }: Context, snapshot: Documented.SnapshotEnvelope<MyState>): Promise<void> {
    const text = JSON.stringify(snapshot);
    const metadata: Documented.PersistedSnapshotMetadata = {
      savedAt: 1000,
      schemaVersion: 2,
      sizeBytes: text.length,
      compressed: false,
      ttlMs: ttlMs as number,
    };
    metadata.hash = 'd0d0';
    try {
      if (hasMetadata(storage)) await storage.saveWithMetadata({ snapshot, metadata });
      else await storage.save(snapshot);
    } catch (error) {
      onError(error);
    }
  }

  async function restore({ storage }: Context): Promise<Documented.PersistedSnapshot<MyState> | null> {
    return hasMetadata(storage) ? storage.loadWithMetadata() : null;
  }

  const snapshot = { revision: '7' as Revision, data: { count: 7 } };

  test.each<[string, () => Documented.StorageBackend<MyState>]>([
    ['a backend of createSharedMemoryStorage', () => createSharedMemoryStorage<MyState>().getBackend('a')],
    ['a handle of a registry', () => new SharedMemoryRegistry<MyState>().getBackend('a')],
  ])('stores what it saves in %s', async (_name, open) => {
    const errors: unknown[] = [];
    const context = { storage: open(), onError: (error: unknown) => errors.push(error) };
    await persist(context, snapshot);
    expect(errors).toEqual([]);
    await expect(context.storage.load()).resolves.toEqual(snapshot);
    const persisted = await restore(context);
    expect(persisted).toEqual({
      snapshot,
      metadata: { savedAt: 1000, schemaVersion: 2, sizeBytes: 35, compressed: false, ttlMs: undefined, hash: 'd0d0' },
    });
  });

  test('tells a full storage by the message of its error', async () => {
    const errors: unknown[] = [];
    const storage = new SharedMemoryRegistry<MyState>({ quota: 10 }).getBackend('a');
    await persist({ storage, onError: (error) => errors.push(error) }, snapshot);
    expect(String(errors[0])).toMatch(/quota exceeded/i);
    const [tab, heard] = [new WebStorageArea({ quota: 10 }).openWindow(), [] as unknown[]];
    try {
      tab.localStorage.setItem('key', 'more than ten');
    } catch (error) {
      heard.push(error);
    }
    expect(String(heard[0])).toMatch(/quota exceeded/i);
  });

  test('is given a revision that is not canonical by a subclass, to test its guard', async () => {
    class Foreign extends KeyedMemoryBackend<MyState> {
      override async load(): Promise<Documented.SnapshotEnvelope<MyState> | null> {
        const loaded = await super.load();
        return loaded && { ...loaded, revision: '01' as Revision };
      }
      override async loadWithMetadata(): Promise<Documented.PersistedSnapshot<MyState> | null> {
        const loaded = await super.loadWithMetadata();
        return loaded && { ...loaded, snapshot: { ...loaded.snapshot, revision: '01' as Revision } };
      }
    }
    const storage = new SharedMemoryRegistry<MyState>().getBackend('a', { Backend: Foreign });
    await persist({ storage, onError: fail }, snapshot);
    expect((await storage.load())?.revision).toBe('01');
    expect((await restore({ storage, onError: fail }))?.snapshot.revision).toBe('01');
  });

  function fail(error: unknown): never {
    throw error;
  }
});
