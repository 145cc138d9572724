import { nextRevision } from 'shared-memory-registry';
import {
  checkHistory,
  explore,
  FaultPlan,
  Journal,
  type Scenario,
  withExpiry,
  withFaults,
  withLatency,
} from 'shared-memory-registry/simulation';
import { executionsOf, failureOf, schedulesOf, text } from './support';

describe('initial, quota and codec', () => {
  test('are those of the registry of each run', async () => {
    const scenario: Scenario<string> = async ({ registry }) => {
      const handle = registry.getBackend('note', { client: 'a' });
      expect(await handle.load()).toEqual({ revision: '3', data: 'TEA' });
      await handle.clear();
      await expect(handle.save(text('a'.repeat(100)))).rejects.toMatchObject({ code: 22, quota: 60 });
    };
    const codec = { encode: (data: string) => data.toLowerCase(), decode: (encoded: unknown) => String(encoded).toUpperCase() };
    const initial = { note: { revision: '3', data: 'tea' } };
    expect(await explore(scenario, { initial, quota: 60, codec: codec as never })).toMatchObject({
      schedules: 1,
      complete: true,
    });
  });
});

describe('deliveries', () => {
  const hearing: Scenario<string> = async ({ registry, idle }) => {
    const [a, b] = [registry.getBackend('x', { client: 'a' }), registry.getBackend('x', { client: 'b' })];
    b.subscribe(() => {});
    await a.save(text('tea'));
    await idle();
  };

  test('are steps where that is said', async () => {
    expect(await schedulesOf(hearing, { deliveries: true })).toEqual([
      'a/x#1 effect; a/x#1 reply; b/x delivery#1',
      'a/x#1 effect; b/x delivery#1; a/x#1 reply',
    ]);
    expect(await schedulesOf(hearing)).toEqual(['a/x#1 effect; a/x#1 reply']);
  });

  test('let a client go on that has not heard yet of what another one has saved', async () => {
    const scenario: Scenario<string> = async ({ registry, idle }) => {
      const [a, b] = [registry.getBackend('x', { client: 'a' }), registry.getBackend('x', { client: 'b' })];
      let known = 'nothing';
      b.subscribe(() => {
        known = 'something';
      });
      await Promise.all([a.save(text('tea')), b.load().then((found) => found && expect(known).toBe('something'))]);
      await idle();
    };
    expect(await explore(scenario)).toMatchObject({ complete: true });
    const failure = await failureOf(explore(scenario, { deliveries: true }));
    expect(failure.schedule).toEqual(['a/x#1 effect', 'a/x#1 reply', 'b/x#1 effect', 'b/x#1 reply']);
  });

  test('come in the order of the changes, and show in the timeline', async () => {
    const orders = new Set<string>();
    const trials = await executionsOf<string>(
      async ({ registry, idle }) => {
        const [a, b] = [registry.getBackend('x', { client: 'a' }), registry.getBackend('x', { client: 'b' })];
        const heard: (string | null)[] = [];
        b.subscribe(({ revision }) => heard.push(revision));
        await a.save(text('tea', '1'));
        await a.clear();
        await idle();
        orders.add(heard.join());
      },
      { deliveries: true },
    );
    expect([...orders]).toEqual(['1,']);
    expect(trials[0]?.timeline.split('\n')).toEqual([
      'a               b',
      '─────────────   ─────────────────────────────',
      'save 1: "tea"   ·',
      'clear           ·',
      '·               is notified of save "x" by a',
      '·               is notified of clear "x" by a',
    ]);
  });
});

