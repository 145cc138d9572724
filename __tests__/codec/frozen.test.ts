import fc from 'fast-check';
import { frozen } from '../../src/codec/frozen';
import { isSameGraph, objectsIn, sharedObjects } from '../support/graphs';
import { nest, thrown } from '../support/refusals';
import { anyJson } from '../support/values';

const { encode, decode } = frozen;

it('gives what was saved, shares nothing with it, and every object of it is frozen', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const copy = decode(encode(value));

      expect(isSameGraph(copy, structuredClone(value))).toBe(true);
      expect(sharedObjects(copy, value)).toEqual([]);
      expect([...objectsIn(copy)].filter((object) => !Object.isFrozen(object))).toEqual([]);
    }),
  );
});

it('leaves the original as it was', () => {
  const original = { inner: [] };

  encode(original);

  expect(Object.isFrozen(original) || Object.isFrozen(original.inner)).toBe(false);
});

it('hands out the same object at each load', () => {
  const encoded = encode({ a: 1 });

  expect(decode(encoded)).toBe(decode(encoded));
});

it.each<[string, () => unknown]>([
  ['undefined', () => undefined],
  ['null', () => null],
  ['a bigint', () => 5n],
  ['an instance of a class', () => [Object.assign(Object.create({}), { a: 1 })]],
])('keeps %s', (_name, make) => {
  expect(decode(encode(make()))).toEqual(make());
});

it('freezes what refers to itself', () => {
  const cycle: { self?: unknown; list: unknown[] } = { list: [] };
  cycle.self = cycle;
  cycle.list.push(cycle);

  const copy = decode<typeof cycle>(encode(cycle));

  expect(copy.self).toBe(copy);
  expect(Object.isFrozen(copy) && Object.isFrozen(copy.list)).toBe(true);
});

it.each<[string, object, string]>([
  ['a RegExp', /a/g, 'an instance of RegExp'],
  ['a boxed number', Object(1), 'an instance of Number'],
  ['an error', new TypeError('broken'), 'TypeError: broken'],
  ['a blob', new Blob(['text']), 'an instance of Blob'],
])('refuses %s', (_name, value, received) => {
  expect(thrown(() => encode([value]))).toMatchObject({ code: 'ERR_UNCLONEABLE', received: `${received} at data[0]` });
});

describe('what freezing can not protect', () => {
  it.each<[string, unknown, string]>([
    ['a Date', new Date(0), 'an instance of Date at data'],
    ['a Map', { map: new Map() }, 'an instance of Map at data.map'],
    ['a Set', [0, new Set()], 'an instance of Set at data[1]'],
    ['an ArrayBuffer', { deep: [{ buffer: new ArrayBuffer(1) }] }, 'an instance of ArrayBuffer at data.deep[0].buffer'],
    ['a typed array', [new Uint8Array(1)], 'an instance of Uint8Array at data[0]'],
    ['an empty typed array', [new Uint8Array(0)], 'an instance of Uint8Array at data[0]'],
    ['a DataView', [[], new DataView(new ArrayBuffer(1))], 'an instance of DataView at data[1]'],
    [
      'a Date in the cause of an error',
      [new Error('broken', { cause: [new Date(0)] })],
      'an instance of Date at data[0].cause[0]',
    ],
  ])('refuses %s', (_name, value, received) => {
    expect(thrown(() => encode(value))).toMatchObject({
      code: 'ERR_UNCLONEABLE',
      expected: 'data that can be frozen: plain objects, arrays, primitives',
      received,
    });
  });

  it('refuses what can not be copied', () => {
    expect(thrown(() => encode({ on() {} }))).toMatchObject({ code: 'ERR_UNCLONEABLE', received: 'a function at data.on' });
  });

  it('refuses what nests too deeply with a coded error', () => {
    expect(thrown(() => encode(nest(100_000)))).toMatchObject({ code: 'ERR_UNCLONEABLE' });
  });
});
