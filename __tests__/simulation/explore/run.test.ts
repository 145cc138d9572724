import { type ExploreContext, explore, type FaultKind, type Scenario } from 'shared-memory-registry/simulation';
import type { Search } from '../../../src/simulation/explore/search';
import type { Step } from '../../../src/simulation/explore/step';
import { executionsOf, failureOf, schedulesOf, text } from './support';

describe('the steps of a scenario', () => {
  test('are named by client, key, and which of its operations it is', async () => {
    const scenario: Scenario<string> = async ({ registry, step }) => {
      const [x, y] = ['x', 'y'].map((key) => registry.getBackend(key, { client: 'a' }));
      await x?.save(text('tea'));
      await y?.load();
      await x?.load();
      await step('a');
      await step('a', 'goes home');
    };
    expect(await schedulesOf(scenario)).toEqual([
      'a/x#1 effect; a/x#1 reply; a/y#1 effect; a/y#1 reply; a/x#2 effect; a/x#2 reply; a turn#1; a turn#2',
    ]);
  });

  test('come in the order of the calls, for operations of one handle, and in any order for their replies', async () => {
    const scenario: Scenario<string> = async ({ registry }) => {
      const handle = registry.getBackend('x', { client: 'a' });
      await Promise.all([handle.save(text('tea')), handle.load()]);
    };
    expect((await schedulesOf(scenario)).sort()).toEqual([
      'a/x#1 effect; a/x#1 reply; a/x#2 effect; a/x#2 reply',
      'a/x#1 effect; a/x#2 effect; a/x#1 reply; a/x#2 reply',
      'a/x#1 effect; a/x#2 effect; a/x#2 reply; a/x#1 reply',
    ]);
  });

  test('come in any order for two handles of one client', async () => {
    const scenario: Scenario<string> = async ({ registry }) => {
      const handles = [registry.getBackend('x', { client: 'a' }), registry.getBackend('x', { client: 'a' })];
      await Promise.all(handles.map((handle) => handle.load()));
    };
    expect(await schedulesOf(scenario)).toHaveLength(6);
  });

  test('are offered with the client of the last one first, then in the order of asking', async () => {
    const offered: string[][] = [];
    const scenario: Scenario<string> = async ({ step }) => {
      const twice = async (client: string) => {
        await step(client);
        await step(client);
      };
      await Promise.all(['c', 'a', 'b'].map(twice));
    };
    const alwaysTheLast: Search = {
      isRedundant: false,
      choose: (enabled) => {
        offered.push(enabled.map(({ id }) => id.replace(' turn#', '')));
        return enabled.at(-1) as Step;
      },
      backtrack: () => false,
    };
    await executionsOf(scenario, {}, alwaysTheLast);
    expect(offered).toEqual([['c1', 'a1', 'b1'], ['b2', 'c1', 'a1'], ['a2', 'c1', 'b2'], ['c1', 'a2'], ['c1'], ['c2']]);
  });

  test('say whose they are, and what goes wrong', async () => {
    const [execution] = await executionsOf<string>(
      async ({ registry, clock, step, plan }) => {
        const work = async () => {
          const handle = registry.getBackend('x', { client: 'a' });
          await handle.load();
          await step('a');
          await clock.sleep(5);
          await handle.save(text('tea')).catch(() => {});
          await handle.clear();
        };
        await Promise.race([work(), plan.crashed('a')]);
      },
      { faults: { kinds: ['crash', 'lost reply'], maxFaults: 2 } },
      {
        isRedundant: false,
        choose: (enabled) =>
          enabled.find(({ id }) => id === 'a/x#2 effect, lost reply' || id === 'a/x#3 effect, crash') ?? enabled[0],
        backtrack: () => false,
      },
    );
    const steps = execution?.executed.map(({ step: { id, client, key, phase, fault } }) => [id, client, key, phase, fault]);
    expect(steps).toEqual([
      ['a/x#1 effect', 'a', 'x', 'effect', undefined],
      ['a/x#1 reply', 'a', 'x', 'reply', undefined],
      ['a turn#1', 'a', null, 'turn', undefined],
      ['clock#1', 'clock', null, 'time', undefined],
      ['a/x#2 effect, lost reply', 'a', 'x', 'effect', 'lost reply'],
      ['a/x#2 reply', 'a', 'x', 'reply', undefined],
      ['a/x#3 effect, crash', 'a', 'x', 'effect', 'crash'],
    ]);
  });

  test('of a scheduler that knows nothing of turns are named by their label', async () => {
    const scenario: Scenario<string> = async ({ registry, scheduler }) => {
      await registry.getBackend('x', { client: 'a' }).load();
      const schedule = scheduler.schedule.bind(scheduler) as (task: Promise<string>, label: string) => Promise<string>;
      const results = await Promise.all([schedule(Promise.resolve('one'), 'first'), schedule(Promise.resolve('two'), 'second')]);
      expect(results).toEqual(['one', 'two']);
    };
    expect(await schedulesOf(scenario)).toEqual([
      'a/x#1 effect; a/x#1 reply; first turn#1; second turn#1',
      'a/x#1 effect; a/x#1 reply; second turn#1; first turn#1',
    ]);
    // Nobody knows what they touch, so they are tried in both orders.
    expect(await explore(scenario)).toMatchObject({ schedules: 2, complete: true });
  });
});