describe('time', () => {
  const sleeping: Scenario<string> = async ({ registry, clock }) => {
    await Promise.all([registry.getBackend('x', { client: 'a' }).load(), clock.sleep(5)]);
  };

  test('goes on where there is nothing else to do, or at any point where that is said', async () => {
    expect(await schedulesOf(sleeping)).toEqual(['a/x#1 effect; a/x#1 reply; clock#1']);
    expect((await schedulesOf(sleeping, { time: true })).sort()).toEqual([
      'a/x#1 effect; a/x#1 reply; clock#1',
      'a/x#1 effect; clock#1; a/x#1 reply',
      'clock#1; a/x#1 effect; a/x#1 reply',
    ]);
    // The scenario itself sleeps: nobody knows what it does when it wakes.
    expect(await explore(sleeping, { time: true })).toMatchObject({ schedules: 3, complete: true });
  });

  test('is of each run its own, goes on to who is due next, and shows in the timeline', async () => {
    const [trial, ...others] = await executionsOf<string>(async ({ clock, step }) => {
      expect(clock.now()).toBe(0);
      await Promise.all([
        clock.sleep(1000).then(() => expect(clock.now()).toBe(1000)),
        clock.sleep(20).then(async () => {
          expect(clock.now()).toBe(20);
          await step('a', 'is awake');
          expect(clock.now()).toBe(20);
        }),
      ]);
    });
    expect(others).toEqual([]);
    expect(trial?.executed.map(({ step }) => step.id)).toEqual(['clock#1', 'a turn#1', 'clock#2']);
    expect(trial?.timeline.split('\n')).toEqual([
      'clock     a',
      '───────   ────────',
      '20 ms     ·',
      '·         is awake',
      '1000 ms   ·',
    ]);
  });

  test('is what the metadata of the registry and the clock of extend go by', async () => {
    const found = new Set<string>();
    const scenario: Scenario<string> = async ({ registry, clock }) => {
      const handle = registry.getBackend('session', { client: 'a' });
      await handle.saveWithMetadata({
        snapshot: text('mine'),
        metadata: {
          savedAt: clock.now(),
          schemaVersion: 1,
          sizeBytes: 4,
          compressed: false,
          ttlMs: 50,
        },
      });
      const seen = (await handle.load())?.data;
      await clock.sleep(50);
      found.add(`${seen}, ${(await handle.load())?.data}, ${clock.now()}`);
      await handle.save(text('new'));
      expect((await handle.stat())?.updatedAt).toBe(50);
    };
    await explore(scenario, { extend: (Backend, { clock }) => withExpiry(Backend, { clock }) });
    expect([...found]).toEqual(['mine, undefined, 50']);
  });
});

describe('timers', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  test('of the test framework are what time goes by', async () => {
    const scenario: Scenario<string> = async ({ clock, step }) => {
      const start = clock.now();
      await Promise.all([later(1000), clock.sleep(30).then(() => step('a'))]);
      expect(clock.now() - start).toBe(1000);
    };
    const [trial] = await executionsOf(scenario, { timers: jest });
    expect(trial?.timeline.split('\n')).toEqual([
      'clock     a',
      '───────   ───────',
      '30 ms     ·',
      '·         goes on',
      '1000 ms   ·',
    ]);
  });

  test('may go off at any point where that is said', async () => {
    const scenario: Scenario<string> = async ({ registry }) => {
      await Promise.all([registry.getBackend('x', { client: 'a' }).load(), later(10)]);
    };
    expect(await explore(scenario, { timers: jest })).toMatchObject({ schedules: 1, complete: true });
    expect(await explore(scenario, { timers: jest, time: true })).toMatchObject({ schedules: 3, complete: true });
  });

  test('that an earlier run has left are gone', async () => {
    const counts: number[] = [];
    const scenario: Scenario<string> = async ({ step }) => {
      counts.push(jest.getTimerCount());
      setTimeout(() => {}, 10);
      setInterval(() => {}, 10);
      await Promise.all([step('a', 'x', { writes: ['x'] }), step('b', 'x', { writes: ['x'] })]);
    };
    await explore(scenario, { timers: jest, reduction: false });
    expect(counts).toEqual([0, 0]);
  });

  test('of an interval go off again and again', async () => {
    const scenario: Scenario<string> = async () => {
      let count = 0;
      await new Promise<void>((resolve) => {
        const interval = setInterval(() => {
          count += 1;
          if (count < 3) return;
          clearInterval(interval);
          resolve();
        }, 10);
      });
    };
    expect(await schedulesOf(scenario, { timers: jest })).toEqual(['clock#1; clock#2; clock#3']);
  });

  test('show that a save that is put off is lost where the page goes before', async () => {
    const scenario: Scenario<string> = async ({ registry, step, idle }) => {
      const handle = registry.getBackend('draft', { client: 'editor' });
      const saved: Promise<void>[] = [];
      let timer: ReturnType<typeof setTimeout> | undefined;
      const type = (draft: string) => {
        clearTimeout(timer);
        timer = setTimeout(() => saved.push(handle.save(text(draft))), 300);
      };
      type('t');
      type('tea');
      await step('editor', 'closes the page');
      clearTimeout(timer);
      await idle();
      await Promise.all(saved);
      expect(registry.peek('draft')?.snapshot.data).toBe('tea');
    };
    const failure = await failureOf(explore(scenario, { timers: jest }));
    expect(failure.schedule).toEqual(['editor turn#1']);
    // Where time may pass, there are orders in which all goes well.
    const outcomes = (await executionsOf(scenario, { timers: jest, time: true })).map(({ outcome }) => outcome.type);
    expect(outcomes.sort()).toEqual(['failed', 'passed', 'passed', 'passed']);
  });

  test('that are faked are no hindrance to a scenario that uses none', async () => {
    const scenario: Scenario<string> = async ({ registry, clock }) => {
      await Promise.all([registry.getBackend('x', { client: 'a' }).save(text('tea')), clock.sleep(1000)]);
    };
    expect(await explore(scenario)).toMatchObject({ schedules: 1, complete: true });
    const stuck = await failureOf(explore(() => later(10), { idleTimeoutMs: 3 }));
    expect(stuck.received).toContain('waiting for something that is no step');
  });
});

