import { nextRevision, StorageError } from 'shared-memory-registry';
import { type ExploreContext, type ExploreOptions, explore, type Scenario } from 'shared-memory-registry/simulation';
import { rejection } from '../../support/refusals';
import { failureOf, text } from './support';

/** Loads and saves, by so many clients. */
function appending(count: number, check: (note: string) => void = () => {}): Scenario<string> {
  return async ({ registry }) => {
    await Promise.all(
      ['a', 'b', 'c', 'd'].slice(0, count).map(async (client) => {
        const handle = registry.getBackend('note', { client });
        const current = await handle.load();
        await handle.save(text(`${current?.data ?? ''}${client}`, nextRevision(current)));
      }),
    );
    check(registry.peek('note')?.snapshot.data ?? '');
  };
}

function refuse(...wrong: string[]): (note: string) => void {
  return (note) => {
    if (wrong.includes(note)) throw new Error(`wrong: ${note}`);
  };
}

describe('a report', () => {
  test.each([
    [69, false],
    [70, true],
    [71, true],
  ])('with at most %d of 70 schedules: complete is %p', async (schedules, complete) => {
    const report = await explore(appending(2), { reduction: false, schedules });
    expect(report).toEqual({ schedules: Math.min(70, schedules), complete });
  });

  test('of chance says the seed, and never that it was all', async () => {
    expect(await explore(appending(1), { strategy: 'random', seed: 3, schedules: 5 })).toEqual({
      schedules: 5,
      complete: false,
      seed: 3,
    });
  });

  test('of a replay says one, and never that it was all', async () => {
    expect(await explore(appending(1), { replay: 'order:' })).toEqual({ schedules: 1, complete: false });
    expect(await explore(appending(1), { replay: 'order:', strategy: 'random' })).toEqual({ schedules: 1, complete: false });
  });

  test('counts the runs that were made', async () => {
    let runs = 0;
    const counting: Scenario<string> = (context) => {
      runs += 1;
      return appending(2)(context);
    };
    const report = await explore(counting, { reduction: false });
    expect([runs, report.schedules]).toEqual([70, 70]);
    runs = 0;
    await explore(counting, { strategy: 'random', schedules: 7 });
    expect(runs).toBe(7);
  });
});

describe('a limit', () => {
  test('of repeated runs as well: none is for free', async () => {
    let runs = 0;
    const loading: Scenario<string> = async ({ registry }) => {
      runs += 1;
      await Promise.all(['x', 'y', 'z'].map((key) => registry.getBackend(key, { client: key }).save(text('tea'))));
    };
    const count = async (options: ExploreOptions<string> = {}) => {
      runs = 0;
      const report = await explore(loading, options);
      return { ...report, runs };
    };
    const all = await count();
    expect(all).toEqual({ schedules: 1, complete: true, runs: expect.any(Number) });
    expect(all.runs).toBeGreaterThan(1);
    expect(await count({ schedules: all.runs })).toEqual(all);
    expect(await count({ schedules: all.runs - 1 })).toEqual({ schedules: 1, complete: false, runs: all.runs - 1 });
  });

  // 8! = 40,320 orders.
  const vast =
    (ran: () => void = () => {}): Scenario<string> =>
    async ({ turn }) => {
      ran();
      await Promise.all([...'abcdefgh'].map((client) => turn(client)));
    };

  test('that nobody has set is too few to pass by', async () => {
    let runs = 0;
    const error = await rejection(
      explore(
        vast(() => {
          runs += 1;
        }),
        { reduction: false },
      ),
    );
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({
      code: 'ERR_TOO_MANY_SCHEDULES',
      operation: 'explore',
      expected: 'all orders to be among 10000 schedules',
      received: "more: make the scenario smaller, say how many by schedules, or take strategy: 'random'",
    });
    expect(runs).toBe(10_000);
  });

  test('that is said, or that of chance, is passed by where it is too few', async () => {
    expect(await explore(vast(), { reduction: false, schedules: 20 })).toEqual({ schedules: 20, complete: false });
    expect(await explore(vast(), { strategy: 'random', seed: 1 })).toEqual({ schedules: 1000, complete: false, seed: 1 });
  });
});

