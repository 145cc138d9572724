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
  ])('with at most %d of 70 schedules: complete is %p', async (maxSchedules, complete) => {
    const report = await explore(appending(2), { reduction: false, maxSchedules });
    expect(report).toMatchObject({ schedules: Math.min(70, maxSchedules), complete });
  });

  test('of chance says the seed, and never that it was all', async () => {
    expect(await explore(appending(1), { strategy: 'random', seed: 3, maxSchedules: 5 })).toEqual({
      schedules: 1,
      runs: 5,
      steps: 20,
      clients: 1,
      complete: false,
      seed: 3,
    });
  });

  test('of a replay says one, and never that it was all', async () => {
    expect(await explore(appending(1), { replay: 'order:' })).toMatchObject({ schedules: 1, complete: false });
    expect(await explore(appending(1), { replay: 'order:', strategy: 'random' })).toMatchObject({
      schedules: 1,
      complete: false,
    });
  });

  test('counts the runs that were made', async () => {
    let runs = 0;
    const counting: Scenario<string> = (context) => {
      runs += 1;
      return appending(2)(context);
    };
    const report = await explore(counting, { reduction: false });
    expect([runs, report.runs, report.schedules]).toEqual([70, 70, 70]);
    runs = 0;
    expect((await explore(counting)).runs).toBe(runs);
    runs = 0;
    await explore(counting, { strategy: 'random', maxSchedules: 7 });
    expect(runs).toBe(7);
  });
});

describe('a limit', () => {
  // 8! = 40,320 orders.
  const vast =
    (ran: () => void = () => {}): Scenario<string> =>
    async ({ step }) => {
      ran();
      await Promise.all([...'abcdefgh'].map((client) => step(client, 'writes', { writes: ['x'] })));
    };

  test('that nobody has set is too few to pass by', async () => {
    let runs = 0;
    const error = await rejection(
      explore(
        vast(() => {
          runs += 1;
        }),
        { reduction: false, timeoutMs: 60_000 },
      ),
    );
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({
      code: 'ERR_TOO_MANY_SCHEDULES',
      operation: 'explore',
      expected: 'the exploration to have at most 10000 schedules',
      received: expect.stringMatching(/^more to do after 10000 schedules \(10000 runs, \d+ ms\)\. Make the scenario smaller/),
    });
    expect(runs).toBe(10_000);
  });

  test('that is said, or that of chance, is passed by where it is too few', async () => {
    expect(await explore(vast(), { reduction: false, maxSchedules: 20 })).toMatchObject({ schedules: 20, complete: false });
    expect(await explore(vast(), { strategy: 'random', seed: 1 })).toMatchObject({ runs: 1000, complete: false, seed: 1 });
  });
});

describe('what the reduction takes for granted', () => {
  test('covers what a client looks at without an operation', async () => {
    const meeting =
      (look: (registry: ExploreContext<string>['registry']) => void): Scenario<string> =>
      async ({ registry }) => {
        const [a, b, c] = ['x', 'x', 'y'].map((key, index) => registry.getBackend(key, { client: 'abc'[index] as string }));
        const load = async () => {
          if ((await b?.load()) !== null) look(registry);
        };
        await Promise.all([load(), a?.save(text('tea')), c?.save(text('cake'))]);
      };
    expect(await explore(meeting(() => {}))).toMatchObject({ schedules: 2, complete: true });
    const looks: boolean[] = [];
    const looking = meeting((registry) => looks.push(registry.has('y')));
    expect(await explore(looking)).toMatchObject({ schedules: 3, complete: true });
    expect(new Set(looks)).toEqual(new Set([true, false]));
    expect(await explore(looking, { maxSchedules: 2 })).toMatchObject({ schedules: 2, complete: false });
  });

  test('covers a listener that comes late', async () => {
    const heard: unknown[] = [];
    const listening: Scenario<string> = async ({ registry }) => {
      const [a, b, c] = ['a', 'b', 'c'].map((client) => registry.getBackend(client === 'c' ? 'y' : 'x', { client }));
      const load = async () => {
        await b?.load();
        b?.subscribe(({ revision }) => heard.push(revision));
      };
      await Promise.all([load(), a?.save(text('tea')), c?.save(text('cake'))]);
      heard.push('end');
    };
    expect(await explore(listening)).toMatchObject({ complete: true });
    expect([heard.join().includes('end,end'), heard.includes('1')]).toEqual([true, true]);
  });

  test('is no matter without a reduction', async () => {
    const looking: Scenario<string> = async ({ registry }) => {
      registry.subscribe(() => {});
      const turns = ['a', 'b'].map((client) => registry.getBackend(client, { client }).load());
      registry.keys();
      await Promise.all(turns);
    };
    expect(await explore(looking, { reduction: false })).toMatchObject({ schedules: 6, runs: 6, complete: true });
    expect(await explore(looking)).toMatchObject({ schedules: 1, runs: 11, complete: true });
  });

  test('does not hold for keys that share a quota', async () => {
    const saving: Scenario<string> = async ({ registry }) => {
      await Promise.all(['x', 'y', 'z'].map((key) => registry.getBackend(key, { client: `of ${key}` }).save(text('tea'))));
    };
    expect(await explore(saving)).toMatchObject({ schedules: 1, complete: true });
    expect(await explore(saving, { quota: 10_000 })).toMatchObject({ schedules: 6, complete: true });
  });

  test('a failure is a failure, whatever was found out in the same run', async () => {
    const failing: Scenario<string> = async ({ registry, step }) => {
      const turning = step('a');
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
    const options = { faults: { kinds: ['refused', 'dropped'], maxFaults: 3 }, strategy: 'random', seed: 5 } as const;
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
    expect(first).toMatch(/but schedule \d+ (\(run \d+\) )?of seed 1 fails \[ERR_SCHEDULE_FAILED\]\\n\\nError: wrong: /);
  });

  test('without a seed says one under which it is found again', async () => {
    const options = { strategy: 'random' } as const;
    const failure = await failureOf(explore(appending(2, refuse('a', 'b')), options));
    const { seed } = failure;
    expect(failure.message).toContain(`of seed ${seed} fails `);
    const again = await failureOf(explore(appending(2, refuse('a', 'b')), { ...options, ...(seed !== undefined && { seed }) }));
    expect(again.message).toBe(failure.message);
  });

  test('counts the schedules until it was found', async () => {
    let runs = 0;
    const failing: Scenario<string> = async ({ step }) => {
      runs += 1;
      await Promise.all([step('a'), step('b'), step('c')]);
      if (runs === 4) throw new Error('fourth');
    };
    expect((await failureOf(explore(failing, { reduction: false }))).schedules).toBe(4);
    runs = 0;
    expect((await failureOf(explore(failing, { strategy: 'random', seed: 1 }))).runs).toBe(4);
  });

  test('that is not met again is shown as it was found', async () => {
    let runs = 0;
    const failing: Scenario<string> = async ({ step }) => {
      runs += 1;
      await Promise.all([step('a'), step('b'), step('c')]);
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
    expect({ ...again, runs: 0, schedules: 0 }).toEqual({ ...failure, runs: 0, schedules: 0 });
    expect([again.runs, again.schedules]).toEqual([1, 1]);
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
    async ({ step, journal }) => {
      await Promise.all([step('a'), step('b'), step('c')]);
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
      ).toMatchObject({ schedules: 1, complete: false });
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
