import { createSharedMemoryStorage, KeyedMemoryBackend, type StorageBackendWithMetadata } from 'shared-memory-registry';

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
    await saveWithMetadata({ revision: '2', data: { count: 2 } }, metadata);
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
    expect(backend).toBeInstanceOf(KeyedMemoryBackend);
  });
});
