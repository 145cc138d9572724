import { structured } from '../../src/codec/structured';
import { thrown } from '../support/refusals';

const { encode, decode } = structured;

// Copying what nests deeply tries and catches a lot; a stack for each would take most of the time.
Error.stackTraceLimit = 0;

function copyOf<T>(value: T): T {
  return decode(encode(value)) as T;
}

describe('very many objects', () => {
  class Step {
    constructor(
      readonly left: unknown,
      readonly right: unknown,
    ) {}
  }

  it.each<[string, (inner: unknown) => object]>([
    ['objects', (inner) => ({ left: inner, right: inner })],
    ['arrays', (inner) => [inner, inner]],
    ['instances of a class', (inner) => new Step(inner, inner)],
  ])('comes to an end where %s refer to each other in endlessly many ways', (_name, step) => {
    let data: unknown = 'end';
    for (let count = 0; count < 60; count += 1) data = step(data);

    let copy = encode(data) as { readonly left?: unknown; readonly 0?: unknown };
    let depth = 0;
    for (; typeof copy === 'object'; depth += 1) copy = (copy.left ?? copy[0]) as typeof copy;

    expect([depth, copy]).toEqual([60, 'end']);
  });

  it('comes to an end where a long array is met over and over', () => {
    const long = new Array(20_000).fill(0);

    const copy = encode(new Array(100).fill(long)) as unknown[];

    expect(new Set(copy).size).toBeLessThan(50);
    expect(copy).not.toContain(long);
  });

  it('remembers nothing of the first 100,000 objects, and everything from then on', () => {
    const twice = {};
    const many = Array.from({ length: 99_994 }, () => ({}));

    const copy = encode({ many: { ...many }, twice: { ...[twice, twice, twice, twice, twice] } }) as {
      readonly twice: Record<string, object>;
    };

    // 99,997 come before these: data, many and what is in it, and the object around them.
    expect(Object.values(copy.twice).map((object, index, all) => all.indexOf(object) === index)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
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

describe('sparse arrays', () => {
  it('are copied in no more steps than they have entries', () => {
    const data: unknown[] = [0];
    data[4_000_000_000] = { last: true };
    const named = Object.assign(data, { name: 1, '01': 2, 4294967295: 3 });

    const copy = encode(named) as unknown[];

    expect(Object.keys(copy)).toEqual(['0', '4000000000']);
  });

  it('of the greatest length have no entry beyond it', () => {
    const data: unknown[] = new Array(4_294_967_295);

    const copy = encode(Object.assign(data, { 4294967294: 'last', 4294967295: 'no index' })) as unknown[];

    expect(Object.keys(copy)).toEqual(['4294967294']);
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
