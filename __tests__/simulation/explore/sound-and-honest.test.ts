import { createHash, webcrypto } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Awaitable,
  type KeyedMemoryBackend,
  nextRevision,
  type Operation,
  SharedMemoryRegistry,
} from 'shared-memory-registry';
import {
  checkHistory,
  type ExploreContext,
  type ExploreOptions,
  explore,
  type Scenario,
} from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { rejection } from '../../support/refusals';
import { failureOf, text } from './support';

const initial = { counter: { revision: '0', data: 'x' } };

async function append(handle: KeyedMemoryBackend<string>): Promise<void> {
  const current = await handle.load();
  await handle.save(text(`${current?.data ?? ''}${handle.client}`, nextRevision(current)));
}

function clientsOf(context: ExploreContext<string>, names: string, key?: string): KeyedMemoryBackend<string>[] {
  return [...names].map((client) => context.registry.getBackend(key ?? client, { client }));
}

/** What came of a scenario in all of its orders. */
async function outcomesOf(
  live: (context: ExploreContext<string>) => Promise<unknown>,
  options: ExploreOptions<string> = {},
): Promise<{ outcomes: string[]; complete: boolean }> {
  const outcomes = new Set<string>();
  const { complete } = await explore<string>(async (context) => outcomes.add(JSON.stringify(await live(context))), {
    timeoutMs: 60_000,
    ...options,
  });
  return { outcomes: [...outcomes].sort(), complete };
}

describe('an order that is missing', () => {
  test('is not, of the last replies, where the scenario goes on after its clients and a change is yet to be delivered', async () => {
    const live = async ({ registry, idle }: ExploreContext<string>) => {
      const handle = (key: string, client: string) => registry.getBackend(key, { client });
      const heard: string[] = [];
      handle('y', 'b').subscribe(({ type }) => heard.push(type));
      const saving = async () => {
        await handle('x', 'b').load();
        await handle('y', 'b').save(text('b'));
      };
      await Promise.all([
        handle('x', 'a')
          .load()
          .then(() => registry.peek('x')),
        saving(),
      ]);
      await handle('x', 'end').load();
      await idle();
      return heard;
    };
    const options = { deliveries: true, quota: 70 };
    expect(await outcomesOf(live, options)).toEqual({ outcomes: ['["save"]'], complete: true });
  });

  test('is not, of replies, where the scenario judges the history of its journal', async () => {
    const stale: Scenario<string> = async ({ registry, journal }) => {
      const reader = registry.getBackend('x', { client: 'reader' });
      const writer = registry.getBackend('x', { client: 'writer' });
      const readTwice = async () => {
        await reader.load();
        await reader.load();
      };
      await Promise.all([readTwice(), writer.save(text('tea'))]);
      expect(checkHistory(journal)).toEqual({ linearizable: true });
    };
    const extend: ExploreOptions<string>['extend'] = (Backend) =>
      class extends Backend {
        #first: Promise<unknown> | undefined;

        protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
          if (operation.type !== 'load') return super.perform(operation, action);
          this.#first ??= super.perform(operation, action);
          return this.#first as Promise<R>;
        }
      };
    expect(await explore(stale)).toMatchObject({ complete: true });
    expect((await failureOf(explore(stale, { extend }))).message).toContain('linearizable');
  });

  test('is never hidden by "complete" where a client waits for another one and for a reply of its own', async () => {
    const live = async (context: ExploreContext<string>) => {
      const [a, b] = clientsOf(context, 'ab', 'y');
      const [x, z] = ['x', 'z'].map((key) => context.registry.getBackend(key, { client: 'b' }));
      const saved = a?.save(text('a'));
      const work = async () => {
        await x?.load();
        const own = b?.load();
        const won = await Promise.race([saved?.then(() => 'the save of a'), own?.then((found) => `a load of ${found?.data}`)]);
        await z?.save(text(String(won)));
        await own;
      };
      await Promise.all([saved, work()]);
      return context.registry.peek('z')?.snapshot.data;
    };
    const every = await outcomesOf(live, { reduction: false });
    expect(every.outcomes).toHaveLength(3);
    expect(await outcomesOf(live)).toEqual({ outcomes: every.outcomes, complete: false });
    const report = await explore<string>(async (context) => void (await live(context)));
    expect(report.undeclared).toContain('client "b" waits for "a", and for a step of its own: declare what they share');
    expect(await outcomesOf(live, { dependencies: [['a', 'b']] })).toEqual({ outcomes: every.outcomes, complete: true });
  });

  test('is noticed where clients share a variable, and tried where they declare it', async () => {
    const sharing =
      (accesses: object): ((context: ExploreContext<string>) => Promise<unknown>) =>
      async (context) => {
        let shared = 0;
        const increase = async (handle: KeyedMemoryBackend<string> | undefined) => {
          await handle?.load();
          await context.step(String(handle?.client), 'reads', accesses);
          const found = shared;
          await context.step(String(handle?.client), 'writes', accesses);
          shared = found + 1;
          await handle?.save(text(String(shared)));
        };
        await Promise.all(clientsOf(context, 'ab').map(increase));
        return shared;
      };
    const hidden = await explore<string>(async (context) => void (await sharing({})(context)));
    expect(hidden).toMatchObject({ complete: false, undeclared: expect.stringContaining('has other results in an order') });
    expect(await outcomesOf(sharing({ writes: ['shared'] }))).toEqual({ outcomes: ['1', '2'], complete: true });
  });
});

