import { SharedMemoryRegistry, type StorageChange } from 'shared-memory-registry';

beforeEach(() => {
  jest.useFakeTimers({ now: 1000 });
});

afterEach(() => {
  jest.useRealTimers();
});

const SNAPSHOT = { revision: '1', data: { count: 1 } };

it('every operation goes on without a tick of the clock', async () => {
  const registry = new SharedMemoryRegistry<unknown>({ quota: 1000 });
  const [writer, reader] = [registry.getBackend('key'), registry.getBackend('key')];
  const changes: StorageChange['type'][] = [];
  reader.subscribe(({ type }) => changes.push(type));

  await writer.save(SNAPSHOT);
  await writer.saveWithMetadata({
    snapshot: SNAPSHOT,
    metadata: { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false },
  });
  await writer.update(() => SNAPSHOT);
  expect(await reader.load()).toStrictEqual(SNAPSHOT);
  expect(await reader.loadWithMetadata()).toMatchObject({ snapshot: SNAPSHOT });
  expect(await reader.stat()).toMatchObject({ saveCount: 3 });
  await reader.getUsage();
  await writer.clear();
  registry.clearAll();

  expect(changes).toEqual(['save', 'save', 'save', 'clear']);
});

it('clearAll, restore and reset are told of without a tick of the clock', async () => {
  const registry = new SharedMemoryRegistry<unknown>({ initial: { key: SNAPSHOT } });
  const changes: StorageChange['type'][] = [];
  registry.getBackend('key').subscribe(({ type }) => changes.push(type));
  const checkpoint = registry.checkpoint();

  registry.clearAll();
  registry.restore(checkpoint);
  registry.clearAll();
  registry.reset();
  await null;

  expect(changes).toEqual(['clear', 'save', 'clear', 'save']);
});

it('many operations at once, and those with a signal, go on as well', async () => {
  const registry = new SharedMemoryRegistry<unknown>();
  const backend = registry.getBackend('key');
  const { signal } = new AbortController();

  await Promise.all(Array.from({ length: 20 }, (_, index) => backend.save({ revision: String(index), data: index }, { signal })));

  expect(registry.peek('key')?.snapshot.data).toBe(19);
});

it('refusals are told without a tick of the clock', async () => {
  const registry = new SharedMemoryRegistry<unknown>({ quota: 5 });
  const backend = registry.getBackend('key');

  await expect(backend.save(SNAPSHOT)).rejects.toMatchObject({ code: 22 });
  await expect(backend.save(SNAPSHOT, { ifMatch: '9' })).rejects.toMatchObject({ code: 'ERR_REVISION_CONFLICT' });
  registry.dispose();
  await expect(backend.load()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
});

it('no timer is set', async () => {
  const registry = new SharedMemoryRegistry<unknown>();
  const [writer, reader] = [registry.getBackend('key'), registry.getBackend('key')];
  reader.subscribe(() => {});

  await writer.save(SNAPSHOT);
  await writer.update(() => SNAPSHOT);
  await reader.load();

  expect(jest.getTimerCount()).toBe(0);
});

it('savedAt and the times of stat are those of the faked clock', async () => {
  const registry = new SharedMemoryRegistry<unknown>({ initial: { early: SNAPSHOT } });
  const backend = registry.getBackend('key');

  await backend.save(SNAPSHOT);
  jest.setSystemTime(2000);
  await backend.save(SNAPSHOT);

  expect(registry.peek('early')?.metadata.savedAt).toBe(1000);
  expect((await backend.loadWithMetadata())?.metadata.savedAt).toBe(2000);
  expect(await backend.stat()).toMatchObject({ createdAt: 1000, updatedAt: 2000 });
});

it('a clock that is faked after the registry was made counts', async () => {
  jest.useRealTimers();
  const registry = new SharedMemoryRegistry<unknown>();
  jest.useFakeTimers({ now: 5 });

  await registry.getBackend('key').save(SNAPSHOT);

  expect(registry.peek('key')?.metadata.savedAt).toBe(5);
});

it('Date.now that a spy replaces counts', async () => {
  const registry = new SharedMemoryRegistry<unknown>();
  const spy = jest.spyOn(Date, 'now').mockReturnValue(77);

  await registry.getBackend('key').save(SNAPSHOT);
  spy.mockRestore();

  expect(registry.peek('key')?.metadata.savedAt).toBe(77);
});

it('the error of a listener fails nobody, and reaches onListenerError without a tick of the clock', async () => {
  const errors: unknown[] = [];
  const registry = new SharedMemoryRegistry<unknown>({ onListenerError: (error) => errors.push(error) });
  const broken = new Error('no');
  registry.subscribe(() => {
    throw broken;
  });

  await registry.getBackend('key').save(SNAPSHOT);

  expect(errors).toEqual([broken]);
});