describe('a scenario that does not pass', () => {
  test('throws at once', async () => {
    const error = new Error('no');
    const failure = await failureOf(
      explore(() => {
        throw error;
      }),
    );
    expect([failure.cause, failure.schedules, failure.schedule, failure.timeline, failure.token]).toEqual([
      error,
      1,
      [],
      '\n',
      'order:0',
    ]);
    expect(failure.received).toBe('Error: no');
  });

  test('rejects with nothing', async () => {
    const failure = await failureOf(explore(() => Promise.reject(undefined)));
    expect(failure.received).toBe('undefined');
    expect(Object.hasOwn(failure, 'cause')).toBe(true);
    expect(failure.cause).toBeUndefined();
  });

  test('gives no promise, and takes no step', async () => {
    await expect(explore((() => 7) as never)).rejects.toMatchObject({ code: 'ERR_NOTHING_EXPLORED' });
  });

  test('waits for an operation that waits', async () => {
    const failure = await failureOf(
      explore<string>(
        async ({ registry, plan }) => {
          await registry.getBackend('x', { client: 'reader' }).load();
          plan.hold('save');
          await Promise.all(['y', 'x'].map((key) => registry.getBackend(key, { client: `of ${key}` }).save(text('tea'))));
        },
        { idleTimeoutMs: 0 },
      ),
    );
    expect(failure.received).toBe('a scenario that does not end, with save "y" by of y, save "x" by of x pending');
    expect(failure).not.toHaveProperty('cause');
    expect(failure.schedule.slice(2)).toEqual(['of y/y#1 effect', 'of x/x#1 effect']);
  });

  test('waits for something else', async () => {
    const failure = await failureOf(explore(() => new Promise(() => {}), { idleTimeoutMs: 0 }));
    expect(failure.received).toBe(
      'a scenario that does not end, waiting for something that is no step, for 0 ms (idleTimeoutMs): what takes time can be a clock.sleep, a context.step, or fake timers',
    );
  });

  test('goes on and on', async () => {
    const endless: Scenario<string> = async ({ step }) => {
      for (;;) await step('a');
    };
    const failure = await failureOf(explore(endless));
    expect(failure.received).toBe(
      'a scenario that goes on and on, 1000 steps by then: a client that asks again and again can wait with clock.sleep(ms), which lets the others go on',
    );
  });

  test('takes many steps, but not that many', async () => {
    const long: Scenario<string> = async ({ step }) => {
      for (let count = 0; count < 999; count += 1) await step('a', 'writes', { writes: ['x'] });
    };
    expect(await explore(long)).toMatchObject({ schedules: 1, complete: true });
  });

  test('does something else each time', async () => {
    let runs = 0;
    const failure = await failureOf(
      explore<string>(async ({ step }) => {
        runs += 1;
        await Promise.all([step(runs === 1 ? 'a' : 'c'), step('b')]);
        throw new Error('first');
      }),
    );
    // Its first failure is looked for in an order that is easier to read: this time, it is not to be found.
    expect(failure.received).toBe('Error: first');

    let time = 0;
    const changing: Scenario<string> = async ({ step }) => {
      time += 1;
      await Promise.all([step('a'), step('b')]);
      await step(time === 1 ? 'c' : 'd');
      await Promise.all([step('e'), step('f')]);
    };
    const diverged = await failureOf(explore(changing, { reduction: false }));
    expect(diverged.received).toBe(
      "a scenario that never came to 'c turn#1' this time: it has to do the same in every run, so it takes the time from clock, and nothing from chance or from earlier runs",
    );
    expect(diverged).not.toHaveProperty('cause');
    // There is nothing that could be run again.
    expect([diverged.schedules, diverged.token]).toEqual([2, '']);
    expect(diverged.message).not.toContain('replay');
  });
});

