import fc from 'fast-check';
import { type KeyedMemoryBackend, nextRevision, type SharedMemoryRegistry } from 'shared-memory-registry';
import { type ExplorationError, explore, type Scenario } from 'shared-memory-registry/simulation';

interface Counter {
  readonly count: number;
}

const initial = { counter: { revision: '0', data: { count: 0 } } };

async function click(handle: KeyedMemoryBackend<Counter>): Promise<void> {
  const current = await handle.load();
  await handle.save({ revision: nextRevision(current), data: { count: (current?.data.count ?? 0) + 1 } });
}

async function update(handle: KeyedMemoryBackend<Counter>): Promise<void> {
  await handle.update((current) => ({ revision: nextRevision(current), data: { count: (current?.data.count ?? 0) + 1 } }));
}

function clients(registry: SharedMemoryRegistry<Counter>, count: number, key = 'counter'): KeyedMemoryBackend<Counter>[] {
  return Array.from({ length: count }, (_, index) => registry.getBackend(key, { client: 'abcde'[index] as string }));
}

function counting(count: number, act: (handle: KeyedMemoryBackend<Counter>) => Promise<void>): Scenario<Counter> {
  return async ({ registry }) => {
    await Promise.all(clients(registry, count).map(act));
    expect(registry.peek('counter')?.snapshot.data.count).toBe(count);
  };
}

async function failureOf(exploration: Promise<unknown>): Promise<ExplorationError> {
  try {
    await exploration;
  } catch (error) {
    return error as ExplorationError;
  }
  throw new Error('It passed');
}

describe('a lost update', () => {
  test('is found, and shown in the order that is easiest to read', async () => {
    const error = await failureOf(explore(counting(2, click), { initial }));

    expect(error).toMatchObject({ name: 'ExplorationError', code: 'ERR_SCHEDULE_FAILED', operation: 'explore' });
    expect(error.timeline).toBe(
      [
        'a                       b',
        '─────────────────────   ─────────────────────',
        'load → 0: {"count":0}   ·',
        '·                       load → 0: {"count":0}',
        '·                       save 1: {"count":1}',
        'save 1: {"count":1}     ·',
      ].join('\n'),
    );
    expect(String((error.cause as Error).message)).toContain('Expected');
    expect(error.message).toContain(error.timeline);
    expect(error.message).toContain(`replay: '${error.token}'`);
  });

  test('is run once more by the token alone', async () => {
    const error = await failureOf(explore(counting(2, click), { initial }));
    const again = await failureOf(explore(counting(2, click), { initial, replay: error.token }));

    expect([again.timeline, again.schedule, again.token]).toEqual([error.timeline, error.schedule, error.token]);
    expect(again.schedules).toBe(1);
  });

  test('is found among the first hundred schedules of three clients, and not at all with update', async () => {
    expect((await failureOf(explore(counting(3, click), { initial }))).schedules).toBeLessThanOrEqual(100);
    expect(await explore(counting(3, update), { initial })).toMatchObject({ schedules: 6, complete: true });
  });

  test('is found by chance, and again by the same seed', async () => {
    const options = { initial, strategy: 'random', seed: 7 } as const;
    const [first, second] = [
      await failureOf(explore(counting(2, click), options)),
      await failureOf(explore(counting(2, click), options)),
    ];
    expect([second.schedules, second.token, second.message]).toEqual([first.schedules, first.token, first.message]);
    expect(first.seed).toBe(7);
  });
});