describe('extend', () => {
  test('says what handles are, once for all runs', async () => {
    const clocks = new Set<unknown>();
    let extended = 0;
    const scenario: Scenario<string> = async ({ registry, clock }) => {
      clocks.delete(clock);
      await Promise.all(['a', 'b'].map((client) => registry.getBackend('x', { client }).save(text(client))));
    };
    const report = await explore(scenario, {
      extend: (Backend, { clock }) => {
        clocks.add(clock);
        extended += 1;
        return withLatency(Backend, { ms: 10, clock });
      },
    });
    expect(report).toMatchObject({ schedules: 2, complete: true });
    expect([clocks.size, extended]).toEqual([0, 1]);
  });

  test('may bring faults by chance, the same in every run of the same seed', async () => {
    const outcomes = async () => {
      const results: string[] = [];
      await explore<string>(
        async ({ registry, journal }) => {
          const save = (client: string) =>
            registry
              .getBackend('x', { client })
              .save(text(client))
              .catch(() => {});
          await Promise.all(['a', 'b', 'c'].map(save));
          results.push(journal.toString());
        },
        { extend: (Backend) => withFaults(Backend, new FaultPlan({ seed: 4, rate: 0.5, kinds: ['refused', 'lost reply'] })) },
      );
      return results;
    };
    const [first, second] = [await outcomes(), await outcomes()];
    expect(second).toEqual(first);
    expect(first.length).toBeGreaterThanOrEqual(6);
    expect(first.join()).toContain('✗');
  });
});

describe('what a scenario is given', () => {
  test('is a world of its own', async () => {
    const seen = new Set<unknown>();
    let runs = 0;
    await explore<string>(
      async (context) => {
        runs += 1;
        for (const part of [context.registry, context.journal, context.clock, context.plan, context.scheduler]) seen.add(part);
        expect([context.registry.size, context.journal.recorded, context.clock.now()]).toEqual([0, 0, 0]);
        await context.clock.sleep(5);
        await Promise.all(['a', 'b'].map((client) => context.registry.getBackend('x', { client }).save(text(client))));
      },
      { reduction: false },
    );
    // Registry and scheduler; journal, clock and plan are emptied.
    expect([runs, seen.size]).toEqual([6, 15]);
  });

  test('a journal knows what clients did', async () => {
    await explore<string>(async ({ registry, journal }) => {
      const increase = (client: string) =>
        registry.getBackend('x', { client }).update((current) => text(client, nextRevision(current)));
      await Promise.all(['a', 'b'].map(increase));
      expect(journal).toBeInstanceOf(Journal);
      expect(journal.find({ type: 'update', outcome: 'done' })).toHaveLength(2);
      expect(checkHistory(journal)).toEqual({ linearizable: true });
    });
  });

  test('a plan says what fails', async () => {
    const scenario: Scenario<string> = async ({ registry, plan }) => {
      plan.failNext('save', { client: 'a' });
      await registry.getBackend('x', { client: 'a' }).save(text('tea'));
    };
    const failure = await failureOf(explore(scenario));
    expect(failure.cause).toMatchObject({ code: 'ERR_HOOK_FAILED', cause: { kind: 'refused' } });
    expect(failure.timeline.split('\n').at(-1)).toBe('save ✗ refused');
  });

  test('a turn has a label in the timeline', async () => {
    const [trial] = await executionsOf<string>(async ({ step }) => {
      await step('user');
      await step('user', 'user: signs in');
    });
    expect(trial?.timeline.split('\n').slice(2)).toEqual(['goes on', 'user: signs in']);
  });

  test('idle comes when there is nothing left to do, neither for clients nor for the clock', async () => {
    const ends: string[][] = [];
    await explore<string>(
      async ({ registry, clock, step, idle }) => {
        const done: string[] = [];
        void registry
          .getBackend('x', { client: 'a' })
          .save(text('tea'))
          .then(() => done.push('save'));
        void clock
          .sleep(50)
          .then(() => step('b'))
          .then(() => done.push('turn'));
        await Promise.all([idle(), idle()]);
        await idle();
        ends.push(done.sort());
      },
      { reduction: false, time: true },
    );
    expect(ends.length).toBeGreaterThan(3);
    expect(new Set(ends.map(String))).toEqual(new Set(['save,turn']));
  });
});
