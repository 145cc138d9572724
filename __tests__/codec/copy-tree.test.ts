import { copyTree, countNumbers } from '../../src/codec/copy-tree';

function copyOf<T extends object>(source: T): T {
  return copyTree(source) as T;
}

describe('copyTree', () => {
  it('copies objects that begin with any key', () => {
    const keys = ['', ...Array.from({ length: 500 }, (_, code) => String.fromCharCode(code).repeat(1 + (code % 3)))];
    for (const key of keys) {
      const source = { [key]: 1, inner: { [key]: [key] } };
      const copy = copyOf(source);
      expect(copy).toStrictEqual(source);
      expect(copy).not.toBe(source);
      expect(copy.inner).not.toBe(source.inner);
      expect(copy.inner[key]).not.toBe(source.inner[key]);
    }
  });

  it('copies empty objects and arrays', () => {
    const source = { object: {}, array: [] };
    const copy = copyOf(source);
    expect(copy).toStrictEqual(source);
    expect([copy.object, copy.array]).not.toContain(source.object);
    expect(copy.array).not.toBe(source.array);
  });

  it('copies what comes after numbers', () => {
    const inner = { inner: true };
    const copy = copyOf<unknown[]>([1, 2.5, 'text', null, inner]);
    expect(copy).toStrictEqual([1, 2.5, 'text', null, { inner: true }]);
    expect(copy[4]).not.toBe(inner);
  });

  it('keeps null, and own members whose names are those of Object.prototype', () => {
    const source = JSON.parse('{"toString":{"a":null},"constructor":{"b":[1]}}');
    const copy = copyOf(source);
    expect(JSON.stringify(copy)).toBe('{"toString":{"a":null},"constructor":{"b":[1]}}');
    expect(copy.toString).not.toBe(source.toString);
  });
});

describe('what is no plain tree', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  class List extends Array<unknown> {}
  const wrapped = (levels: number) => {
    let value: object = {};
    for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { value };
    return value;
  };
  const row = new Array(80_000).fill(null);
  const list = new Array(1000).fill({});
  let ladder: object = {};
  for (let step = 0; step < 60; step += 1) ladder = { left: ladder, right: ladder };

  test.each<[string, object]>([
    ['a Date', new Date(0)],
    ['an inner Map', { list: [{ map: new Map() }] }],
    ['an object without a prototype', Object.create(null)],
    ['an instance of a class', [new (class Point {})()]],
    ['an array of a class', { list: List.of(1) }],
    ['an object that calls itself an array', Object.create(Array.prototype)],
    ['what contains itself', cycle],
    ['very deep nesting', wrapped(201)],
    ['references to a long array, over and over', [row, row, row, row, row, row, row, row, row, row, row]],
    ['references to many objects, over and over', new Array(101).fill(list)],
    ['objects that refer to each other in endlessly many ways', ladder],
    ['a very long array', new Array(800_008).fill(null)],
    ['a member named __proto__', { inner: JSON.parse('{"__proto__":1}') }],
  ])('is left to others: %s', (_name, source) => {
    expect(copyTree(source)).toBeUndefined();
  });

  it('begins where it is said to', () => {
    expect(copyTree(wrapped(200))).toEqual(wrapped(200));
    expect(copyTree([row, row, row, row, row, row, row, row, row])).toHaveLength(9);
    expect(copyTree(new Array(80).fill(list))).toHaveLength(80);
  });

  it('throws what reading throws', () => {
    const cause = new Error('no');
    const source = {
      get broken() {
        throw cause;
      },
    };
    expect(() => copyTree(source)).toThrow(cause);
  });
});

describe('countNumbers', () => {
  test.each([
    [[], 0],
    [['a', 1], 0],
    [[1, 2], 2],
    [[0.5, 'a', 2], 1],
    [[1, 2, undefined], 2],
    [[null], 0],
  ])('of %j is %d', (list, count) => {
    expect(countNumbers(list)).toBe(count);
  });
});