describe('how many schedules there are', () => {
  const clicking: (count: number) => Scenario<Counter> =
    (count) =>
    async ({ registry }) => {
      await Promise.all(clients(registry, count).map(click));
    };

  test.each([
    [2, 4],
    [3, 36],
  ])('of %d clients that load and save, those that differ are run: %d', async (count, schedules) => {
    expect(await explore(clicking(count), { initial })).toMatchObject({ schedules, complete: true });
  });

  test('without reduction, all of them are run', async () => {
    // Two clients of four steps each: 8! / (4! × 4!).
    expect(await explore(clicking(2), { initial, reduction: false })).toMatchObject({ schedules: 70, complete: true });
  });

  test('is said to be all only where nothing was left out', async () => {
    expect(await explore(clicking(3), { initial, maxSchedules: 10 })).toMatchObject({ schedules: 10, complete: false });
    expect(await explore(clicking(3), { initial, maxSchedules: 36 })).toMatchObject({ schedules: 36, complete: true });
  });

  test('is one where clients use keys of their own, unless they share a quota', async () => {
    const apart: Scenario<Counter> = async ({ registry }) => {
      await Promise.all(['x', 'y', 'z'].map((key) => update(registry.getBackend(key, { client: key }))));
    };
    expect(await explore(apart)).toMatchObject({ schedules: 1, complete: true });
    expect(await explore(apart, { quota: 1000 })).toMatchObject({ schedules: 6, complete: true });
  });
});

describe('reduction', () => {
  const anyOperation = fc.record({
    client: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('x', 'y'),
    type: fc.constantFrom('load', 'save', 'append'),
  });

  test('finds the same outcomes as the search of everything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { minLength: 1, maxLength: 3 }), async (operations) => {
        const outcomes = async (reduction: boolean) => {
          const found = new Set<string>();
          const report = await explore<string>(
            async ({ registry }) => {
              const seen: string[] = [];
              const run = async (client: string) => {
                for (const { key, type } of operations.filter((operation) => operation.client === client)) {
                  const handle = registry.getBackend(key, { client });
                  const current = type === 'save' ? null : await handle.load();
                  seen.push(`${client} ${key} ${current?.data}`);
                  if (type !== 'load') await handle.save({ revision: '1', data: `${current?.data ?? ''}${client}` });
                }
              };
              await Promise.all(['a', 'b', 'c'].map(run));
              found.add(JSON.stringify([Object.entries(registry.toJSON()).sort(), seen.sort()]));
            },
            { reduction, maxSchedules: 100_000, timeoutMs: 60_000 },
          );
          expect(report.complete).toBe(true);
          return [...found].sort();
        };
        expect(await outcomes(true)).toEqual(await outcomes(false));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a scenario that does not end', () => {
  test('is reported with what it waits for', async () => {
    const stuck = explore(
      async ({ registry }) => {
        await registry.getBackend('counter', { client: 'a' }).load();
        await new Promise(() => {});
      },
      { idleTimeoutMs: 5 },
    );
    const error = await failureOf(stuck);
    expect(error.received).toContain('a scenario that does not end, waiting for something that is no step');
    expect(error.timeline).toContain('load → nothing');
  });

  test('may wait for a timer of its own', async () => {
    const waiting: Scenario<Counter> = async ({ registry }) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await registry.getBackend('counter').load();
    };
    await expect(explore(waiting)).rejects.toMatchObject({ code: 'ERR_REAL_TIME' });
    // Another run could meet the timer at another point.
    expect(await explore(waiting, { allowRealTime: true })).toMatchObject({ schedules: 1, complete: false });
  });
});

test.each([
  [{ strategy: 'all' }, 'strategy to be one of "exhaustive", "random", "preemption-bounded"'],
  [{ seed: 0.5 }, 'seed to be a whole number'],
  [{ maxSchedules: 0 }, 'maxSchedules to be a whole number above 0'],
  [{ reduction: 1 }, 'reduction to be true or false'],
  [{ idleTimeoutMs: -1 }, 'idleTimeoutMs to be a number of ms, 0 or more'],
  [{ replay: 'nothing' }, 'replay to be the token of a failed exploration'],
  [{ schedule: 5 }, 'no other options than initial, quota'],
])('refuses %j', async (options, expected) => {
  await expect(explore(async () => {}, options as never)).rejects.toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: expect.stringContaining(expected),
  });
});