describe('a scenario whose client has crashed', () => {
  const crashing = { faults: { kinds: ['crash'] }, idleTimeoutMs: 0 } as const;

  test('does not end where it waits for it alone', async () => {
    const waiting: Scenario<string> = async ({ registry }) => registry.getBackend('x', { client: 'a' }).save(text('tea'));
    const failure = await failureOf(explore(waiting, crashing));
    expect(failure.received).toBe('a scenario that does not end, since a has crashed: let it race with plan.crashed("a")');
    expect(failure.schedule.at(-1)).toMatch(/, crash$/);
  });

  test('passes where it does as it is told', async () => {
    const racing: Scenario<string> = async ({ registry, plan }) =>
      Promise.race([registry.getBackend('x', { client: 'a' }).save(text('tea')), plan.crashed('a')]);
    expect(await explore(racing, crashing)).toMatchObject({ schedules: 3, complete: true });
  });
});

describe('a scenario that ends too early', () => {
  test.each<[name: string, end: (context: ExploreContext<string>) => Promise<unknown>, pending: string]>([
    ['before an effect', async () => {}, 'save "x" by a'],
    ['before a reply', ({ step }) => step('b'), 'save "x" by a'],
    [
      'before several',
      async ({ registry }) => {
        void registry.getBackend('y', { client: 'b' }).load();
      },
      'save "x" by a, load "y" by b',
    ],
  ])('fails: %s', async (_name, end, pending) => {
    const failure = await failureOf(
      explore<string>(async (context) => {
        void context.registry.getBackend('x', { client: 'a' }).save(text('tea'));
        await end(context);
      }),
    );
    expect(failure.received).toBe(`a scenario that ends while ${pending} is under way: await that, or idle() for everything`);
    expect(failure).not.toHaveProperty('cause');
    expect(failure.message).toContain(`replay: '${failure.token}'`);
  });

  test('passes where it waits for all that is left', async () => {
    const waiting: Scenario<string> = async ({ registry, idle }) => {
      void registry.getBackend('x', { client: 'a' }).save(text('tea'));
      await idle();
    };
    expect(await explore(waiting)).toMatchObject({ schedules: 1, complete: true });
  });

  test('passes where what is left is that of a client that has crashed', async () => {
    const crashing: Scenario<string> = async ({ registry, plan }) => {
      await registry.getBackend('x', { client: 'b' }).load();
      void registry.getBackend('x', { client: 'a' }).save(text('tea'));
      plan.crash('a');
    };
    expect(await explore(crashing)).toMatchObject({ schedules: 1, complete: true });
  });

  test('fails where a client has begun it after its restart', async () => {
    const restarting: Scenario<string> = async ({ registry, plan }) => {
      plan.crash('a');
      plan.restart('a');
      void registry.getBackend('x', { client: 'a' }).save(text('tea'));
    };
    expect((await failureOf(explore(restarting))).received).toContain('ends while save "x" by a is under way');
  });

  test('passes where what is left is no operation', async () => {
    const leaving: Scenario<string> = async ({ registry, step, clock }) => {
      registry.getBackend('x', { client: 'b' }).subscribe(() => {});
      await registry.getBackend('x', { client: 'a' }).save(text('tea'));
      void step('c');
      void clock.sleep(5);
    };
    expect(await explore(leaving, { deliveries: true })).toMatchObject({ complete: true });
  });

  test('fails by its own error, whatever is left', async () => {
    const error = new Error('no');
    const failing: Scenario<string> = async ({ registry }) => {
      void registry.getBackend('x', { client: 'a' }).save(text('tea'));
      throw error;
    };
    expect(await failureOf(explore(failing))).toMatchObject({ cause: error });
  });
});

