import {
  createSharedMemoryStorage,
  frozen,
  json,
  reference,
  SharedMemoryRegistry,
  type SharedMemoryRegistryOptions,
  structured,
} from 'shared-memory-registry';

interface Settings {
  readonly theme: string;
  readonly list: readonly (number | null | { readonly deep: boolean })[];
}

const makeData = (): Settings => ({ theme: 'dark', list: [1, null, { deep: true }] });
const SNAPSHOT = { revision: '1', data: makeData() };
const METADATA = { savedAt: 5, schemaVersion: 2, sizeBytes: 9, compressed: false, tags: ['a', { b: 1 }] };

describe.each<[name: string, codec: SharedMemoryRegistryOptions<Settings>['codec']]>([
  ['structured', structured],
  ['json', json],
  ['frozen', frozen],
  ['reference', reference],
])('under the codec %s, plain data passes toStrictEqual', (_name, codec) => {
  const open = (initial?: SharedMemoryRegistryOptions<Settings>['initial']) => {
    const registry = new SharedMemoryRegistry<Settings>({ codec, initial, now: () => 1000 });
    return { registry, writer: registry.getBackend('key'), reader: registry.getBackend('key') };
  };

  it('through save and load', async () => {
    const { writer, reader } = open();

    await writer.save(SNAPSHOT);

    expect(await reader.load()).toStrictEqual(SNAPSHOT);
  });

  it('through saveWithMetadata and loadWithMetadata', async () => {
    const { writer, reader } = open();

    await writer.saveWithMetadata({ snapshot: SNAPSHOT, metadata: METADATA });

    expect(await reader.loadWithMetadata()).toStrictEqual({ snapshot: SNAPSHOT, metadata: METADATA });
  });

  it('through save and loadWithMetadata, stat and getUsage', async () => {
    const { writer, reader } = open();

    await writer.save(SNAPSHOT);

    expect(await reader.loadWithMetadata()).toStrictEqual({
      snapshot: SNAPSHOT,
      metadata: { savedAt: 1000, schemaVersion: 1, sizeBytes: JSON.stringify(SNAPSHOT).length, compressed: false },
    });
    expect(await reader.stat()).toStrictEqual({
      revision: '1',
      sizeBytes: JSON.stringify(SNAPSHOT).length,
      createdAt: 1000,
      updatedAt: 1000,
      saveCount: 1,
    });
    expect(await reader.getUsage()).toStrictEqual({ used: 'key'.length + JSON.stringify(SNAPSHOT).length });
  });

  it('through the looks of the registry', async () => {
    const { registry, writer } = open();
    const entry = { snapshot: SNAPSHOT, metadata: METADATA };

    await writer.saveWithMetadata({ snapshot: SNAPSHOT, metadata: METADATA });

    expect(registry.peek('key')).toStrictEqual(entry);
    expect(registry.entries()).toStrictEqual([['key', entry]]);
    expect([...registry]).toStrictEqual([['key', SNAPSHOT]]);
    expect(registry.toJSON()).toStrictEqual({ key: SNAPSHOT });
    expect(registry.keys()).toStrictEqual(['key']);
  });

  it('through update', async () => {
    const { writer, reader } = open({ key: SNAPSHOT });
    const given: unknown[] = [];

    const result = await writer.update((current) => {
      given.push(current);
      return { revision: '2', data: makeData() };
    });

    expect(given).toStrictEqual([SNAPSHOT]);
    expect(result).toStrictEqual({ revision: '2', data: makeData() });
    expect(await reader.load()).toStrictEqual({ revision: '2', data: makeData() });
  });

  it('through initial and reset', async () => {
    const { registry, writer, reader } = open({ key: SNAPSHOT });

    expect(await reader.load()).toStrictEqual(SNAPSHOT);
    await writer.clear();
    registry.reset();

    expect(await reader.load()).toStrictEqual(SNAPSHOT);
  });

  it('through checkpoint and restore, into another codec too', async () => {
    const { registry, writer, reader } = open({ key: SNAPSHOT });
    const checkpoint = registry.checkpoint();
    const other = new SharedMemoryRegistry<Settings>({ codec: codec === json ? structured : json });

    await writer.save({ revision: '2', data: { theme: 'light', list: [] } });
    registry.restore(checkpoint);
    other.restore(checkpoint);

    expect(await reader.load()).toStrictEqual(SNAPSHOT);
    expect(other.peek('key')?.snapshot).toStrictEqual(SNAPSHOT);
  });

  it('in a change', async () => {
    const { writer, reader } = open();
    const changes: unknown[] = [];
    reader.subscribe((change) => changes.push(change));

    await writer.save(SNAPSHOT);

    expect(changes).toStrictEqual([{ type: 'save', key: 'key', client: 'client-1', revision: '1', previousRevision: null }]);
  });
});

it('structured data of every kind is of the realm of the test', async () => {
  const data = {
    map: new Map([[{ key: 1 }, new Set([1])]]),
    date: new Date(5),
    pattern: /a/gi,
    bytes: new Uint8Array([1, 2]),
    error: new TypeError('no'),
    big: 5n,
    nothing: undefined,
  };
  const backend = new SharedMemoryRegistry<typeof data>().getBackend('key');

  await backend.save({ revision: '1', data });

  expect((await backend.load())?.data).toStrictEqual(data);
});

it('the documented example runs', async () => {
  const shared = createSharedMemoryStorage<{ count: number }>();
  const backendA = shared.getBackend('component-a');
  const backendB = shared.getBackend('component-b');

  await backendA.save({ revision: '1', data: { count: 1 } });
  await backendB.save({ revision: '1', data: { count: 2 } });

  expect(await backendA.load()).toStrictEqual({ revision: '1', data: { count: 1 } });
  expect(await backendB.load()).toStrictEqual({ revision: '1', data: { count: 2 } });
  shared.clearAll();
  expect(await backendA.load()).toBeNull();
});

it('promises are of the realm of the test, and so are errors', async () => {
  const backend = new SharedMemoryRegistry<number>().getBackend('key');

  expect(backend.load()).toBeInstanceOf(Promise);
  await expect(backend.save({ revision: '01', data: 1 })).rejects.toBeInstanceOf(Error);
});

it('refuses what can not be copied, naming the path', async () => {
  const backend = new SharedMemoryRegistry<unknown>().getBackend('key');

  for (const value of [() => {}, Symbol('s'), new WeakMap(), Promise.resolve()]) {
    await expect(backend.save({ revision: '1', data: { list: [value] } })).rejects.toMatchObject({
      code: 'ERR_UNCLONEABLE',
      received: expect.stringContaining('data.list[0]'),
    });
  }
});

it('takes the signals of the environment', async () => {
  const backend = new SharedMemoryRegistry<number>().getBackend('key');
  const controller = new AbortController();

  await backend.save({ revision: '1', data: 1 }, { signal: controller.signal });
  controller.abort();

  await expect(backend.load({ signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
});
