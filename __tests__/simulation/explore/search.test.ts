import { EveryDifferentOrder, EveryOrder, FewPreemptions, type Strategy } from '../../../src/simulation/explore/search';
import type { Possible, Sharing, Step } from '../../../src/simulation/explore/step';

const ALONE: Sharing = { quota: false, changes: false, time: false, crashes: false, extended: false };

/** Each letter is a step: of the client of that name, on the key of that name. */
type Program = readonly Partial<Step>[];

const [load, save, reply] = [{ access: 'read' }, { access: 'write' }, { access: 'own', phase: 'reply' }] as const;

/** Runs made of a program for each client; whether each is a repetition; and the steps that were offered to it. */
function runsOf(search: Strategy, programs: Readonly<Record<string, Program>>, most = 1000) {
  const runs: { order: string; isRepeating: boolean }[] = [];
  do {
    const taken: Step[] = [];
    for (;;) {
      const last = taken.at(-1)?.client;
      const possible = Object.entries(programs)
        .flatMap(([client, program]) => {
          const number = taken.filter((step) => step.client === client).length;
          const next = program[number];
          return next === undefined
            ? []
            : [{ id: `${client}${number + 1}`, client, key: 'x', phase: 'effect', access: 'write', ...next } as Step];
        })
        .sort((a, b) => Number(b.client === last) - Number(a.client === last) || (a.id < b.id ? -1 : 1));
      if (possible.length === 0) break;
      taken.push(search.choose(possible as unknown as Possible));
    }
    runs.push({ order: taken.map(({ id }) => id).join(' '), isRepeating: search.isRepeating });
  } while (search.backtrack() && runs.length < most);
  return runs;
}

function ordersOf(search: Strategy, programs: Readonly<Record<string, Program>>): string[] {
  return runsOf(search, programs)
    .filter(({ isRepeating }) => !isRepeating)
    .map(({ order }) => order);
}

describe('every order', () => {
  test('is gone through once, the one that goes on as it comes first', () => {
    const runs = runsOf(new EveryOrder(), { a: [save, save], b: [save, save] });
    expect(runs.map(({ order }) => order)).toEqual([
      'a1 a2 b1 b2',
      'a1 b1 b2 a2',
      'a1 b1 a2 b2',
      'b1 b2 a1 a2',
      'b1 a1 a2 b2',
      'b1 a1 b2 a2',
    ]);
    expect(runs.some(({ isRepeating }) => isRepeating)).toBe(false);
  });

  test('of three clients that take two steps each: 6! / (2! × 2! × 2!)', () => {
    const orders = ordersOf(new EveryOrder(), { a: [load, reply], b: [load, reply], c: [load, reply] });
    expect([orders.length, new Set(orders).size]).toEqual([90, 90]);
  });

  test('is one where there is nothing to choose', () => {
    const search = new EveryOrder();
    expect(ordersOf(search, { a: [save, load] })).toEqual(['a1 a2']);
    expect(search.backtrack()).toBe(false);
  });
});

describe('every different order', () => {
  const orders = (programs: Readonly<Record<string, Program>>, sharing: Partial<Sharing> = {}) =>
    ordersOf(new EveryDifferentOrder({ ...ALONE, ...sharing }), programs);

  test('of saves of one key is every order of them', () => {
    expect(orders({ a: [save], b: [save], c: [save] })).toHaveLength(6);
  });

  test('of saves of a key each is one, unless they share a quota', () => {
    const programs = { a: [save], b: [{ ...save, key: 'y' }], c: [{ ...save, key: 'z' }] };
    expect(orders(programs)).toEqual(['a1 b1 c1']);
    expect(orders(programs, { quota: true })).toHaveLength(6);
  });

  test('of loads around one save is one for each place of each load', () => {
    expect(orders({ a: [load], b: [load], c: [save] })).toHaveLength(4);
  });

  test('tells of a run all of whose rest was seen that it repeats, and goes on with it as it comes', () => {
    expect(runsOf(new EveryDifferentOrder(ALONE), { a: [load], b: [load] })).toEqual([
      { order: 'a1 b1', isRepeating: false },
      { order: 'b1 a1', isRepeating: true },
    ]);
  });

  test('a client that has nothing but replies to come goes on at once', () => {
    expect(runsOf(new EveryDifferentOrder(ALONE), { a: [save], b: [reply, load] })).toEqual([
      { order: 'b1 b2 a1', isRepeating: false },
      { order: 'b1 a1 b2', isRepeating: false },
    ]);
  });

  test.each([
    ['changes are heard of', { changes: true }, reply],
    ['time may go on at any point', { time: true }, reply],
    ['clients may crash', { crashes: true }, reply],
    ['a fault could strike its reply', {}, { ...reply, fault: 'crash' }],
  ] as const)('it does not where %s', (_why, sharing, first) => {
    const search = new EveryDifferentOrder({ ...ALONE, ...sharing });
    expect(runsOf(search, { a: [save], b: [first] })[0]?.order).toBe('a1 b1');
  });

  test('it does not where it could do something else as well', () => {
    const search = new EveryDifferentOrder(ALONE);
    const write = { id: 'b write', client: 'b', key: 'x', phase: 'effect', access: 'write' } as const;
    const own = { id: 'b reply', client: 'b', key: 'x', phase: 'reply', access: 'own' } as const;
    const other = { id: 'a write', client: 'a', key: 'x', phase: 'effect', access: 'write' } as const;
    expect(search.choose([other, own, write]).id).toBe('a write');
    expect(new EveryDifferentOrder(ALONE).choose([other, write, own]).id).toBe('a write');
  });
});

describe('orders with few preemptions', () => {
  const programs = { a: [save, save], b: [save, save] };

  test('with none, each client goes on until it is done', () => {
    expect(ordersOf(new FewPreemptions(0), programs)).toEqual(['a1 a2 b1 b2', 'b1 b2 a1 a2']);
  });

  test('with one, one client is kept waiting once', () => {
    expect(ordersOf(new FewPreemptions(1), programs)).toEqual(['a1 a2 b1 b2', 'a1 b1 b2 a2', 'b1 b2 a1 a2', 'b1 a1 a2 b2']);
  });

  test('with two, these are all that there are', () => {
    expect(ordersOf(new FewPreemptions(2), programs)).toHaveLength(6);
  });

  test('what was spent stays spent', () => {
    const three = { a: [save, save, save], b: [save, save, save] };
    // Of 6! / (3! × 3!) orders, those whose client changes three times, one of them because it has to.
    expect(ordersOf(new FewPreemptions(2), three)).toHaveLength(2 + 4 + 8);
  });
});