describe('a listener that throws', () => {
  const error = new Error('not heard');
  const fail = () => {
    throw error;
  };
  const save = ({ registry }: ExploreContext<string>) => registry.getBackend('x', { client: 'a' }).save(text('tea'));
  const LISTENERS: [whose: string, subscribe: (context: ExploreContext<string>) => unknown][] = [
    ['a handle', ({ registry }) => registry.getBackend('x', { client: 'b' }).subscribe(fail)],
    ['the registry', ({ registry }) => registry.subscribe(fail)],
  ];

  describe.each([false, true])('with deliveries: %p', (deliveries) => {
    test.each(LISTENERS)('lets the run fail, be it one of %s', async (_whose, subscribe) => {
      const listening: Scenario<string> = async (context) => {
        subscribe(context);
        await save(context);
        await context.idle();
      };
      const failure = await failureOf(explore(listening, { deliveries }));
      expect([failure.cause, failure.received]).toEqual([error, 'Error: not heard']);
      expect(failure.schedule[0]).toBe('a/x#1 effect');
      const again = await failureOf(explore(listening, { deliveries, replay: failure.token }));
      expect([again.cause, again.schedule]).toEqual([error, failure.schedule]);
    });
  });

  test('is what a run fails by where the scenario fails as well, since it came first', async () => {
    const listening: Scenario<string> = async (context) => {
      context.registry.subscribe(fail);
      await save(context);
      throw new Error('too late');
    };
    expect((await failureOf(explore(listening))).cause).toBe(error);
  });

  test('is found in the one order in which it throws', async () => {
    const listening: Scenario<string> = async ({ registry }) => {
      let heard = '';
      registry.getBackend('x', { client: 'a' }).subscribe(({ client }) => {
        heard += client;
        if (heard === 'cb') fail();
      });
      await Promise.all(['b', 'c'].map((client) => registry.getBackend('x', { client }).update(() => text(client))));
    };
    const failure = await failureOf(explore(listening));
    expect(failure.cause).toBe(error);
    expect(failure.schedule.filter((id) => id.endsWith('effect'))).toEqual(['c/x#1 effect', 'b/x#1 effect']);
  });
});

describe('idleTimeoutMs', () => {
  const waiting =
    (ms: number): Scenario<string> =>
    async ({ registry }) => {
      await registry.getBackend('x', { client: 'a' }).load();
      await new Promise((resolve) => setTimeout(resolve, ms));
    };

  test('is had with what is no step', async () => {
    // Another run might have gone another way.
    await expect(explore(waiting(20))).rejects.toMatchObject({ code: 'ERR_REAL_TIME' });
    expect(await explore(waiting(20), { allowRealTime: true })).toMatchObject({ schedules: 1, complete: false });
  });

  test('comes to an end', async () => {
    expect((await failureOf(explore(waiting(1000), { idleTimeoutMs: 5 }))).received).toContain('a scenario that does not end');
  });

  test('begins anew after each step', async () => {
    const report = await explore<string>(
      async ({ step }) => {
        for (let count = 0; count < 4; count += 1) {
          await new Promise((resolve) => setTimeout(resolve, 15));
          await step('a', 'writes', { writes: ['x'] });
        }
      },
      { idleTimeoutMs: 30, allowRealTime: true },
    );
    expect(report).toMatchObject({ schedules: 1, complete: false });
  });
});

