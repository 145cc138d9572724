import { json, SharedMemoryRegistry, type StorageChange } from 'shared-memory-registry';
import { METADATA, stage, thrown } from '../support/refusals';

interface Data {
  list: number[];
}

async function filled() {
  const registry = new SharedMemoryRegistry<Data>({ quota: 1000 });
  const backend = registry.getBackend('key');
  await backend.saveWithMetadata({ snapshot: { revision: '1', data: { list: [1] } }, metadata: METADATA });
  return { registry, backend };
}

it('restored twice gives the same twice', async () => {
  const { registry, backend } = await filled();
  const before = registry.entries();
  const checkpoint = registry.checkpoint();

  for (const revision of ['2', '3']) {
    await backend.save({ revision, data: { list: [] } });
    registry.restore(checkpoint);
    expect(registry.entries()).toStrictEqual(before);
  }
});

it('restored twice in a row changes nothing the second time', async () => {
  const { registry } = await filled();
  const checkpoint = registry.checkpoint();
  registry.clearAll();
  registry.restore(checkpoint);
  await null;
  const changes: StorageChange[] = [];
  registry.subscribe((change) => changes.push(change));

  registry.restore(checkpoint);
  await null;

  expect(changes).toEqual([]);
});

it('restored into another registry is isolated from the first', async () => {
  const { registry, backend } = await filled();
  const other = new SharedMemoryRegistry<Data>();

  other.restore(registry.checkpoint());
  await backend.save({ revision: '2', data: { list: [] } });
  await other.getBackend('second').save({ revision: '1', data: { list: [] } });

  expect(other.peek('key')).toStrictEqual({ snapshot: { revision: '1', data: { list: [1] } }, metadata: METADATA });
  expect(registry.keys()).toEqual(['key']);
});

it('restored into a registry with another codec can be loaded there', async () => {
  const { registry } = await filled();
  const other = new SharedMemoryRegistry<Data>({ codec: json });

  other.restore(registry.checkpoint());

  expect(await other.getBackend('key').load()).toStrictEqual({ revision: '1', data: { list: [1] } });
  expect(other.getUsage().used).toBe(registry.getUsage().used);
});

it('of data that the other codec refuses is refused, and nothing has changed', () => {
  const source = new SharedMemoryRegistry<unknown>({
    initial: { fine: { revision: '1', data: 1 }, key: { revision: '1', data: 5n } },
  });
  const target = new SharedMemoryRegistry<unknown>({ codec: json, initial: { other: { revision: '1', data: 1 } } });
  const before = target.entries();

  expect(thrown(() => target.restore(source.checkpoint()))).toMatchObject({ code: 'ERR_UNSERIALIZABLE', operation: 'restore' });
  expect(target.entries()).toStrictEqual(before);
});

it('that the quota has no room for is refused, and nothing has changed', async () => {
  const source = new SharedMemoryRegistry<unknown>({ initial: { key: { revision: '1', data: 'x'.repeat(50) } } });
  const { registry: target, changes } = await stage({ quota: 50 });
  const before = [target.entries(), target.getUsage()];

  expect(thrown(() => target.restore(source.checkpoint()))).toMatchObject({ code: 22, operation: 'restore' });
  await null;

  expect([target.entries(), target.getUsage()]).toStrictEqual(before);
  expect(changes).toEqual([]);
});

it('that is stale restores what it held', async () => {
  const { registry, backend } = await filled();
  const checkpoint = registry.checkpoint();
  for (let revision = 2; revision < 50; revision += 1) await backend.save({ revision: String(revision), data: { list: [] } });
  registry.reset();

  registry.restore(checkpoint);

  expect(await backend.load()).toStrictEqual({ revision: '1', data: { list: [1] } });
  expect(await backend.stat()).toMatchObject({ saveCount: 1 });
});

it('outlives the registry it came from', async () => {
  const { registry } = await filled();
  const checkpoint = registry.checkpoint();
  registry.dispose();
  const other = new SharedMemoryRegistry<Data>();

  other.restore(checkpoint);

  expect(other.peek('key')?.snapshot.data).toStrictEqual({ list: [1] });
});

it('after disposal can neither be made nor restored', async () => {
  const { registry } = await filled();
  const checkpoint = registry.checkpoint();
  registry.dispose();

  expect(thrown(() => registry.checkpoint())).toMatchObject({ code: 'ERR_DISPOSED', operation: 'checkpoint' });
  expect(thrown(() => registry.restore(checkpoint))).toMatchObject({ code: 'ERR_DISPOSED', operation: 'restore' });
  expect(thrown(() => registry.reset())).toMatchObject({ code: 'ERR_DISPOSED', operation: 'reset' });
  expect(registry.toJSON()).toEqual({});
});

it.each<[string, (registry: SharedMemoryRegistry<Data>) => Data | undefined]>([
  ['peek', (registry) => registry.peek('key')?.snapshot.data],
  ['entries', (registry) => registry.entries()[0]?.[1].snapshot.data],
  ['iteration', (registry) => [...registry][0]?.[1].data],
  ['toJSON', (registry) => Object.values(registry.toJSON())[0]?.data],
])('is not changed by what is done to what %s gave', async (_name, look) => {
  const { registry } = await filled();
  const checkpoint = registry.checkpoint();

  look(registry)?.list.push(2);
  expect(look(registry)).toStrictEqual({ list: [1] });

  registry.restore(checkpoint);
  look(registry)?.list.push(3);
  expect(look(registry)).toStrictEqual({ list: [1] });
});

it('can not be changed', async () => {
  const { registry } = await filled();
  const checkpoint = registry.checkpoint();

  expect(checkpoint.size).toBe(1);
  expect(Object.keys(checkpoint)).toEqual([]);
  checkpoint.recordsFor(json).clear();
  expect(checkpoint.size).toBe(1);
});

it.each([null, undefined, {}, [], 'checkpoint', new Map(), { size: 0 }])('%p is refused in its place', async (checkpoint) => {
  const { registry, changes } = await stage();
  const before = registry.entries();

  expect(thrown(() => registry.restore(checkpoint as never))).toMatchObject({
    code: 'ERR_INVALID_CHECKPOINT',
    operation: 'restore',
    expected: 'what checkpoint() returned',
  });
  await null;

  expect(registry.entries()).toStrictEqual(before);
  expect(changes).toEqual([]);
});

it('restored in the middle of an update makes it start again, so none of it is lost', async () => {
  const { registry, backend } = await filled();
  const checkpoint = registry.checkpoint();
  await backend.save({ revision: '5', data: { list: [5] } });
  const given: unknown[] = [];

  await backend.update((current) => {
    given.push(current?.revision);
    if (given.length === 1) registry.restore(checkpoint);
    return { revision: '9', data: { list: [...(current?.data.list ?? []), 9] } };
  });

  expect(given).toEqual(['5', '1']);
  expect(registry.peek('key')?.snapshot.data).toStrictEqual({ list: [1, 9] });
});
