import { json, SharedMemoryRegistry } from 'shared-memory-registry';
import { ROUTES, stage, thrown } from '../support/refusals';

class Point {
  readonly x = 1;
  toJSON() {
    return { point: this.x };
  }
}

const CHANGED: [name: string, data: unknown][] = [
  ['undefined members', { a: undefined, b: 1 }],
  ['functions and symbols', { a() {}, b: Symbol('s'), c: [() => {}, Symbol('s'), undefined] }],
  ['NaN, infinity and -0', [Number.NaN, Number.POSITIVE_INFINITY, -0]],
  ['a Date', { at: new Date(5) }],
  ['an invalid Date', new Date(Number.NaN)],
  ['a Map and a Set', [new Map([[1, 2]]), new Set([1])]],
  ['a RegExp and an Error', [/a/, new Error('no')]],
  ['a typed array and its buffer', [new Uint8Array([1, 2]), new ArrayBuffer(2)]],
  ['a sparse array', Object.assign([1], { length: 4 })],
  ['a null-prototype object', Object.assign(Object.create(null), { a: 1 })],
  ['an instance with toJSON', [new Point()]],
  ['boxed values', [Object(1), Object('a'), Object(false)]],
  ['an own __proto__ key', JSON.parse('{"__proto__":{"polluted":true},"toString":1}')],
  ['lone surrogates', '\ud800\udfff\ud800'],
];

describe.each(ROUTES)('by %s', (_route, store) => {
  it.each(CHANGED)('%s come back as from JSON.parse(JSON.stringify(x))', async (_name, data) => {
    const { registry, backend } = await stage({ codec: json });
    const expected = JSON.parse(JSON.stringify(data));

    await store(backend, { revision: '8', data });

    expect((await backend.load())?.data).toStrictEqual(expected);
    expect(registry.peek('key')?.snapshot.data).toStrictEqual(expected);
  });

  const cycle: { list: unknown[] } = { list: [] };
  cycle.list.push(cycle);

  it.each<[string, unknown, string]>([
    ['a bigint', { items: [{ price: 5n }] }, 'data.items[0].price'],
    ['a cycle', cycle, 'data.list[0]'],
    ['undefined', undefined, 'data'],
    ['a function', () => {}, 'data'],
    ['a symbol', Symbol('s'), 'data'],
  ])('%s is refused, naming the path', async (_name, data, path) => {
    const { backend, refuses } = await stage({ codec: json });

    const error = await refuses('ERR_UNSERIALIZABLE', () => store(backend, { revision: '8', data }));

    expect(error.received.endsWith(` at ${path}`)).toBe(true);
  });
});

it('a bigint is refused by initial', () => {
  expect(thrown(() => new SharedMemoryRegistry({ codec: json, initial: { key: { revision: '1', data: [5n] } } }))).toMatchObject({
    code: 'ERR_UNSERIALIZABLE',
    key: 'key',
  });
});

it('Object.prototype is untouched by an own __proto__', async () => {
  const { backend } = await stage({ codec: json });

  await backend.save({ revision: '8', data: JSON.parse('{"__proto__":{"polluted":true}}') });

  const data = (await backend.load())?.data as object;
  expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  expect('polluted' in data || 'polluted' in {}).toBe(false);
});
