import {
  type KeyedMemoryBackend,
  type PersistedSnapshotMetadata,
  type SharedMemoryRegistry as Registry,
  SharedMemoryRegistry,
  type SharedMemoryRegistryOptions,
  type StorageChange,
  StorageError,
} from 'shared-memory-registry';

export const METADATA: PersistedSnapshotMetadata = { savedAt: 5, schemaVersion: 2, sizeBytes: 9, compressed: true };

/** Every way by which a snapshot gets into a key that is in use. */
export const ROUTES: [name: string, store: (backend: KeyedMemoryBackend<unknown>, snapshot: unknown) => Promise<unknown>][] = [
  ['save', (backend, snapshot) => backend.save(snapshot as never)],
  ['saveWithMetadata', (backend, snapshot) => backend.saveWithMetadata({ snapshot: snapshot as never, metadata: METADATA })],
  ['update', (backend, snapshot) => backend.update(() => snapshot as never)],
];

export interface Stage {
  readonly registry: Registry<unknown>;
  readonly backend: KeyedMemoryBackend<unknown>;
  readonly changes: readonly StorageChange[];
  /** Runs what must be refused, proves that nothing has changed by it, and gives the error. */
  refuses(code: string | number, run: () => Promise<unknown>): Promise<StorageError>;
}

/** A registry with a quota and one key in use, whose every change is heard. */
export async function stage(options: SharedMemoryRegistryOptions<unknown> = {}): Promise<Stage> {
  const registry = new SharedMemoryRegistry<unknown>({ quota: 1_000_000, ...options });
  const backend = registry.getBackend('key');
  await backend.saveWithMetadata({ snapshot: { revision: '7', data: { kept: [1, 2] } }, metadata: METADATA });
  const changes: StorageChange[] = [];
  registry.subscribe((change) => changes.push(change));

  const look = async () => ({
    entries: registry.entries(),
    stat: await registry.getBackend('key').stat(),
    usage: registry.getUsage(),
  });

  const refuses = async (code: string | number, run: () => Promise<unknown>): Promise<StorageError> => {
    const before = await look();
    const heard = changes.length;
    const error = await rejection(run());
    expect(error).toMatchObject({ code, key: 'key' });
    expect(StorageError.is(error)).toBe(true);
    expect(await look()).toEqual(before);
    expect(changes).toHaveLength(heard);
    return error as StorageError;
  };

  return { registry, backend, changes, refuses };
}

/** What a promise rejects with. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${String(value)}`);
    },
    (error) => error,
  );
}

/** What a function throws. */
export function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('expected an exception');
}

/** A value inside so many arrays. */
export function nest(depth: number, innermost: unknown = null): unknown {
  let value = innermost;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}
