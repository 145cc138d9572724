import { isEqualData } from '../../src/store/is-equal-data';

class Point {
  constructor(readonly x: number) {}
}

function makeCycle(value: unknown): unknown {
  const cycle: { self?: unknown; value: unknown } = { value };
  cycle.self = [cycle];
  return cycle;
}

describe('isEqualData', () => {
  test.each<[string, () => unknown]>([
    ['text', () => 'text'],
    ['NaN', () => Number.NaN],
    ['nothing', () => undefined],
    ['a tree', () => ({ a: [1, { b: null }], c: 'text' })],
    ['an object without a prototype', () => Object.assign(Object.create(null), { a: 1 })],
    ['a sparse array', () => Object.assign(new Array(3), { 0: 1, 2: 3 })],
    ['bytes', () => Buffer.from('bytes')],
    ['a view of a part', () => new Uint8Array([0, 1, 2]).subarray(1)],
    ['a buffer', () => new Uint8Array([1, 2]).buffer],
    ['a Date', () => new Date(5)],
    ['an invalid Date', () => new Date(Number.NaN)],
    ['a Map', () => new Map<unknown, unknown>([[{ a: 1 }, [2]]])],
    ['a Set', () => new Set([[1], 'a'])],
    ['a regular expression', () => /a/gu],
    ['an Error', () => Object.assign(new TypeError('no', { cause: [1] }), { stack: 'at' })],
    ['a boxed number', () => Object(1)],
    ['a cycle', () => makeCycle(1)],
  ])('finds two copies of %s equal', (_name, make) => {
    expect(isEqualData(make(), make())).toBe(true);
  });

  test('does not care for the order of keys', () => {
    expect(isEqualData({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  });

  test.each<[unknown, unknown]>([
    ['a', 'b'],
    [1, '1'],
    [0, -0],
    [null, undefined],
    [null, {}],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{}, []],
    [[1], [1, undefined]],
    [[undefined], new Array(1)],
    [Buffer.from('a'), Buffer.from('b')],
    [new Int8Array([1]), new Uint8Array([1])],
    [new Set([[1, 2]]), new Set([1, 2])],
    [/a/g, /a/],
    [new Error('a'), new TypeError('a')],
    [Object(1), 1],
    [makeCycle(1), makeCycle(2)],
    [new ArrayBuffer(1), new ArrayBuffer(2)],
    [new Date(1), new Date(2)],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Set([1]), new Set([2])],
  ])('finds %p and %p different', (a, b) => {
    expect(isEqualData(a, b)).toBe(false);
    expect(isEqualData(b, a)).toBe(false);
  });

  test('takes for different what it cannot see into, unless it is the same object', () => {
    const point = new Point(1);
    expect([isEqualData(point, point), isEqualData(point, new Point(1))]).toEqual([true, false]);
    expect(isEqualData(new Blob(['a']), new Blob(['a']))).toBe(false);
  });
});
