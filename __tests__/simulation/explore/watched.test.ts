import type { SharedMemoryRegistry } from 'shared-memory-registry';
import { explore, type FaultPlan, type Scenario } from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { text, trialsOf } from './support';

const first = { isRepeating: false, choose: <S>(possible: readonly [S, ...S[]]) => possible[0], backtrack: () => false };

/** What is noticed of one run. */
async function noticed(scenario: Scenario<string>, initial = { x: text('tea') }) {
  const [trial] = await trialsOf(scenario, { initial }, first);
  return { outcome: trial?.outcome.type, hasLooked: trial?.hasLooked, hasListened: trial?.hasListened };
}

const QUIET = { outcome: 'passed', hasLooked: false, hasListened: false };

type Look = (registry: SharedMemoryRegistry<string>) => unknown;

const LOOKS: [name: string, look: Look, result: unknown][] = [
  ['peek', (registry) => registry.peek('x')?.snapshot, text('tea')],
  ['has', (registry) => registry.has('x'), true],
  ['keys', (registry) => registry.keys(), ['x']],
  ['size', (registry) => registry.size, 1],
  ['entries', (registry) => registry.entries().length, 1],
  ['iteration', (registry) => [...registry].length, 1],
  ['toJSON', (registry) => registry.toJSON(), { x: text('tea') }],
  ['getUsage', (registry) => registry.getUsage().used > 0, true],
  ['clearAll', (registry) => registry.clearAll(), undefined],
  ['reset', (registry) => registry.reset(), undefined],
  ['checkpoint and restore', (registry) => registry.restore(registry.checkpoint()), undefined],
  ['checkpoint', (registry) => typeof registry.checkpoint(), 'object'],
];

describe.each(LOOKS)('%s', (_name, look, result) => {
  test('is a look where somebody waits for a turn', async () => {
    const looking: Scenario<string> = async ({ registry, turn }) => {
      const turning = turn('a');
      expect(look(registry)).toEqual(result);
      await turning;
    };
    expect(await noticed(looking)).toEqual({ ...QUIET, hasLooked: true });
  });

  test('is none before anybody waits, and after everybody has', async () => {
    const looking: Scenario<string> = async ({ registry, turn }) => {
      look(registry);
      await turn('a');
      look(registry);
    };
    expect(await noticed(looking)).toEqual(QUIET);
  });
});

test('to restore alone is a look', async () => {
  const restoring: Scenario<string> = async ({ registry, turn }) => {
    const checkpoint = registry.checkpoint();
    const turning = turn('a');
    registry.restore(checkpoint);
    await turning;
  };
  expect(await noticed(restoring)).toEqual({ ...QUIET, hasLooked: true });
});

test('operations of handles are no looks', async () => {
  const operating: Scenario<string> = async ({ registry }) => {
    const handles = ['a', 'b'].map((client) => registry.getBackend('x', { client }));
    await Promise.all(handles.flatMap((handle) => [handle.load(), handle.save(text('cake')), handle.stat(), handle.getUsage()]));
  };
  expect(await noticed(operating)).toEqual(QUIET);
});

test('what a listener looks at in the stack of an effect is no look: where changes are heard of, writes are kept in order', async () => {
  const listening: Scenario<string> = async ({ registry, turn }) => {
    const [a, b] = [registry.getBackend('x', { client: 'a' }), registry.getBackend('x', { client: 'b' })];
    b.subscribe(() => registry.peek('x'));
    await Promise.all([a.save(text('cake')), turn('c')]);
  };
  expect(await noticed(listening)).toEqual({ ...QUIET, hasListened: true });
});

test.each<[string, (registry: SharedMemoryRegistry<string>) => () => void]>([
  ['a handle', (registry) => registry.getBackend('x').subscribe(() => {})],
  ['the registry', (registry) => registry.subscribe(() => {})],
])('a listener of %s is noticed', async (_what, subscribe) => {
  const listening: Scenario<string> = async ({ registry }) => subscribe(registry)();
  expect(await noticed(listening)).toEqual({ ...QUIET, hasListened: true });
});

test.each<[string, { client?: string }[], boolean]>([
  ['handles with a name', [{ client: 'a' }, { client: 'b' }], false],
  ['one without a name', [{ client: 'a' }, {}], false],
  ['two without a name, which may be of one client,', [{}, {}], true],
  ['many without a name', [{}, {}, {}, {}], true],
])('%s are noticed where the order of theirs may count', async (_what, clients, hasLooked) => {
  const opening: Scenario<string> = async ({ registry }) => {
    for (const options of clients) registry.getBackend('x', options);
  };
  expect(await noticed(opening)).toEqual({ ...QUIET, hasLooked });
});

test('a handle that is taken without any options has no name', async () => {
  const opening: Scenario<string> = async ({ registry }) => {
    expect([registry.getBackend('x').client, registry.getBackend('x').client]).toEqual(['client-1', 'client-2']);
  };
  expect(await noticed(opening)).toEqual({ ...QUIET, hasLooked: true });
});

type Tell = (plan: FaultPlan) => unknown;

test.each<[name: string, tell: Tell]>([
  ['failNext', (plan) => plan.failNext('load')],
  ['fail', (plan) => plan.fail('load')],
  ['hold', (plan) => plan.hold('load')],
  ['reset', (plan) => plan.reset()],
  ['crash', (plan) => plan.crash('b')],
])('a plan that is told to %s is noticed, since it may be anybody who meets it', async (_name, tell) => {
  expect(await noticed(async ({ plan }) => tell(plan))).toEqual({ ...QUIET, hasLooked: true });
});

