import { frozen, SharedMemoryRegistry } from 'shared-memory-registry';
import { isSameGraph, sharedObjects } from '../support/graphs';
import { METADATA, ROUTES, rejection, stage, thrown } from '../support/refusals';

const cycle: { self?: unknown; list: unknown[] } = { list: [] };
cycle.self = cycle;
cycle.list.push(cycle);

const KEPT: [name: string, data: unknown][] = [
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['-0', -0],
  ['a bigint', 5n],
  ['a Date', new Date(5)],
  ['a RegExp', /a/gi],
  ['a Map', new Map<unknown, unknown>([[{ key: 1 }, [2]]])],
  ['a Set', new Set([{ a: 1 }])],
  ['a typed array', new Uint16Array([1, 2])],
  ['an ArrayBuffer', new Uint8Array([1, 2]).buffer],
  ['an Error', new RangeError('no', { cause: [1] })],
  ['a cycle', cycle],
  ['a sparse array', Object.assign([1], { length: 3 })],
  ['an own __proto__ key', JSON.parse('{"__proto__":{"polluted":true}}')],
  ['a null-prototype object', Object.assign(Object.create(null), { a: 1 })],
  ['a frozen object', Object.freeze({ list: Object.freeze([1]) })],
];

describe.each(ROUTES)('by %s', (_route, store) => {
  it.each(KEPT)('%s is kept, as structuredClone keeps it, and shares nothing', async (_name, data) => {
    const { registry, backend } = await stage();

    await store(backend, { revision: '8', data });

    const copies = [data, (await backend.load())?.data, (await backend.load())?.data, registry.peek('key')?.snapshot.data];
    for (const copy of copies) expect(isSameGraph(copy, structuredClone(data)) || copy === data).toBe(true);
    for (const [index, copy] of copies.entries()) {
      for (const other of copies.slice(index + 1)) expect(sharedObjects(copy, other)).toEqual([]);
    }
  });
});

it.each(KEPT)('%s is kept by initial', (_name, data) => {
  const registry = new SharedMemoryRegistry<unknown>({ initial: { key: { revision: '1', data } } });
  const copy = registry.peek('key')?.snapshot.data;

  expect(isSameGraph(copy, structuredClone(data))).toBe(true);
  expect(sharedObjects(copy, data)).toEqual([]);
});

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const REFUSED: [name: string, value: unknown][] = [
  ['a function', () => {}],
  ['a symbol', Symbol('s')],
  ['a WeakMap', new WeakMap()],
  ['a Promise', Promise.resolve()],
  ['a revoked Proxy', revoked.proxy],
  ['an object with state that can not be cloned', new WeakRef({})],
  ['shared memory', new SharedArrayBuffer(1)],
];

describe.each([
  ['structured', undefined],
  ['frozen', frozen],
])('under %s', (_codec, codec) => {
  describe.each(ROUTES)('by %s', (_route, store) => {
    it.each(REFUSED)('%s is refused, naming the path', async (_name, value) => {
      const { backend, refuses } = await stage({ codec });

      const error = await refuses('ERR_UNCLONEABLE', () =>
        store(backend, { revision: '8', data: { items: [0, 1, 2, { onClick: value }] } }),
      );

      expect(error.message).toContain('data.items[3].onClick');
    });
  });

  it.each(REFUSED)('%s is refused by initial, naming the path', (_name, value) => {
    const initial = { key: { revision: '1', data: { list: [value] } as unknown } };
    const error = thrown(() => new SharedMemoryRegistry<unknown>({ codec, initial })) as Error;

    expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE', operation: 'initial', key: 'key' });
    expect(error.message).toContain('data.list[0]');
  });
});

it('no entry appears where nothing was stored', async () => {
  const registry = new SharedMemoryRegistry<unknown>({ quota: 1000 });
  const backend = registry.getBackend('key');

  await rejection(backend.save({ revision: '1', data: () => {} }));
  await rejection(backend.saveWithMetadata({ snapshot: { revision: '1', data: () => {} }, metadata: METADATA }));
  await rejection(backend.update(() => ({ revision: '1', data: () => {} })));

  expect(registry.size).toBe(0);
  expect(registry.getUsage().used).toBe(0);
  expect(await backend.stat()).toBeNull();
});