describe('what the reduction takes for granted', () => {
  test('is given up once a client looks at what is stored, be it late', async () => {
    let runs = 0;
    const meeting =
      (look: (registry: ExploreContext<string>['registry']) => void): Scenario<string> =>
      async ({ registry }) => {
        runs += 1;
        const [a, b, c] = ['x', 'x', 'y'].map((key, index) => registry.getBackend(key, { client: 'abc'[index] as string }));
        const load = async () => {
          if ((await b?.load()) !== null) look(registry);
        };
        await Promise.all([load(), a?.save(text('tea')), c?.save(text('cake'))]);
      };
    expect(await explore(meeting(() => {}))).toEqual({ schedules: 2, complete: true });
    runs = 0;
    const looking = meeting((registry) => registry.has('y'));
    expect(await explore(looking)).toEqual({ schedules: 90, complete: true });
    expect(runs).toBeGreaterThan(90);
    expect(await explore(looking, { schedules: 89 })).toEqual({ schedules: 89, complete: false });
  });

  test('is given up as far as it has to be once a client listens, be it late', async () => {
    const listening: Scenario<string> = async ({ registry }) => {
      const [a, b, c] = ['a', 'b', 'c'].map((client) => registry.getBackend(client === 'c' ? 'y' : 'x', { client }));
      const load = async () => {
        if ((await b?.load()) !== null) b?.subscribe(() => {});
      };
      await Promise.all([load(), a?.save(text('tea')), c?.save(text('cake'))]);
    };
    const quiet: Scenario<string> = async ({ registry }) => {
      const [a, b, c] = ['a', 'b', 'c'].map((client) => registry.getBackend(client === 'c' ? 'y' : 'x', { client }));
      await Promise.all([b?.load(), a?.save(text('tea')), c?.save(text('cake'))]);
    };
    expect(await explore(quiet)).toEqual({ schedules: 2, complete: true });
    const { schedules, complete } = await explore(listening);
    expect(complete).toBe(true);
    // More than without a listener, and not all of the 90.
    expect(schedules).toBeGreaterThan(10);
    expect(schedules).toBeLessThan(90);
  });

  test('is no matter where deliveries are steps anyway', async () => {
    let runs = 0;
    const listening: Scenario<string> = async ({ registry }) => {
      runs += 1;
      registry.getBackend('x', { client: 'b' }).subscribe(() => {});
      await registry.getBackend('y', { client: 'a' }).save(text('tea'));
    };
    expect(await explore(listening, { deliveries: true })).toEqual({ schedules: 1, complete: true });
    expect(runs).toBe(1);
    // Without, the listener comes as a surprise.
    expect(await explore(listening)).toEqual({ schedules: 1, complete: true });
    expect(runs).toBe(3);
  });

  test('is no matter without a reduction', async () => {
    let runs = 0;
    const looking: Scenario<string> = async ({ registry, turn }) => {
      runs += 1;
      registry.subscribe(() => {});
      const turns = [turn('a'), turn('b')];
      registry.keys();
      await Promise.all(turns);
    };
    expect(await explore(looking, { reduction: false })).toEqual({ schedules: 2, complete: true });
    expect(runs).toBe(2);
    expect(await explore(looking)).toEqual({ schedules: 2, complete: true });
  });

  test('does not hold for keys that share a quota', async () => {
    const saving: Scenario<string> = async ({ registry }) => {
      await Promise.all(['x', 'y', 'z'].map((key) => registry.getBackend(key, { client: `of ${key}` }).save(text('tea'))));
    };
    expect(await explore(saving)).toEqual({ schedules: 1, complete: true });
    expect(await explore(saving, { quota: 10_000 })).toEqual({ schedules: 6, complete: true });
  });

  test('a failure is a failure, whatever was found out in the same run', async () => {
    const failing: Scenario<string> = async ({ registry, turn }) => {
      const turning = turn('a');
      registry.has('x');
      await turning;
      throw new Error('no');
    };
    expect(await failureOf(explore(failing))).toMatchObject({ schedules: 1, cause: new Error('no') });
  });
});