test('whoever schedules something of their own is noticed', async () => {
  const kettle = { client: 'kettle', key: null, phase: 'turn', handle: {} } as const;
  const scheduling: Scenario<string> = async ({ scheduler }) => {
    expect(await scheduler.schedule(Promise.resolve('tea'), 'the kettle', kettle)).toBe('tea');
  };
  expect(await noticed(scheduling)).toEqual({ ...QUIET, hasLooked: true });
});

describe('timers of a test framework', () => {
  afterEach(() => void jest.useRealTimers());

  test.each([
    [1, false],
    [2, true],
    [3, true],
  ])('of which %i are waited for: whether it may count which was set first', async (count, hasLooked) => {
    jest.useFakeTimers();
    const waiting: Scenario<string> = async () => {
      const timers = Array.from({ length: count }, () => new Promise<void>((resolve) => void setTimeout(resolve, 5)));
      await Promise.all(timers);
    };
    const [trial] = await trialsOf(waiting, { timers: jest }, first);
    expect(trial).toMatchObject({ outcome: { type: 'passed' }, hasLooked });
  });
});

test('a plan that is asked of a crash, or told of a restart, is not noticed', async () => {
  const asking: Scenario<string> = async ({ plan }) => {
    plan.restart('b');
    await Promise.race([plan.crashed('b'), null]);
  };
  expect(await noticed(asking)).toEqual(QUIET);
});

test('a crash that is a step is not noticed', async () => {
  const turning: Scenario<string> = async ({ turn, plan }) => {
    await Promise.race([turn('a'), plan.crashed('a')]);
  };
  const trials = await trialsOf(turning, { faults: { kinds: ['crash'] } });
  expect(trials.map(({ hasLooked, steps }) => [steps.map(({ id }) => id).join(), hasLooked])).toEqual([
    ['a turn#1', false],
    ['a turn#1, crash', false],
  ]);
});

describe('windows', () => {
  test('are noticed when one is opened, since they read and write at once', async () => {
    const opening: Scenario<string> = async ({ registry }) => {
      new WebStorageArea({ registry }).openWindow();
    };
    expect(await noticed(opening)).toEqual({ ...QUIET, hasLooked: true });
  });

  test('show what they write in the timeline, and backends and the registry do not', async () => {
    const writing: Scenario<string> = async ({ registry }) => {
      const { localStorage } = new WebStorageArea({ registry }).openWindow({ client: 'tab' });
      await registry.getBackend('z', { client: 'a' }).save(text('cake'));
      localStorage.setItem('note', 'tea "green"');
      localStorage.removeItem('note');
      localStorage.removeItem('note');
      registry.reset();
      localStorage.clear();
      localStorage.clear();
    };
    const [trial] = await trialsOf(writing, { initial: { x: text('tea') } }, first);
    expect(trial?.journal.toString().split('\n')).toEqual([
      'a        tab',
      '──────   ────────────────────────',
      'save 1   ·',
      '·        sets note to tea "green"',
      '·        removes note',
      '·        clears everything',
    ]);
  });

  test.each([
    ['1', '1'],
    ['x'.repeat(40), 'x'.repeat(40)],
    ['x'.repeat(41), `${'x'.repeat(40)}…`],
  ])('show a text of theirs as it is, and no more than 40 characters of it: %s', async (written, shown) => {
    const writing: Scenario<string> = async ({ registry }) => {
      new WebStorageArea({ registry }).openWindow().localStorage.setItem('n', written);
    };
    const [trial] = await trialsOf(writing, {}, first);
    expect(trial?.journal.toString().split('\n').at(-1)).toBe(`sets n to ${shown}`);
  });

  test('hear of changes when it is their turn, and everything is tried', async () => {
    const orders = new Set<string>();
    const report = await explore<string>(async ({ registry, scheduler, idle }) => {
      const area = new WebStorageArea({ registry, scheduler });
      const [one, two, three] = [area.openWindow(), area.openWindow(), area.openWindow()];
      for (const window of [two, three]) {
        window.addEventListener('storage', ({ key }) => {
          if (key === 'note') window.localStorage.setItem('last', window.client);
        });
      }
      one.localStorage.setItem('note', 'tea');
      await idle();
      orders.add(String(one.localStorage.getItem('last')));
    });
    // Two windows hear of one write; each then makes another one, of which the two others hear.
    expect(report).toEqual({ schedules: 36, complete: true });
    expect([...orders].sort()).toEqual(['window-2', 'window-3']);
  });

  test('have a delivery of their own in the schedule and in the timeline', async () => {
    const [trial] = await trialsOf<string>(
      async ({ registry, scheduler, idle }) => {
        const area = new WebStorageArea({ registry, scheduler });
        const [one] = [area.openWindow(), area.openWindow()];
        one?.localStorage.setItem('note', 'tea');
        await idle();
        one?.localStorage.clear();
        await idle();
      },
      {},
      first,
    );
    expect(trial?.steps.map(({ id }) => id)).toEqual(['window-2/note delivery#1', 'window-2 delivery#1']);
    expect(trial?.journal.toString().split('\n')).toEqual([
      'window-1            window-2',
      '─────────────────   ──────────────────',
      'sets note to tea    ·',
      '·                   hears of note: tea',
      'clears everything   ·',
      '·                   hears of clear',
    ]);
  });
});
