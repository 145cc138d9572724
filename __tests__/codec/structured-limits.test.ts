import { structured } from '../../src/codec/structured';
import { thrown } from '../support/refusals';

const { encode, decode } = structured;

// Copying what nests deeply tries and catches a lot; a stack for each would take most of the time.
Error.stackTraceLimit = 0;

function copyOf<T>(value: T): T {
  return decode(encode(value)) as T;
}

describe('very many objects', () => {
  it('comes to an end where objects refer to each other in endlessly many ways', () => {
    let ladder: object = { end: true };
    for (let step = 0; step < 60; step += 1) ladder = { left: ladder, right: ladder };
    let rows: unknown[] = [];
    for (let step = 0; step < 60; step += 1) rows = [rows, rows];
    class Step {
      constructor(
        readonly left: unknown,
        readonly right = left,
      ) {}
    }
    let steps: unknown = 'end';
    for (let step = 0; step < 60; step += 1) steps = new Step(steps);

    for (const data of [ladder, rows, steps]) {
      let copy = copyOf(data) as { readonly left?: unknown; readonly 0?: unknown };
      let depth = 0;
      for (; typeof copy === 'object'; depth += 1) copy = (copy.left ?? copy[0] ?? 'end') as typeof copy;
      expect(depth).toBeGreaterThanOrEqual(60);
    }
  });

  it('shares nothing with so much data that it begins to remember what it has met', () => {
    const data = Array.from({ length: 100_010 }, (_, id) => ({ id }));

    const copy = copyOf(data);

    expect(copy.length).toBe(100_010);
    expect([copy[0], copy.at(-1)]).toEqual([{ id: 0 }, { id: 100_009 }]);
    expect(new Set([...data, ...copy]).size).toBe(200_020);
  });

  it('copies an array of four thousand million places and one entry', () => {
    const data: unknown[] = [];
    data[4_000_000_000] = { last: true };

    const copy = copyOf(data);

    expect(copy.length).toBe(4_000_000_001);
    expect(Object.entries(copy)).toEqual([['4000000000', { last: true }]]);
    expect(copy[4_000_000_000]).not.toBe(data[4_000_000_000]);
  });
});

describe('nesting', () => {
  const wrapped = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
    let value: unknown = 'end';
    for (let level = 0; level < levels; level += 1) value = wrap(value);
    return value;
  };

  it.each<[string, number, (inner: unknown) => unknown]>([
    ['objects', 1000, (inner) => ({ inner })],
    ['arrays', 1000, (inner) => [inner]],
    ['instances of a class', 1000, (inner) => Object.assign(Object.create({}), { inner })],
    ['Maps', 250, (inner) => new Map([['inner', inner]])],
    ['keys of Maps', 250, (inner) => new Map([[inner, 1]])],
    ['Sets', 250, (inner) => new Set([inner])],
    ['errors', 250, (inner) => Object.assign(new Error('outer', { cause: inner }), { stack: '' })],
  ])('of %s is copied to %d levels and refused beyond', (_name, levels, wrap) => {
    expect(() => copyOf(wrapped(levels, wrap))).not.toThrow();
    expect(thrown(() => encode(wrapped(levels + 1, wrap)))).toMatchObject({
      code: 'ERR_UNCLONEABLE',
      received: expect.stringContaining('more than 1000 levels of nesting (a Map, a Set and an Error count as 4) at data'),
    });
  });
});
