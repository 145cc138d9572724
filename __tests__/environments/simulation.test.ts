import { KeyedMemoryBackend, nextRevision, SharedMemoryRegistry } from 'shared-memory-registry';
import {
  explore,
  FaultPlan,
  Journal,
  type Scenario,
  VirtualClock,
  withExpiry,
  withFaults,
  withJournal,
  withLatency,
} from 'shared-memory-registry/simulation';

interface Counter {
  readonly count: number;
}

const initial = { counter: { revision: '0', data: { count: 0 } } };

/** Two clients that add one each, by a load and a save, or by an update. */
const clicking: (isUpdate: boolean) => Scenario<Counter> =
  (isUpdate) =>
  async ({ registry }) => {
    const click = async (client: string) => {
      const handle = registry.getBackend('counter', { client });
      if (isUpdate) {
        await handle.update((current) => ({ revision: nextRevision(current), data: { count: (current?.data.count ?? 0) + 1 } }));
        return;
      }
      const current = await handle.load();
      await handle.save({ revision: nextRevision(current), data: { count: (current?.data.count ?? 0) + 1 } });
    };
    await Promise.all(['a', 'b'].map(click));
    expect(registry.peek('counter')?.snapshot.data.count).toBe(2);
  };

describe.each([
  ['real timers', () => {}],
  ['fake timers', () => void jest.useFakeTimers({ now: 5000 })],
])('under %s', (_name, begin) => {
  beforeEach(begin);

  afterEach(() => {
    jest.useRealTimers();
  });

  test('the explorer finds a lost update, and none where there is none', async () => {
    const exploration = explore(clicking(false), { initial });
    await expect(exploration).rejects.toMatchObject({
      code: 'ERR_SCHEDULE_FAILED',
      timeline:
        'a                       b\n─────────────────────   ─────────────────────\nload → 0: {"count":0}   ·\n·                       load → 0: {"count":0}\n·                       save 1: {"count":1}\nsave 1: {"count":1}     ·',
    });
    expect(await explore(clicking(true), { initial })).toMatchObject({ schedules: 2, complete: true });
  });

  test('the explorer lets its own clock go by', async () => {
    const report = await explore(async ({ registry, clock }) => {
      const start = clock.now();
      await Promise.all([clock.sleep(60_000), registry.getBackend('note').load()]);
      expect(clock.now() - start).toBe(60_000);
    });
    expect(report.complete).toBe(true);
  });

  test('the explorer says that a scenario does not end', async () => {
    const exploration = explore(() => new Promise(() => {}), { idleTimeoutMs: 5 });
    await expect(exploration).rejects.toMatchObject({ received: expect.stringContaining('a scenario that does not end') });
  });

  test('a virtual clock wakes those who sleep, each after what the one before has set off', async () => {
    const clock = new VirtualClock();
    const order: unknown[] = [];
    const sleep = async (ms: number) => {
      await clock.sleep(ms);
      for (let jobs = 0; jobs < 50; jobs += 1) await null;
      order.push([ms, clock.now()]);
    };
    void sleep(20);
    void sleep(10);
    await clock.advance(15);
    expect([order, clock.next]).toEqual([[[10, 10]], 20]);
    await clock.runAll();
    expect([order, clock.now()]).toEqual([
      [
        [10, 10],
        [20, 20],
      ],
      20,
    ]);
  });

  test('backends with all of the mixins work', async () => {
    const [clock, plan, journal] = [new VirtualClock(), new FaultPlan(), new Journal({ clock: { now: () => 0 } })];
    const Backend = withJournal(
      withFaults(withExpiry(withLatency(KeyedMemoryBackend<string>, { ms: 10, clock }), { clock }), plan),
      journal,
    );
    const registry = new SharedMemoryRegistry<string>({ Backend, now: clock.now });
    const handle = registry.getBackend('note', { client: 'a' });
    plan.failNext('save', { kind: 'lost reply' });

    const metadata = { savedAt: 0, schemaVersion: 1, sizeBytes: 0, compressed: false, ttlMs: 25 };
    const saved = handle
      .saveWithMetadata({ snapshot: { revision: '1', data: 'tea' }, metadata })
      .catch(({ cause }) => cause.message);
    await clock.runAll();
    expect(await saved).toBe('simulated fault: lost reply of save "note" by a');
    const loaded = Promise.all([handle.load(), clock.sleep(15).then(() => handle.load())]);
    await clock.runAll();
    expect([await loaded, clock.now()]).toEqual([[{ revision: '1', data: 'tea' }, null], 35]);
    expect(journal.toString()).toBe(
      ['a', '─────────────────', 'save 1: "tea"', 'save ✗ lost reply', 'load → 1: "tea"', 'load → nothing'].join('\n'),
    );
  });

  test('a latency of no time sets no timer', async () => {
    const timer = jest.spyOn(globalThis, 'setTimeout');
    const Backend = withLatency(KeyedMemoryBackend<string>, { ms: 0 });
    await new SharedMemoryRegistry<string>({ Backend }).getBackend('note').save({ revision: '1', data: 'tea' });
    expect(timer).not.toHaveBeenCalled();
    timer.mockRestore();
  });
});

test('latency takes real time, and faked time where that is faked', async () => {
  const Backend = withLatency(KeyedMemoryBackend<string>, { ms: 20 });
  const handle = new SharedMemoryRegistry<string>({ Backend }).getBackend('note');
  const start = performance.now();
  await handle.load();
  expect(performance.now() - start).toBeGreaterThan(15);

  jest.useFakeTimers();
  const done = jest.fn();
  const loaded = handle.load().then(done);
  await jest.advanceTimersByTimeAsync(19);
  expect(done).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(1);
  await loaded;
  jest.useRealTimers();
});

test('the explorer lets faked timers go by', async () => {
  jest.useFakeTimers();
  const report = await explore<string>(
    async ({ registry }) => {
      const start = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      await registry.getBackend('note').load();
      expect(Date.now() - start).toBe(60_000);
    },
    { timers: jest },
  );
  jest.useRealTimers();
  expect(report.complete).toBe(true);
});
