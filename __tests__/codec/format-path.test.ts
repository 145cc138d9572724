import { formatPath } from '../../src/codec/format-path';

describe('formatPath', () => {
  it.each<[string[], string]>([
    [[], 'data'],
    [['items', '3', 'onClick'], 'data.items[3].onClick'],
    [['12'], 'data[12]'],
    [['1a'], 'data["1a"]'],
    [['a1'], 'data.a1'],
    [['$', '_x', 'äß', '変数'], 'data.$._x.äß.変数'],
    [['a-b'], 'data["a-b"]'],
    [[''], 'data[""]'],
    [['say "so"'], 'data["say \\"so\\""]'],
    [['-1'], 'data["-1"]'],
    [[' a'], 'data[" a"]'],
    [['__proto__'], 'data.__proto__'],
  ])('writes %j as %s', (keys, path) => {
    expect(formatPath(keys)).toBe(path);
  });

  it('ends a long path with an ellipsis, after the part that passes 120 characters', () => {
    // 'data' and 58 parts of two characters are 120: not yet too long.
    expect(formatPath(Array<string>(58).fill('a'))).toBe(`data${'.a'.repeat(58)}`);
    expect(formatPath(Array<string>(59).fill('a'))).toBe(`data${'.a'.repeat(59)}`);
    expect(formatPath(Array<string>(60).fill('a'))).toBe(`data${'.a'.repeat(59)}…`);
    expect(formatPath(Array<string>(100_000).fill('a'))).toBe(`data${'.a'.repeat(59)}…`);
  });
});
