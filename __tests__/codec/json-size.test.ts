import fc from 'fast-check';
import { frozen, json, reference, SharedMemoryRegistry, structured } from 'shared-memory-registry';
import { jsonSize } from '../../src/codec/json-size';
import { nest } from '../support/refusals';
import { anyJson, anyTangle, anyValue } from '../support/values';

function textSize(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

describe('jsonSize', () => {
  it('is the number of UTF-8 bytes of the JSON text of any JSON value', () => {
    fc.assert(
      fc.property(anyJson, (value) => jsonSize(value) === textSize(value)),
      { numRuns: 500 },
    );
  });

  const shared = { a: [1, 2] };

  it.each<[string, unknown]>([
    ['-0', -0],
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['a large number', 1e21],
    ['booleans', [true, false]],
    ['null', null],
    ['dropped members', { a: undefined, b() {}, c: Symbol('s'), d: 1, e: undefined, f: 2 }],
    ['dropped members alone', { a: undefined }],
    ['members that an array can not drop', [undefined, () => {}, Symbol('s')]],
    ['an empty array', []],
    ['an empty object', {}],
    ['an array of holes', new Array(5)],
    ['an array of one hole', new Array(1)],
    ['a sparse array', Object.assign([1], { 4: 'last' })],
    ['an array that ends in holes', Object.assign([1, 2], { length: 9 })],
    ['an array with members that are none', Object.assign([1, 2], { extra: 5 })],
    [
      'an array with members whose names only look like an index',
      Object.assign([1, 2], { '01': 'x', '1.0': 'y', '4294967295': 'z' }),
    ],
    ['a Date', new Date(0)],
    ['an invalid Date', [new Date(Number.NaN)]],
    ['boxed values', [Object(1), Object('text'), Object(true), Object(Number.NaN)]],
    ['what is met twice', [shared, shared, { shared }]],
    ['an own __proto__ key', JSON.parse('{"__proto__":{"a":1}}')],
    ['hidden and symbol members', Object.defineProperty({ [Symbol('s')]: 1 }, 'hidden', { value: 1 })],
    ['a toJSON', { toJSON: () => ({ some: 'thing' }) }],
    ['a toJSON that gives itself', Object.defineProperty({ a: 1 }, 'toJSON', { value: returnThis })],
    ['a toJSON that gives text', [{ toJSON: () => 'text' }]],
    ['a toJSON that gives undefined to an object', { gone: { toJSON: () => undefined }, a: 1 }],
    ['a toJSON that gives undefined to an array', [{ toJSON: () => undefined }]],
    ['a toJSON that gives something with a toJSON', { toJSON: () => new Date(0) }],
    ['a toJSON that is no function', { toJSON: 5 }],
  ])('of %s is that of its JSON text', (_name, value) => {
    expect(jsonSize(value)).toBe(textSize(value));
  });

  const cycle: unknown[] = [];
  cycle.push(cycle, 1);
  const error = Object.assign(new TypeError('no'), { extra: 1 });

  it.each<[string, unknown, number]>([
    ['undefined', undefined, 0],
    ['a function', () => {}, 0],
    ['a bigint', 2n ** 64n, 20],
    ['a negative bigint', [-5n], 4],
    ['a boxed bigint', Object(123n), 3],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        ['b', { c: 2 }],
      ]),
      textSize([
        ['a', 1],
        ['b', { c: 2 }],
      ]),
    ],
    ['an empty Map', new Map(), 2],
    ['a Map with undefined', new Map([[undefined, undefined]]), textSize([[null, null]])],
    ['a Set', new Set([1, 'b', [2]]), textSize([1, 'b', [2]])],
    ['an empty Set', new Set(), 2],
    ['a Set with undefined', new Set([undefined]), textSize([null])],
    ['an ArrayBuffer', new ArrayBuffer(7), 7],
    ['a typed array', new Float64Array(3), 24],
    ['a DataView', [new DataView(new ArrayBuffer(8), 2, 4)], 6],
    ['a RegExp', /ä"/gi, textSize('/ä"/gi')],
    ['an Error', error, textSize({ name: 'TypeError', message: 'no', extra: 1 })],
    ['a cycle', cycle, textSize([null, 1])],
    ['a cycle in a cycle', { cycle, again: [cycle] }, textSize({ cycle: [null, 1], again: [[null, 1]] })],
  ])('of %s, which JSON can not say, follows the documented rule', (_name, value, size) => {
    expect(jsonSize(value)).toBe(size);
  });

  it('is a whole number for any value', () => {
    fc.assert(
      fc.property(fc.oneof(anyValue, anyTangle), (value) => Number.isInteger(jsonSize(value))),
      { numRuns: 300 },
    );
  });

  it('counts whatever nests as deeply as the structured codec takes', () => {
    expect(jsonSize(nest(1000))).toBe(textSize(nest(1000)));
  });

  it('counts what comes after numbers, or is deep inside, by the same rules', () => {
    expect(jsonSize([1, 2, new Map([['a', 1]])])).toBe(textSize([1, 2, [['a', 1]]]));
    expect(jsonSize({ a: [{ b: 5n }] })).toBe(textSize({ a: [{ b: 5 }] }));
    expect(jsonSize({ a: { date: new Date(0), list: Object.assign(new Set([1]), { extra: 1 }) } })).toBe(
      textSize({ a: { date: new Date(0), list: [1] } }),
    );
  });

  it('reads no toJSON twice', () => {
    const toJSON = jest.fn(() => 'text');
    expect(jsonSize({ inner: { toJSON } })).toBe(textSize({ inner: 'text' }));
    expect(toJSON).toHaveBeenCalledTimes(1);
  });
});

function returnThis(this: unknown): unknown {
  return this;
}

describe('the size of an entry', () => {
  it('is that of the JSON text of its envelope, on every codec', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), async (data, number) => {
        const snapshot = { revision: String(number), data };
        for (const codec of [structured, json, frozen, reference]) {
          const backend = new SharedMemoryRegistry<unknown>({ codec }).getBackend('key');
          await backend.save(snapshot);
          expect((await backend.stat())?.sizeBytes).toBe(textSize(snapshot));
        }
      }),
    );
  });

  it.each([
    ['structured', structured],
    ['frozen', frozen],
    ['reference', reference],
  ])('leaves out data that is undefined, under %s', async (_name, codec) => {
    const backend = new SharedMemoryRegistry<unknown>({ codec }).getBackend('key');

    await backend.save({ revision: '1', data: undefined });

    expect((await backend.stat())?.sizeBytes).toBe('{"revision":"1"}'.length);
  });
});
