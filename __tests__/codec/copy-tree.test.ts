import { copyTree, countNumbers } from '../../src/codec/copy-tree';

describe('copyTree', () => {
  it('copies objects that begin with any key', () => {
    const keys = ['', ...Array.from({ length: 500 }, (_, code) => String.fromCharCode(code).repeat(1 + (code % 3)))];
    for (const key of keys) {
      const source = { [key]: 1, inner: { [key]: [key] } };
      const copy = copyTree(source);
      expect(copy).toStrictEqual(source);
      expect(copy).not.toBe(source);
      expect(copy.inner).not.toBe(source.inner);
      expect(copy.inner[key]).not.toBe(source.inner[key]);
    }
  });

  it('copies empty objects and arrays', () => {
    const source = { object: {}, array: [] };
    const copy = copyTree(source);
    expect(copy).toStrictEqual(source);
    expect([copy.object, copy.array]).not.toContain(source.object);
    expect(copy.array).not.toBe(source.array);
  });

  it('copies what comes after numbers', () => {
    const inner = { inner: true };
    const copy = copyTree([1, 2.5, 'text', null, inner]);
    expect(copy).toStrictEqual([1, 2.5, 'text', null, { inner: true }]);
    expect(copy[4]).not.toBe(inner);
  });

  it('keeps null, and own members whose names are those of Object.prototype', () => {
    const source = JSON.parse('{"toString":{"a":null},"__proto__":{"b":[1]}}');
    const copy = copyTree(source);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(JSON.stringify(copy)).toBe('{"toString":{"a":null},"__proto__":{"b":[1]}}');
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).not.toBe(
      Object.getOwnPropertyDescriptor(source, '__proto__')?.value,
    );
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
