import { frozen, json, reference, SharedMemoryRegistry, structured } from 'shared-memory-registry';

const MISSING = ['structuredClone', 'TextEncoder', 'TextDecoder', 'queueMicrotask', 'reportError', 'Buffer'];
const kept = new Map<string, PropertyDescriptor>();

beforeEach(() => {
  for (const name of MISSING) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor) kept.set(name, descriptor);
    Reflect.deleteProperty(globalThis, name);
  }
});

afterEach(() => {
  for (const [name, descriptor] of kept) Object.defineProperty(globalThis, name, descriptor);
});

it('they are missing indeed', () => {
  expect(MISSING.filter((name) => name in globalThis)).toEqual([]);
});

it.each([
  ['structured', structured],
  ['json', json],
  ['frozen', frozen],
  ['reference', reference],
])('everything works under %s', async (_name, codec) => {
  const data = { text: 'ä😀\ud800', list: [1, { deep: null }] };
  const registry = new SharedMemoryRegistry<unknown>({ codec, quota: 1000, initial: { first: { revision: '1', data } } });
  const [writer, reader] = [registry.getBackend('key'), registry.getBackend('key')];
  const changes: unknown[] = [];
  reader.subscribe(({ type }) => changes.push(type));

  await writer.save({ revision: '1', data });
  await writer.update((current) => ({ revision: '2', data: current?.data }));

  expect(await reader.load()).toStrictEqual({ revision: '2', data });
  expect(registry.peek('first')?.snapshot).toStrictEqual({ revision: '1', data });
  expect(changes).toEqual(['save', 'save']);
  // The text is 2 + 4 + 6 bytes: JSON writes a lone surrogate as \ud800.
  expect(await reader.stat()).toMatchObject({
    sizeBytes: '{"revision":"2","data":{"text":"","list":[1,{"deep":null}]}}'.length + 12,
  });
});

it('structured data of every kind is copied', async () => {
  const buffer = new ArrayBuffer(4);
  const data = {
    map: new Map([[{ key: 1 }, new Set([1])]]),
    date: new Date(5),
    pattern: /a/gi,
    bytes: new Uint16Array(buffer),
    view: new DataView(buffer, 1, 2),
    error: new TypeError('no', { cause: [1] }),
    boxed: [Object(1), Object('a'), Object(true), Object(5n)],
    big: 5n,
    nothing: undefined,
  };
  const backend = new SharedMemoryRegistry<typeof data>().getBackend('key');

  await backend.save({ revision: '1', data });
  const loaded = (await backend.load())?.data;

  expect(loaded).toStrictEqual(data);
  expect(loaded?.map).not.toBe(data.map);
  expect(loaded?.bytes.buffer).toBe(loaded?.view.buffer);
  expect(loaded?.bytes.buffer).not.toBe(buffer);
});

it('what can not be copied is refused, naming the path', async () => {
  const backend = new SharedMemoryRegistry<unknown>().getBackend('key');

  for (const value of [() => {}, Symbol('s'), new WeakMap(), Promise.resolve()]) {
    await expect(backend.save({ revision: '1', data: { list: [value] } })).rejects.toMatchObject({
      code: 'ERR_UNCLONEABLE',
      received: expect.stringContaining('data.list[0]'),
    });
  }
});
