import type * as Ours from 'shared-memory-registry';
import { createSharedMemoryStorage, SharedMemoryRegistry } from 'shared-memory-registry';
import type { Documented } from '../dist/fixtures/documented-interface';

/** Compiles only where each type is assignable to the other. The same is compiled against the package in __tests__/dist. */
function assignable<A extends B, B extends C, C = A>(): void {}

interface State {
  theme: 'dark' | 'light';
}

test('our types are those of the documentation, in both directions', () => {
  assignable<Ours.Revision, Documented.Revision>();
  assignable<Ours.SnapshotEnvelope<State>, Documented.SnapshotEnvelope<State>>();
  assignable<Ours.PersistedSnapshotMetadata, Documented.PersistedSnapshotMetadata>();
  assignable<Ours.PersistedSnapshot<State>, Documented.PersistedSnapshot<State>>();
  assignable<Ours.StorageUsage, Documented.StorageUsage>();
  assignable<Ours.StorageBackend<State>, Documented.StorageBackend<State>>();
  assignable<Ours.StorageBackendWithMetadata<State>, Documented.StorageBackendWithMetadata<State>>();
  assignable<Ours.SharedMemoryStorage<State>, Documented.SharedMemoryStorage<State>>();
  // @ts-expect-error a backend of other data
  assignable<Ours.StorageBackendWithMetadata<number>, Documented.StorageBackendWithMetadata<State>>();
});

test('a handle of a registry is a documented backend', () => {
  const handle: Documented.StorageBackendWithMetadata<State> = new SharedMemoryRegistry<State>().getBackend('a');
  const shared: Documented.SharedMemoryStorage<State> = createSharedMemoryStorage<State>();
  expect([typeof handle.saveWithMetadata, typeof shared.clearAll]).toEqual(['function', 'function']);
});

test('what is handed out is the caller’s own: its members can be assigned', async () => {
  const backend = createSharedMemoryStorage<State>().getBackend('a');
  await backend.save({ revision: '1', data: { theme: 'dark' } });
  const persisted = await backend.loadWithMetadata();
  const usage = await backend.getUsage?.();
  if (!persisted || !usage) throw new Error('nothing was stored');
  persisted.snapshot.data = { theme: 'light' };
  persisted.snapshot.revision = '2' as Documented.Revision;
  persisted.metadata.hash = 'abc';
  usage.used = 3;
  expect((await backend.loadWithMetadata())?.snapshot).toEqual({ revision: '1', data: { theme: 'dark' } });
});
