import { SharedMemoryRegistry, strict, structured } from 'shared-memory-registry';
import { rejection, thrown } from '../support/refusals';

const open = () => new SharedMemoryRegistry<unknown>({ codec: strict }).getBackend('key');

/** What a framework hands out of a store: it shows an object, and is none. */
const reactive = <T extends object>(target: T): T =>
  new Proxy(target, {
    get(shown, key) {
      const value: unknown = Reflect.get(shown, key);
      return typeof value === 'object' && value !== null ? reactive(value) : value;
    },
  });

describe('strict', () => {
  test.each<[string, unknown, string]>([
    ['a reactive object', { user: reactive({ name: 'Ada' }) }, 'data.user'],
    ['a reactive list', [1, [reactive([])]], 'data[1][0]'],
    ['a Proxy of a Map', { map: new Proxy(new Map(), {}) }, 'data.map'],
    ['all of it', reactive({}), 'data'],
    ['a value of a Map', new Map([['a', { b: reactive({}) }]]), 'data.a.b'],
    ['a function', { onClick: () => {} }, 'data.onClick'],
    ['shared memory', { memory: new SharedArrayBuffer(8) }, 'data.memory'],
    ['what the platform would make {} of', { url: new URL('https://app.test') }, 'data.url'],
  ])('refuses %s, and says where', async (_name, data, path) => {
    const backend = open();
    await backend.save({ revision: '1', data: 'before' });
    const error = await rejection(backend.save({ revision: '2', data }));
    expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE', expected: 'data that IndexedDB can store' });
    expect((error as Error).message).toMatch(new RegExp(` at ${path.replace(/[[\].]/g, '\\$&')}( |\\[|$)`));
    expect(await backend.load()).toEqual({ revision: '1', data: 'before' });
  });

  test('says why, and keeps the reason of the environment', async () => {
    const error = await rejection(open().save({ revision: '1', data: { user: reactive({}) } }));
    expect((error as Error).message).toMatch(
      /got what structuredClone refuses at data\.user \(DataCloneError: .*\) \[ERR_UNCLONEABLE\]$/,
    );
    expect((error as Error).cause).toMatchObject({ name: 'DataCloneError' });
  });

  test('comes to an end with a cycle', async () => {
    const data: Record<string, unknown> = { list: [] };
    Object.assign(data, { self: data, user: reactive({}) });
    await expect(open().save({ revision: '1', data })).rejects.toThrow(/at data\.(self\.)*(user|self)/);
  });

  test('keeps everything else as structured does', async () => {
    const data = { at: new Date(0), map: new Map([[1, new Set(['a'])]]), bytes: new Uint8Array([1]), none: undefined, big: 1n };
    const backend = open();
    await backend.save({ revision: '1', data });
    expect((await backend.load())?.data).toStrictEqual(structured.decode(structured.encode(data)));
    expect((await backend.stat())?.sizeBytes).toBe(
      JSON.stringify({ revision: '1', data: { at: new Date(0), map: [[1, ['a']]], bytes: 1, big: 1 } }).length,
    );
  });

  test('is refused by the constructor where the environment has no structuredClone', () => {
    const original = globalThis.structuredClone;
    Reflect.deleteProperty(globalThis, 'structuredClone');
    try {
      expect(thrown(() => new SharedMemoryRegistry({ codec: strict }))).toMatchObject({
        code: 'ERR_INVALID_OPTION',
        operation: 'new SharedMemoryRegistry',
        expected: 'an environment with structuredClone, which the codec strict asks',
      });
    } finally {
      Object.defineProperty(globalThis, 'structuredClone', { value: original, writable: true, configurable: true });
    }
  });
});

describe('structured', () => {
  test('takes a live Proxy for the object that it shows', async () => {
    const backend = new SharedMemoryRegistry<unknown>().getBackend('key');
    await backend.save({ revision: '1', data: reactive({ list: [{ a: 1 }] }) });
    expect((await backend.load())?.data).toStrictEqual({ list: [{ a: 1 }] });
  });

  test.each([
    ['Map', new Map()],
    ['Set', new Set()],
  ])('says of a Proxy of a %s what it is', async (name, target) => {
    const backend = new SharedMemoryRegistry<unknown>().getBackend('key');
    const data = { shown: new Proxy(target, {}) };
    await expect(backend.save({ revision: '1', data })).rejects.toThrow(
      `got a Proxy of a ${name}, or what only looks like a ${name} at data.shown`,
    );
  });
});
