import fc from 'fast-check';
import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { type ScheduledTurn, type Scheduler, withSchedule } from 'shared-memory-registry/simulation';

test('each operation asks for a turn before its effect, and for one before its answer', async () => {
  const asked: [label: string, turn: Omit<ScheduledTurn, 'handle'>][] = [];
  const scheduler: Scheduler = {
    schedule(task, label, { handle: _, ...turn }) {
      asked.push([label, turn]);
      return task;
    },
  };
  const registry = new SharedMemoryRegistry<string>({ Backend: withSchedule(KeyedMemoryBackend<string>, scheduler) });
  await registry.getBackend('note', { client: 'a' }).save({ revision: '1', data: 'tea' });

  const operation = { type: 'save', key: 'note', client: 'a', revision: '1' };
  expect(asked).toEqual([
    ['a: save "note", effect', { client: 'a', key: 'note', operation, phase: 'effect' }],
    ['a: save "note", reply', { client: 'a', key: 'note', operation, phase: 'reply' }],
  ]);
});

test('a reply can be overtaken by another one, and what is loaded is what was there at the effect', async () => {
  const waiting: { label: string; proceed: () => void }[] = [];
  const scheduler: Scheduler = {
    schedule: (task, label) => new Promise((resolve) => waiting.push({ label, proceed: () => resolve(task) })),
  };
  const proceed = async (label: string) => {
    waiting.find((turn) => turn.label === label)?.proceed();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const registry = new SharedMemoryRegistry<string>({ Backend: withSchedule(KeyedMemoryBackend<string>, scheduler) });
  const [a, b] = [registry.getBackend('note', { client: 'a' }), registry.getBackend('note', { client: 'b' })];
  const order: unknown[] = [];
  void a.load().then((loaded) => order.push(['a', loaded?.data ?? null]));
  void b.save({ revision: '1', data: 'tea' }).then(() => order.push(['b']));

  for (const label of ['a: load "note", effect', 'b: save "note", effect', 'b: save "note", reply', 'a: load "note", reply']) {
    await proceed(label);
  }
  expect(order).toEqual([['b'], ['a', null]]);
});

test("fast-check's scheduler plugs in as it is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const registry = new SharedMemoryRegistry<string>({ Backend: withSchedule(KeyedMemoryBackend<string>, scheduler) });
      const [a, b] = [registry.getBackend('note'), registry.getBackend('note')];
      const all = Promise.all([a.save({ revision: '1', data: 'a' }), b.save({ revision: '1', data: 'b' })]);
      await scheduler.waitFor(all);
      expect(['a', 'b']).toContain(registry.peek('note')?.snapshot.data);
    }),
    { numRuns: 30 },
  );
});

test('what is no scheduler is refused', () => {
  expect(() => withSchedule(KeyedMemoryBackend, {} as never)).toThrow('a scheduler with a method schedule');
});