describe('a failure', () => {
  test('is that of the scenario: cause, steps, timeline and diagram', async () => {
    const failure = await failureOf(explore(appending(2, refuse('a')), { initial: {} }));
    expect(failure).toMatchObject({
      cause: new Error('wrong: a'),
      received: 'Error: wrong: a',
      schedules: 2,
    });
    expect(failure.message).toContain('but schedule 2 fails [ERR_SCHEDULE_FAILED]\n\nError: wrong: a\n\na');
    expect(failure.schedule).toEqual([
      'a/note#1 effect',
      'a/note#1 reply',
      'b/note#1 effect',
      'b/note#1 reply',
      'b/note#2 effect',
      'b/note#2 reply',
      'a/note#2 effect',
      'a/note#2 reply',
    ]);
    expect(failure.token).toBe('order:0.0.1');
    expect(failure.diagram).toContain('sequenceDiagram');
    expect(failure).not.toHaveProperty('seed', expect.anything());
  });

  test('is shown in the order with the fewest clients kept waiting, in whichever it was found', async () => {
    const found = await failureOf(
      explore(appending(3, refuse('c', 'cb', 'ca')), { reduction: false, strategy: 'random', seed: 1 }),
    );
    const clients = found.schedule.map((id) => id[0]);
    const changes = clients.filter((client, index) => index > 0 && client !== clients[index - 1]).length;
    // One is kept waiting: its load comes first, and its save last.
    expect(changes).toBe(3);
  });

  test('of a fault is shown without faults that it does not need', async () => {
    const failing: Scenario<string> = async ({ registry }) => {
      const handle = registry.getBackend('x', { client: 'a' });
      for (const revision of ['1', '2', '3']) await handle.save(text('tea', revision)).catch(() => {});
      if (registry.peek('x')?.snapshot.revision === '2') throw new Error('the third is missing');
    };
    const options = { faults: { kinds: ['refused', 'dropped'], atMost: 3 }, strategy: 'random', seed: 5 } as const;
    const failure = await failureOf(explore(failing, options));
    expect(failure.schedule.filter((id) => id.includes(','))).toEqual(['a/x#3 effect, refused']);
  });

  test('is the same for the same seed, byte for byte, and so are the runs before it', async () => {
    const fail = async (seed: number) => {
      const runs: string[] = [];
      const scenario: Scenario<string> = async (context) => {
        await appending(3)(context);
        runs.push(context.journal.toString());
        refuse('c', 'ac')(context.registry.peek('note')?.snapshot.data ?? '');
      };
      const { message, schedules, token } = await failureOf(explore(scenario, { strategy: 'random', seed }));
      return JSON.stringify([message, schedules, token, runs]);
    };
    const [first, again, other] = [await fail(1), await fail(1), await fail(2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first).toMatch(/but schedule \d+ of seed 1 fails \[ERR_SCHEDULE_FAILED\]\\n\\nError: wrong: /);
  });

  test('without a seed says one under which it is found again', async () => {
    const options = { strategy: 'random' } as const;
    const failure = await failureOf(explore(appending(2, refuse('a', 'b')), options));
    const { seed } = failure;
    expect(failure.message).toContain(`but schedule ${failure.schedules} of seed ${seed} fails `);
    const again = await failureOf(explore(appending(2, refuse('a', 'b')), { ...options, ...(seed !== undefined && { seed }) }));
    expect(again.message).toBe(failure.message);
  });

  test('counts the schedules until it was found', async () => {
    let runs = 0;
    const failing: Scenario<string> = async ({ turn }) => {
      runs += 1;
      await Promise.all([turn('a'), turn('b'), turn('c')]);
      if (runs === 4) throw new Error('fourth');
    };
    expect((await failureOf(explore(failing, { reduction: false }))).schedules).toBe(4);
    runs = 0;
    expect((await failureOf(explore(failing, { strategy: 'random', seed: 1 }))).schedules).toBe(4);
  });

  test('that is not met again is shown as it was found', async () => {
    let runs = 0;
    const failing: Scenario<string> = async ({ turn }) => {
      runs += 1;
      await Promise.all([turn('a'), turn('b'), turn('c')]);
      if (runs === 6) throw new Error('sixth');
    };
    const failure = await failureOf(explore(failing, { reduction: false }));
    expect(failure.schedule).toEqual(['c turn#1', 'b turn#1', 'a turn#1']);
    expect(failure.token).toBe('order:2.1');
    // 500 runs are spent on an easier one, and some on a smaller one.
    expect(runs).toBeGreaterThan(500);
    expect(runs).toBeLessThan(530);
  });
});

describe('a replay', () => {
  const failing = appending(3, refuse('c', 'ac', 'bc'));
  const fail = async (options: ExploreOptions<string> = {}) => failureOf(explore(failing, options));

  test('runs the schedule of a token', async () => {
    const failure = await fail();
    const again = await fail({ replay: failure.token });
    expect({ ...again, schedules: 0 }).toEqual({ ...failure, schedules: 0 });
    expect(again.schedules).toBe(1);
  });

  test('of a failure found by chance, with faults, time and deliveries, runs that one', async () => {
    const scenario: Scenario<string> = async ({ registry, clock, idle }) => {
      const [a, b] = [registry.getBackend('x', { client: 'a' }), registry.getBackend('x', { client: 'b' })];
      const heard: unknown[] = [];
      b.subscribe(({ revision }) => heard.push(revision));
      const work = async () => {
        await clock.sleep(10);
        await a.save(text('tea')).catch(() => {});
        await a.save(text('cake', '2'));
      };
      await Promise.all([work(), clock.sleep(5).then(() => b.load())]);
      await idle();
      expect(heard).toEqual(['1', '2']);
    };
    const options = { faults: { kinds: ['dropped'] }, deliveries: true, time: true } as const;
    const failure = await failureOf(explore(scenario, { ...options, strategy: 'random', seed: 8 }));
    const again = await failureOf(explore(scenario, { ...options, replay: failure.token }));
    expect([again.timeline, again.schedule, again.token]).toEqual([failure.timeline, failure.schedule, failure.token]);
  });

  const turning =
    (went: (order: string) => void): Scenario<string> =>
    async ({ turn, journal }) => {
      await Promise.all([turn('a'), turn('b'), turn('c')]);
      went(journal.toString().split('\n')[0]?.replaceAll(' ', '') ?? '');
    };

  test('goes on as it comes where a token ends', async () => {
    const orders: string[] = [];
    for (const replay of ['order:', 'order:0', 'order:1', 'order:2.1', 'order:0.1.0.0']) {
      expect(
        await explore(
          turning((order) => orders.push(order)),
          { replay },
        ),
      ).toEqual({ schedules: 1, complete: false });
    }
    expect(orders).toEqual(['abc', 'abc', 'bac', 'cba', 'acb']);
  });

  const FOREIGN = [
    ['order:9', 'abc'],
    ['order:99999999999999999999.1', 'acb'],
    ['order:0.2', 'abc'],
    ['order:0.1.7', 'acb'],
    ['order:1.0.0.1', 'bac'],
  ];

  test.each(FOREIGN)('is refused where %s, of another scenario, is not come to', async (replay) => {
    const { code, operation, message } = (await rejection(
      explore(
        turning(() => {}),
        { replay },
      ),
    )) as StorageError;
    expect([code, operation]).toEqual(['ERR_INVALID_OPTION', 'explore']);
    expect(message).toContain('expected replay to be the token of this scenario, with these options');
    expect(message).toContain('whose choices it does not come to');
  });

  test.each(FOREIGN)(
    'is a failure where the scenario fails, though %s is not come to: in the order %s',
    async (replay, order) => {
      const error = new Error('no');
      const orders: string[] = [];
      const failing = turning((went) => {
        orders.push(went);
        throw error;
      });
      expect(await failureOf(explore(failing, { replay }))).toMatchObject({ cause: error, schedules: 1 });
      expect(orders).toEqual([order]);
    },
  );
});