describe('faults', () => {
  const acting =
    (type: 'load' | 'stat' | 'getUsage' | 'save' | 'update' | 'clear', times = 1): Scenario<string> =>
    async ({ registry, plan }) => {
      const handle = registry.getBackend('x', { client: 'a' });
      const act = async () => {
        for (let count = 0; count < times; count += 1) {
          const done =
            type === 'save' ? handle.save(text('tea')) : type === 'update' ? handle.update(() => text('tea')) : handle[type]();
          await done.catch(() => {});
        }
      };
      await Promise.race([act(), plan.crashed('a')]);
    };
  const kinds = ['refused', 'lost reply', 'dropped', 'stale read', 'corrupted read', 'crash'] as const;
  const plain = 'a/x#1 effect; a/x#1 reply';
  const [refused, lost, dropped, stale, corrupted] = kinds.map((kind) => `a/x#1 effect, ${kind}; a/x#1 reply`);
  const crashes = ['a/x#1 effect, crash', 'a/x#1 effect; a/x#1 reply, crash'];

  test.each([
    ['load', [plain, refused, lost, stale, corrupted, ...crashes]],
    ['stat', [plain, refused, lost, ...crashes]],
    ['getUsage', [plain, refused, lost, ...crashes]],
    ['save', [plain, refused, lost, dropped, ...crashes]],
    ['update', [plain, refused, lost, ...crashes]],
    ['clear', [plain, refused, lost, dropped, ...crashes]],
  ] as const)(
    'of every kind that can strike a %s do so once, a crash before the effect and after it',
    async (type, schedules) => {
      expect((await schedulesOf(acting(type), { faults: { kinds } })).sort()).toEqual([...schedules].sort());
    },
  );

  test.each([
    ['once at most', 1, [[0], [1], [2]]],
    ['twice at most', 2, [[0], [1], [2], [1, 2]]],
    ['three times at most', 3, [[0], [1], [2], [1, 2]]],
  ])('strike %s', async (_most, maxFaults, places) => {
    const trials = await executionsOf(acting('save', 2), { faults: { kinds: ['refused'], maxFaults } });
    const struck = trials.map(({ executed }) =>
      executed.filter(({ step }) => step.fault === 'refused').map(({ step }) => step.id),
    );
    expect(struck.map(String).sort()).toEqual(
      places.map((numbers) => String(numbers.filter(Boolean).map((number) => `a/x#${number} effect, refused`))).sort(),
    );
  });

  test('are as many in two clients as there are places for them', async () => {
    const two: Scenario<string> = async ({ registry }) => {
      const save = (client: string) => registry.getBackend(client, { client }).save(text('tea'));
      await Promise.allSettled([save('a'), save('b')]);
    };
    // Six orders, in each of which no save is refused, or one of two.
    expect(await explore(two, { reduction: false, faults: { kinds: ['refused'] } })).toMatchObject({
      schedules: 18,
      complete: true,
    });
    expect(await explore(two, { reduction: false, faults: { kinds: ['refused'], maxFaults: 2 } })).toMatchObject({
      schedules: 24,
      complete: true,
    });
    expect(await explore(two, { faults: { kinds: ['refused'] } })).toMatchObject({ schedules: 3, complete: true });
  });

  test('strike a turn by a crash alone', async () => {
    const turning: Scenario<string> = async ({ step, plan }) => Promise.race([step('a'), plan.crashed('a')]);
    expect(await schedulesOf(turning, { faults: { kinds } })).toEqual(['a turn#1', 'a turn#1, crash']);
    expect(await schedulesOf(turning, { faults: { kinds, clients: ['b'] } })).toEqual(['a turn#1']);
  });

  test('strike no delivery', async () => {
    const hearing: Scenario<string> = async ({ registry, idle }) => {
      registry.getBackend('x', { client: 'b' }).subscribe(() => {});
      await registry.getBackend('x', { client: 'a' }).save(text('tea'));
      await idle();
    };
    const schedules = await schedulesOf(hearing, { deliveries: true, faults: { kinds, clients: ['b'] } });
    expect(schedules.sort()).toEqual(['a/x#1 effect; a/x#1 reply; b/x delivery#1', 'a/x#1 effect; b/x delivery#1; a/x#1 reply']);
  });

  const outcomes = async (kind: FaultKind, act: (context: ExploreContext<string>) => Promise<unknown>) => {
    const found = new Set<string>();
    await explore<string>(
      async (context) => {
        const result = await act(context).then(String, ({ cause }) => cause.message);
        found.add(`${result}: ${context.registry.peek('x')?.snapshot.data}`);
      },
      { initial: { x: text('old') }, faults: { kinds: [kind] } },
    );
    return [...found];
  };

  test.each([
    ['refused', ['undefined: new', 'simulated fault: refused of save "x" by a: old']],
    ['lost reply', ['undefined: new', 'simulated fault: lost reply of save "x" by a: new']],
    ['dropped', ['undefined: new', 'undefined: old']],
  ] as const)('a save meets: %s', async (kind, found) => {
    expect(await outcomes(kind, ({ registry }) => registry.getBackend('x', { client: 'a' }).save(text('new')))).toEqual(found);
  });

  test.each([
    ['stale read', ['old: new', 'new: new']],
    ['corrupted read', ['n: new', 'new: new']],
  ] as const)('a load meets: %s', async (kind, found) => {
    const act = async ({ registry }: ExploreContext<string>) => {
      const handle = registry.getBackend('x', { client: 'a' });
      await handle.save(text('new', '2'));
      return (await handle.load())?.data;
    };
    expect((await outcomes(kind, act)).sort()).toEqual([...found].sort());
  });

  test('a crash is told of, and a new handle goes on where the client had come to', async () => {
    const found = new Set<string>();
    const trials = await executionsOf<string>(
      async ({ registry, plan }) => {
        const open = () => registry.getBackend('x', { client: 'a' });
        const work = async () => {
          const handle = open();
          await handle.save(text('one', '1'));
          await handle.save(text('two', '2'));
          return 'done';
        };
        const end = await Promise.race([work(), plan.crashed('a').then(() => 'crashed')]);
        plan.restart('a');
        found.add(`${end}, ${(await open().load())?.data}`);
      },
      { faults: { kinds: ['crash'] } },
    );
    // Before and after each effect, of the load after the restart as well; and none.
    expect(trials).toHaveLength(7);
    expect([...found].sort()).toEqual(['crashed, one', 'crashed, two', 'crashed, undefined', 'done, two']);
  });

  test('what a client has asked for when it crashes is not done, and nothing of it is offered any more', async () => {
    const schedules = await schedulesOf<string>(
      async ({ registry, plan, step }) => {
        const saves = ['x', 'y'].map((key) => registry.getBackend(key, { client: 'a' }).save(text('tea')));
        await Promise.race([Promise.all(saves), plan.crashed('a')]);
        await step('b');
      },
      { faults: { kinds: ['crash'], clients: ['a'] } },
    );
    const crashed = schedules.filter((schedule) => schedule.includes('crash'));
    expect(crashed).toContain('a/x#1 effect, crash; b turn#1');
    expect(crashed).toContain('a/x#1 effect; a/y#1 effect; a/x#1 reply, crash; b turn#1');
    expect(crashed.every((schedule) => schedule.endsWith('crash; b turn#1'))).toBe(true);
    expect(new Set(schedules).size).toBe(schedules.length);
  });

  test.each([
    ['refused', ['save ✗ refused', 'load → nothing']],
    ['lost reply', ['save 1: "tea"', 'save ✗ lost reply', 'load → 1: "tea"']],
    ['stale read', ['save 1: "tea"', '✗ stale read', 'load → nothing']],
    ['corrupted read', ['save 1: "tea"', '✗ corrupted read', 'load → 1: "t"']],
    ['crash', ['✗ crash', 'save …']],
  ] as const)('are seen in the timeline: %s', async (kind, rows) => {
    const [execution] = await executionsOf<string>(
      async ({ registry, plan }) => {
        const work = async () => {
          const handle = registry.getBackend('x', { client: 'a' });
          await handle.save(text('tea')).catch(() => {});
          await handle.load();
        };
        await Promise.race([work(), plan.crashed('a')]);
      },
      { faults: { kinds: [kind] } },
      {
        isRedundant: false,
        choose: (enabled) => enabled.find(({ fault }) => fault !== undefined) ?? enabled[0],
        backtrack: () => false,
      },
    );
    expect(execution?.timeline.split('\n').slice(2).sort()).toEqual([...rows].sort());
  });

  test('strike none but the clients that are named', async () => {
    const two: Scenario<string> = async ({ registry }) => {
      const save = (client: string) => registry.getBackend('x', { client }).save(text('tea'));
      await Promise.allSettled([save('a'), save('b')]);
    };
    const schedules = await schedulesOf(two, { faults: { kinds: ['refused'], clients: ['b', 'c'] } });
    expect(schedules).toHaveLength(12);
    expect(schedules.filter((schedule) => schedule.includes('refused'))).toHaveLength(6);
    expect(schedules.some((schedule) => schedule.includes('a/x#1 effect, refused'))).toBe(false);
    expect(await schedulesOf(two, { faults: { kinds: ['refused'], clients: [] } })).toHaveLength(6);
  });
});