describe('the number of runs', () => {
  const operations =
    (count: number, act: (handle: KeyedMemoryBackend<string> | undefined, index: number) => Promise<unknown>) =>
    async (handle: KeyedMemoryBackend<string> | undefined) => {
      for (let index = 0; index < count; index += 1) await act(handle, index);
    };

  test.each<[string, string, string | undefined, ReturnType<typeof operations>]>([
    [
      '7 clients with 4 operations, each on its own key',
      'abcdefg',
      undefined,
      operations(4, async (handle, index) => handle?.save(text('x', String(index)))),
    ],
    [
      '6 clients with 4 operations, each on its own key',
      'abcdef',
      undefined,
      operations(4, async (handle) => handle && append(handle)),
    ],
    ['7 clients with 3 loads of one key', 'abcdefg', 'x', operations(3, async (handle) => handle?.load())],
  ])('of %s is one, and at most ten that check it', async (_name, names, key, act) => {
    const report = await explore<string>(async (context) => void (await Promise.all(clientsOf(context, names, key).map(act))));
    expect(report).toMatchObject({ schedules: 1, clients: names.length, complete: true });
    expect(report.runs).toBeLessThanOrEqual(11);
  });

  test.each([true, false])(
    'of two clients with keys of their own after a step of a third one is one (idle: %p)',
    async (waits) => {
      const seeded: Scenario<string> = async (context) => {
        await context.registry.getBackend('seed', { client: 'seed' }).save(text('tea'));
        if (waits) await context.idle();
        await Promise.all(clientsOf(context, 'ab').map(append));
      };
      expect(await explore(seeded)).toMatchObject({ schedules: 1, complete: true });
    },
  );

  test('is the same with fake timers that are due at different times as with sleeps', async () => {
    jest.useFakeTimers();
    const timed: Scenario<string> = async (context) => {
      const timers = [1000, 2000].map((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
      await Promise.all(clientsOf(context, 'abc', 'counter').map(append));
      await Promise.all(timers);
    };
    expect(await explore(timed, { initial, timers: jest })).toMatchObject({ schedules: 36, complete: true });
    jest.useRealTimers();
    const sleeping: Scenario<string> = async (context) => {
      const sleeps = [1000, 2000].map((ms) => context.clock.sleep(ms));
      await Promise.all(clientsOf(context, 'abc', 'counter').map(append));
      await Promise.all(sleeps);
    };
    expect(await explore(sleeping, { initial })).toMatchObject({ schedules: 36, complete: true });
  });
});

describe('time', () => {
  const polling: Scenario<string> = async (context) => {
    const [a, b] = clientsOf(context, 'ab', 'x');
    const poll = async () => {
      while ((await a?.load()) === null) await context.clock.sleep(100);
    };
    await Promise.all([poll(), b?.save(text('tea'))]);
  };

  test.each([true, false])('goes on for a client that polls, and lets the others go on (time: %p)', async (time) => {
    expect(await explore(polling, { time })).toMatchObject({ complete: true });
  });

  test('of a client that polls without waiting is an endless run, said shortly, and once', async () => {
    let runs = 0;
    const endless: Scenario<string> = async (context) => {
      runs += 1;
      const [a, b] = clientsOf(context, 'ab', 'x');
      const poll = async () => {
        while ((await a?.load()) === null);
      };
      await Promise.all([poll(), b?.save(text('tea'))]);
    };
    const failure = await failureOf(explore(endless));
    expect(failure.received).toContain('a scenario that goes on and on, 1000 steps by then');
    expect(failure.message.length).toBeLessThan(1000);
    expect([failure.runs, runs]).toEqual([1, 1]);
  });

  test('that is real fails the exploration, unless the caller allows it', async () => {
    const waiting: Scenario<string> = async (context) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.all(clientsOf(context, 'ab', 'x').map(append));
    };
    await expect(explore(waiting)).rejects.toMatchObject({ code: 'ERR_REAL_TIME' });
    expect(await explore(waiting, { allowRealTime: true })).toMatchObject({ complete: false });
  });

  test('is limited, and the error says how far it came', async () => {
    const many: Scenario<string> = async (context) => void (await Promise.all(clientsOf(context, 'abcdef', 'x').map(append)));
    const progress: unknown[] = [];
    const exploration = explore(many, { initial, timeoutMs: 700, onProgress: (made) => progress.push(made) });
    const error = await rejection(exploration);
    expect(error).toMatchObject({ code: 'ERR_TOO_MANY_SCHEDULES', expected: 'the exploration to end within 700 ms' });
    expect(String(error)).toMatch(
      /more to do after \d+ schedules \(\d+ runs, \d+ ms\)\. Make the scenario smaller; .*'preemption-bounded'/,
    );
    expect(progress[0]).toEqual({ runs: expect.any(Number), schedules: expect.any(Number), elapsedMs: expect.any(Number) });

    const controller = new AbortController();
    const aborted = explore(many, {
      initial,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
  });
});

describe('real asynchronous work of the platform', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'explore-'));
    await writeFile(join(folder, 'file'), 'tea');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const works: [string, () => Promise<unknown>][] = [
    ['a digest', () => webcrypto.subtle.digest('SHA-256', new Uint8Array(100))],
    ['a file', () => readFile(join(folder, 'file'))],
    ['a compression', () => new Response(new Blob(['tea']).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()],
  ];

  test.each(works)('is waited for, so that every exploration is the same: %s', async (_name, work) => {
    const reports: unknown[] = [];
    for (let count = 0; count < 5; count += 1) {
      const scenario: Scenario<string> = async (context) => {
        const act = async (handle: KeyedMemoryBackend<string>) => {
          await work();
          await handle.update((found) => text(`${found?.data ?? ''}${createHash('md5').update('x').digest('hex')}`));
        };
        await Promise.all(clientsOf(context, 'ab', 'x').map(act));
      };
      reports.push(await explore(scenario, { timeoutMs: 60_000 }));
    }
    expect(new Set(reports.map((report) => JSON.stringify(report))).size).toBe(1);
    expect(reports[0]).toMatchObject({ schedules: 2, complete: true });
  });
});

test.each<ExploreOptions<string>>([{}, { reduction: false }, { strategy: 'preemption-bounded', maxPreemptions: 3 }])(
  'work that is begun in a later run only is waited for as well: %j',
  async (options) => {
    const exploreWith = async (work: () => Promise<unknown> | undefined) => {
      const { runs, ...report } = await explore<string>(
        async (context) => {
          const act = async (handle: KeyedMemoryBackend<string>) => {
            const found = await handle.load();
            if (handle.client === 'a' && found !== null) await work();
            await handle.save(text(handle.client));
          };
          await Promise.all(clientsOf(context, 'ab', 'x').map(act));
        },
        { ...options, timeoutMs: 60_000 },
      );
      return report;
    };
    const plain = await exploreWith(() => undefined);
    const { steps, ...report } = await exploreWith(() => webcrypto.subtle.digest('SHA-256', new Uint8Array(100)));
    expect(report).toEqual(expect.objectContaining({ schedules: plain.schedules, complete: plain.complete }));
    expect(steps).toBeGreaterThan(plain.steps);
  },
);

describe('what takes real time', () => {
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
  const twoLoads = (wait: () => Promise<void> | undefined) =>
    explore<string>(async (context) => {
      const act = async (handle: KeyedMemoryBackend<string>) => {
        await handle.load();
        await wait();
        await handle.save(text(handle.client));
      };
      await Promise.all(clientsOf(context, 'ab', 'x').map(act));
    });

  test('only once, such as what is loaded when it is first needed, is not in the way of a complete search', async () => {
    const plain = await twoLoads(() => undefined);
    let loading: Promise<void> | undefined;
    const report = await twoLoads(() => {
      loading ??= pause();
      return loading;
    });
    expect(report).toMatchObject({ schedules: plain.schedules, complete: true });
    expect(report.runs).toBe(plain.runs + 1);
  });

  test('only once does not change what a token replays', async () => {
    let isLoaded = true;
    let loading: Promise<void> | undefined;
    const load = () => {
      loading ??= pause();
      return loading;
    };
    const scenario: Scenario<string> = async (context) => {
      const act = async (handle: KeyedMemoryBackend<string>) => {
        const found = await handle.load();
        if (!isLoaded) await load();
        await handle.save(text(`${found?.data ?? ''}${handle.client}`));
      };
      await Promise.all(clientsOf(context, 'ab', 'x').map(act));
      if (context.registry.peek('x')?.snapshot.data !== 'ab') throw new Error('lost');
    };
    const failure = await failureOf(explore(scenario));
    isLoaded = false;
    const replayed = await failureOf(explore(scenario, { replay: failure.token }));
    expect(replayed.timeline).toBe(failure.timeline);
  });

  test('again and again is refused', async () => {
    await expect(twoLoads(pause)).rejects.toMatchObject({ code: 'ERR_REAL_TIME' });
    let waits = 0;
    await expect(twoLoads(() => (waits++ % 5 === 0 ? pause() : undefined))).rejects.toMatchObject({ code: 'ERR_REAL_TIME' });
  });
});

describe('what a scenario has in the event loop', () => {
  const { port1, port2 } = new MessageChannel();
  const posted: (() => void)[] = [];
  const immediate = () => new Promise<void>((resolve) => setImmediate(resolve));
  const pauses: [string, () => Promise<unknown>][] = [
    ['an immediate', immediate],
    [
      'several immediates',
      async () => {
        for (let count = 0; count < 10; count += 1) await immediate();
      },
    ],
    ['a tick', () => new Promise<void>((resolve) => process.nextTick(resolve))],
    [
      'a message by a port that was there before',
      () =>
        new Promise<void>((resolve) => {
          posted.push(resolve);
          port2.postMessage(null);
        }),
    ],
    [
      'a message by a port, and its answer',
      () =>
        new Promise<void>((resolve) => {
          const channel = new MessageChannel();
          channel.port1.once('message', () => channel.port1.postMessage('answer'));
          channel.port2.once('message', () => {
            channel.port2.close();
            resolve();
          });
          channel.port2.postMessage('question');
        }),
    ],
    [
      'a message by a port of its own',
      () =>
        new Promise<void>((resolve) => {
          const channel = new MessageChannel();
          channel.port1.once('message', () => {
            channel.port1.close();
            resolve();
          });
          channel.port2.postMessage(null);
        }),
    ],
  ];

  beforeAll(() => {
    port1.on('message', () => posted.shift()?.());
  });
  afterAll(() => port1.close());

  /** Two clients that count and rest in between: which orders there are, and what is stored after each. */
  async function exploreWith(rest: (client: string, count: number) => Promise<unknown> | undefined) {
    const stored = new Set<string>();
    const report = await explore<number>(
      async ({ registry }) => {
        const add = async (client: string) => {
          const handle = registry.getBackend('x', { client });
          const count = (await handle.load())?.data ?? 0;
          await rest(client, count);
          await handle.save({ revision: client === 'a' ? '1' : '2', data: count + 1 });
          if (client === 'b') await registry.getBackend('y', { client }).load();
        };
        await Promise.all([add('a'), add('b')]);
        stored.add(JSON.stringify(registry));
      },
      { timeoutMs: 60_000 },
    );
    return { report, stored: [...stored].sort() };
  }

  describe.each(pauses)('is waited for: %s', (_name, pause) => {
    test.each<[string, (client: string, count: number) => Promise<unknown> | undefined]>([
      ['of every client', pause],
      ['of one client', (client) => (client === 'a' ? pause() : undefined)],
      ['in a later run only', (client, count) => (client === 'a' && count > 0 ? pause() : undefined)],
    ])('%s', async (_whose, rest) => {
      const plain = await exploreWith(() => undefined);
      expect(plain.report).toMatchObject({ complete: true, schedules: 4 });
      expect(await exploreWith(rest)).toEqual(plain);
    });
  });

  test('is waited for: a message by a port that does not keep the process alive', async () => {
    port1.unref();
    const [, pause] = pauses[3] as (typeof pauses)[number];
    const keepsAlive = setTimeout(() => {}, 60_000);
    const [plain, paused] = [await exploreWith(() => undefined), await exploreWith(pause)];
    clearTimeout(keepsAlive);
    port1.ref();
    expect(paused).toEqual(plain);
  });

  test('does not keep the others waiting where it goes on and on: a client that asks again and again', async () => {
    let isOver = false;
    const report = await explore<string>(async (context) => {
      isOver = false;
      const [first, second] = clientsOf(context, 'ab', 'x') as [KeyedMemoryBackend<string>, KeyedMemoryBackend<string>];
      const ask = async () => {
        while (!isOver) await immediate();
        await second.load();
      };
      const act = async () => {
        await first.save(text('tea'));
        isOver = true;
      };
      await Promise.all([ask(), act()]);
      context.sometimes('it was seen', context.registry.peek('x')?.snapshot.data === 'tea');
    });
    expect(report).toMatchObject({ complete: true });
  });
});

describe('a scenario that has seen nothing', () => {
  const OWN = new SharedMemoryRegistry<string>();
  test.each<[string, Scenario<string>]>([
    ['does nothing', async () => {}],
    [
      'uses a registry of its own',
      async () => void (await Promise.all(['a', 'b'].map((client) => append(OWN.getBackend('x', { client }))))),
    ],
    [
      'has windows on a store of their own',
      async ({ step }) => {
        const area = new WebStorageArea();
        const add = async (client: string) => {
          const { localStorage } = area.openWindow({ client });
          const items = Number(localStorage['items'] ?? 0);
          await step(client, 'asks for the price');
          localStorage['items'] = String(items + 1);
        };
        await Promise.all([add('tab-1'), add('tab-2')]);
      },
    ],
  ])('fails: it %s', async (_name, scenario) => {
    await expect(explore(scenario)).rejects.toMatchObject({
      code: 'ERR_NOTHING_EXPLORED',
      received: expect.stringContaining('no step was taken on its registry. Use the registry of the context'),
    });
  });

  test('fails where it has not met what it has to meet', async () => {
    const conflicting: Scenario<string> = async (context) => {
      const save = async (handle: KeyedMemoryBackend<string>) => {
        const current = await handle.load();
        const next = text(handle.client, nextRevision(current));
        await handle.save(next, { ifMatch: current?.revision ?? null }).catch(() => context.sometimes('a conflict was met'));
      };
      await Promise.all(clientsOf(context, 'ab', 'x').map(save));
      context.sometimes('nothing is stored', context.registry.size === 0);
    };
    await expect(explore(conflicting)).rejects.toMatchObject({
      code: 'ERR_NEVER_MET',
      expected: '"nothing is stored" to be met in at least one order',
    });
    const sometimes = ['a conflict was met', 'a quarrel'];
    await expect(explore(conflicting, { sometimes })).rejects.toMatchObject({ expected: expect.stringContaining('"a quarrel"') });
  });
});

describe('an error that nobody waits for fails the run in which it happens', () => {
  test.each<[string, (context: ExploreContext<string>) => void]>([
    ['a rejection', () => void Promise.reject(new Error('nobody waits'))],
    [
      'a listener that rejects',
      ({ registry }) =>
        void registry.subscribe(async () => {
          throw new Error('nobody waits');
        }),
    ],
    [
      'a listener of a window that throws',
      ({ registry, scheduler }) => {
        const area = new WebStorageArea({ registry, scheduler });
        const [one, other] = [area.openWindow(), area.openWindow()];
        other.addEventListener('storage', () => {
          throw new Error('nobody waits');
        });
        one.localStorage.setItem('y', 'tea');
      },
    ],
  ])('%s', async (_name, begin) => {
    const scenario: Scenario<string> = async (context) => {
      begin(context);
      await Promise.all(clientsOf(context, 'ab', 'x').map(append));
      await context.idle();
    };
    const failure = await failureOf(explore(scenario));
    expect(failure.cause).toMatchObject({ message: 'nobody waits' });
    expect(failure.token).toMatch(/^order:/);
  });

  test('and the listeners of the test runner are back afterwards', async () => {
    const before = process.listeners('unhandledRejection').length;
    await explore<string>(async (context) => void (await context.registry.getBackend('x', { client: 'a' }).load()));
    expect(process.listeners('unhandledRejection')).toHaveLength(before);
  });
});

test('of what is scheduled by the scheduler of the context, every order is tried', async () => {
  const totals = new Set<number>();
  const { schedules, complete } = await explore<string>(async ({ registry, scheduler }) => {
    await registry.getBackend('settings', { client: 'a' }).load();
    let total = 0;
    const add = async (client: string) => {
      const turn = () => scheduler.schedule(Promise.resolve(), client, { client, key: null, phase: 'turn', handle: scheduler });
      await turn();
      const seen = total;
      await turn();
      total = seen + 1;
    };
    await Promise.all([add('a'), add('b')]);
    totals.add(total);
  });
  expect([schedules, complete, [...totals].sort()]).toEqual([6, true, [1, 2]]);
});

test('a handle that is kept over runs is named as that', async () => {
  let kept: KeyedMemoryBackend<string> | undefined;
  const keeping: Scenario<string> = async ({ registry }) => {
    kept ??= registry.getBackend('x', { client: 'a' });
    await Promise.all([kept.load(), registry.getBackend('x', { client: 'b' }).save(text('tea'))]);
  };
  expect((await failureOf(explore(keeping))).received).toContain('a uses a handle of an earlier run');
});

test('a failure says which run and which schedule it was', async () => {
  let runs = 0;
  const failing: Scenario<string> = async (context) => {
    runs += 1;
    await Promise.all(clientsOf(context, 'abc').map(append));
    if (runs === 5) throw new Error('fifth');
  };
  const failure = await failureOf(explore(failing));
  expect([failure.runs, failure.schedules]).toEqual([5, 1]);
  expect(failure.message).toContain('but schedule 1 (run 5) fails');
});

describe('random search', () => {
  const isLong = process.env['LONG'] === '1';
  const SEEDS = isLong ? 20 : 3;

  /** The median number of runs until a failure is found. */
  async function medianRuns(scenario: Scenario<string>): Promise<number> {
    const runs: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const error = await rejection(explore(scenario, { strategy: 'random', seed, maxSchedules: 1500, timeoutMs: 60_000 }));
      runs.push((error as { runs?: number }).runs ?? 1500);
    }
    return runs.sort((one, other) => one - other)[SEEDS >> 1] as number;
  }

  test('finds a slow tab among five clients', async () => {
    const slowTab: Scenario<string> = async (context) => {
      const [slow, fast, ...others] = clientsOf(context, 'abcde', 'x');
      let before = 0;
      let isSlow = false;
      const wait = async () => {
        await slow?.load();
        before = done;
        await slow?.load();
        isSlow = done - before >= 8;
      };
      let done = 0;
      const work = async () => {
        for (let count = 0; count < 8; count += 1) {
          await fast?.save(text('x'));
          done += 1;
        }
      };
      await Promise.all([wait(), work(), ...others.map(append)]);
      if (isSlow) throw new Error('slow');
    };
    // Of few seeds, the median is less certain.
    expect(await medianRuns(slowTab)).toBeLessThan(isLong ? 150 : 300);
  });

  test('finds a chain of three orderings among five clients', async () => {
    const chain: Scenario<string> = async (context) => {
      const order: string[] = [];
      const act = async (handle: KeyedMemoryBackend<string>) => {
        await handle.load();
        order.push(handle.client);
        await handle.load();
        order.push(handle.client.toUpperCase());
      };
      await Promise.all(clientsOf(context, 'abcde', 'x').map(act));
      const place = (name: string) => order.indexOf(name);
      if (place('E') < place('d') && place('D') < place('c') && place('C') < place('b')) throw new Error('chain');
    };
    expect(await medianRuns(chain)).toBeLessThan(120);
  });
});

test('a search with few preemptions finds what a large search would take too long for', async () => {
  const many: Scenario<string> = async (context) => {
    await Promise.all(clientsOf(context, 'abcdef', 'counter').map(append));
    expect(context.registry.peek('counter')?.snapshot.data).toHaveLength(7);
  };
  const options = { initial, strategy: 'preemption-bounded', maxPreemptions: 1 } as const;
  expect((await failureOf(explore(many, options))).message).toContain('toHaveLength');
  const updating: Scenario<string> = async (context) => {
    await Promise.all(
      clientsOf(context, 'abcd', 'counter').map((handle) =>
        handle.update((found) => text(`${found?.data}${handle.client}`, nextRevision(found))),
      ),
    );
  };
  expect(await explore(updating, options)).toMatchObject({ complete: false });
});
