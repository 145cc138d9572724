import fc from 'fast-check';
import {
  BaseStorageBackend,
  KeyedMemoryBackend,
  SharedMemoryRegistry,
  type StorageChange,
  type StorageRecord,
} from 'shared-memory-registry';
import { type ScheduledTurn, type ScheduleOptions, type Scheduler, withSchedule } from 'shared-memory-registry/simulation';
import { rejection, thrown } from '../support/refusals';
import { reportedBy } from '../support/reported';

const nextTask = () => new Promise((resolve) => setImmediate(resolve));
const snapshot = (revision: string) => ({ revision, data: `text ${revision}` });

/** A scheduler that goes on when it is told to, by the label of who asked. */
function byHand() {
  const waiting: { label: string; turn: ScheduledTurn; proceed: () => void }[] = [];
  const scheduler: Scheduler = {
    schedule: (task, label, turn) => new Promise((resolve) => waiting.push({ label, turn, proceed: () => resolve(task) })),
  };
  const proceed = async (...labels: string[]) => {
    for (const label of labels) {
      const index = waiting.findIndex((asked) => asked.label === label);
      expect([label, index]).not.toEqual([label, -1]);
      waiting.splice(index, 1)[0]?.proceed();
      await nextTask();
    }
  };
  return { scheduler, waiting, proceed, asked: () => waiting.map(({ label }) => label) };
}

/** A scheduler that lets everything go on at once, and writes down who asked. */
function atOnce() {
  const asked: [label: string, turn: ScheduledTurn][] = [];
  const scheduler: Scheduler = {
    schedule(task, label, turn) {
      asked.push([label, turn]);
      return task;
    },
  };
  return { scheduler, asked };
}

function open(scheduler: Scheduler, options?: ScheduleOptions) {
  const Backend = withSchedule(KeyedMemoryBackend<string>, scheduler, options);
  const registry = new SharedMemoryRegistry<string>({ Backend });
  return { registry, a: registry.getBackend('note', { client: 'a' }), b: registry.getBackend('note', { client: 'b' }) };
}

describe('an operation', () => {
  test('asks for a turn before its effect, and for one before its answer', async () => {
    const { scheduler, asked } = atOnce();
    const { a } = open(scheduler);
    await a.save(snapshot('1'));

    const operation = { type: 'save', key: 'note', client: 'a', revision: '1' };
    expect(asked).toEqual([
      ['a: save "note", effect', { client: 'a', key: 'note', operation, phase: 'effect', handle: a }],
      ['a: save "note", reply', { client: 'a', key: 'note', operation, phase: 'reply', handle: a }],
    ]);
    expect(asked.map(([, { handle }]) => handle === a)).toEqual([true, true]);
  });

  test('has no effect before its turn, and no answer before the next one', async () => {
    const { scheduler, proceed, asked } = byHand();
    const { registry, a } = open(scheduler);
    const answered = jest.fn();
    void a.save(snapshot('1')).then(answered);
    await nextTask();
    expect([registry.has('note'), asked()]).toEqual([false, ['a: save "note", effect']]);
    await proceed('a: save "note", effect');
    expect([registry.has('note'), answered.mock.calls.length, asked()]).toEqual([true, 0, ['a: save "note", reply']]);
    await proceed('a: save "note", reply');
    expect([answered.mock.calls.length, asked()]).toEqual([1, []]);
  });

  test('that fails asks for a turn before its caller is told as well', async () => {
    const { scheduler, asked } = atOnce();
    const { a } = open(scheduler);
    expect(await rejection(a.clear({ ifMatch: '1' }))).toMatchObject({ code: 'ERR_REVISION_CONFLICT' });
    expect(asked.map(([, { phase }]) => phase)).toEqual(['effect', 'reply']);
  });

  test('asks for nothing where its data is refused', async () => {
    const { scheduler, asked } = atOnce();
    const { a } = open(scheduler);
    await rejection(a.save({ revision: 'one', data: '' }));
    expect(asked).toEqual([]);
  });

  test('can be overtaken on its way back, and what is loaded is what was there at the effect', async () => {
    const { scheduler, proceed } = byHand();
    const { a, b } = open(scheduler);
    const order: unknown[] = [];
    void a.load().then((loaded) => order.push(['a', loaded?.data ?? null]));
    void b.save(snapshot('1')).then(() => order.push(['b']));
    await proceed('a: load "note", effect', 'b: save "note", effect', 'b: save "note", reply', 'a: load "note", reply');
    expect(order).toEqual([['b'], ['a', null]]);
  });

  test('of one handle takes effect after those that were called before it, whoever has the first turn', async () => {
    const { scheduler, waiting } = byHand();
    const { registry, a } = open(scheduler);
    const saves = [a.save(snapshot('1')), a.save(snapshot('2'))];
    waiting.splice(1, 1)[0]?.proceed();
    await nextTask();
    expect(registry.has('note')).toBe(false);
    while (waiting.length > 0) {
      waiting.shift()?.proceed();
      await nextTask();
    }
    await Promise.all(saves);
    expect(registry.peek('note')?.snapshot).toEqual(snapshot('2'));
  });

  test('fails where the scheduler does', async () => {
    const cause = new Error('no turns left');
    const { registry, a } = open({ schedule: () => Promise.reject(cause) });
    expect(await rejection(a.save(snapshot('1')))).toMatchObject({ code: 'ERR_HOOK_FAILED', cause });
    expect(registry.has('note')).toBe(false);
  });
});

describe('a delivery', () => {
  const hears = (type: string, by: string, who = 'b') => `${who}: is notified of ${type} "note" by ${by}`;

  test('happens at once, unless it is told otherwise', async () => {
    for (const options of [undefined, {}, { deliveries: false }]) {
      const { scheduler, asked } = atOnce();
      const { a, b } = open(scheduler, options);
      const heard = jest.fn();
      b.subscribe(heard);
      await a.save(snapshot('1'));
      expect(heard).toHaveBeenCalledTimes(1);
      expect(asked.map(([, { phase }]) => phase)).toEqual(['effect', 'reply']);
    }
  });

  test('asks for a turn', async () => {
    const { scheduler, asked } = atOnce();
    const { a, b } = open(scheduler, { deliveries: true });
    const heard: StorageChange[] = [];
    b.subscribe((change) => heard.push(change));
    await a.save(snapshot('1'));
    await nextTask();

    const delivery = asked.find(([, { phase }]) => phase === 'delivery');
    expect(delivery).toEqual([hears('save', 'a'), { client: 'b', key: 'note', phase: 'delivery', handle: b }]);
    expect(delivery?.[1].handle).toBe(b);
    expect(heard).toEqual([{ type: 'save', key: 'note', client: 'a', revision: '1', previousRevision: null }]);
  });

  test('says who made the change, if anybody', async () => {
    const { scheduler, asked } = atOnce();
    const { registry, a, b } = open(scheduler, { deliveries: true });
    await a.save(snapshot('1'));
    b.subscribe(() => {});
    registry.clearAll();
    await nextTask();
    expect(asked.at(-1)?.[0]).toBe(hears('clear', 'the registry'));
  });

  test('comes in the order of the changes, one at a time, however late', async () => {
    const { scheduler, proceed, asked } = byHand();
    const { registry, a, b } = open(scheduler, { deliveries: true });
    const heard: unknown[] = [];
    b.subscribe(({ type, revision }) => heard.push([type, revision]));
    void a.save(snapshot('1'));
    await proceed('a: save "note", effect', 'a: save "note", reply');
    registry.clearAll();
    await nextTask();
    expect([heard, asked()]).toEqual([[], [hears('save', 'a')]]);
    await proceed(hears('save', 'a'));
    expect([heard, asked()]).toEqual([[['save', '1']], [hears('clear', 'the registry')]]);
    await proceed(hears('clear', 'the registry'));
    expect(heard).toEqual([
      ['save', '1'],
      ['clear', null],
    ]);
  });

  test('to one listener may overtake that to another', async () => {
    const { scheduler, proceed } = byHand();
    const { registry, a, b } = open(scheduler, { deliveries: true });
    const heard: string[] = [];
    a.subscribe(() => heard.push('a'));
    b.subscribe(() => heard.push('b'));
    void registry.getBackend('note', { client: 'c' }).save(snapshot('1'));
    await proceed('c: save "note", effect', hears('save', 'c'), hears('save', 'c', 'a'));
    expect(heard).toEqual(['b', 'a']);
  });

  test('does not happen any more once the listener has unsubscribed', async () => {
    const { scheduler, proceed, asked } = byHand();
    const { registry, a, b } = open(scheduler, { deliveries: true });
    const heard = jest.fn();
    const unsubscribe = b.subscribe(heard);
    void a.save(snapshot('1'));
    await proceed('a: save "note", effect', 'a: save "note", reply');
    unsubscribe();
    unsubscribe();
    registry.clearAll();
    await proceed(hears('save', 'a'));
    expect([heard.mock.calls.length, asked()]).toEqual([0, []]);
  });

  test.each<[string, (registry: SharedMemoryRegistry<string>) => void]>([
    ['reset has dropped its listener', (registry) => registry.reset({ listeners: true })],
    ['the registry is disposed', (registry) => registry.dispose()],
  ])('does not happen any more once %s', async (_name, end) => {
    const { scheduler, proceed } = byHand();
    const { registry, a, b } = open(scheduler, { deliveries: true });
    const heard = jest.fn();
    b.subscribe(heard);
    void a.save(snapshot('1'));
    await proceed('a: save "note", effect', 'a: save "note", reply');
    end(registry);
    await proceed(hears('save', 'a'));
    expect(heard).not.toHaveBeenCalled();
  });

  test('comes after one whose error was not handled either', async () => {
    const onListenerError = jest.fn(() => {
      throw new Error('cannot be written down');
    });
    const { a, b } = open(atOnce().scheduler, { deliveries: true, onListenerError });
    let heard = 0;
    b.subscribe(() => {
      heard += 1;
      if (heard === 1) throw new Error('no');
    });
    const reported = await reportedBy(async () => {
      for (const revision of ['1', '2', '3']) await a.save(snapshot(revision));
      await nextTask();
    });
    expect([heard, reported]).toEqual([3, [new Error('cannot be written down')]]);
  });

  test('is subscribed to by a method of a handle, and by nothing else', () => {
    const { subscribe } = open(atOnce().scheduler, { deliveries: true }).b;
    for (const self of [undefined, {}, new Proxy(open(atOnce().scheduler).b, {})]) {
      expect(thrown(() => subscribe.call(self as never, () => {}))).toMatchObject({ code: 'ERR_INVALID_THIS' });
    }
  });

  test('to a listener that throws is reported, and the next ones come', async () => {
    const { scheduler } = atOnce();
    const onListenerError = jest.fn();
    const Backend = withSchedule(KeyedMemoryBackend<string>, scheduler, { deliveries: true });
    const registry = new SharedMemoryRegistry<string>({ Backend, onListenerError });
    const [a, b] = [registry.getBackend('note'), registry.getBackend('note')];
    const error = new Error('no');
    const heard: unknown[] = [];
    b.subscribe(({ revision }) => {
      heard.push(revision);
      throw error;
    });
    const reported = await reportedBy(async () => {
      await a.save(snapshot('1'));
      await a.save(snapshot('2'));
      await nextTask();
    });
    expect([reported, heard]).toEqual([
      [error, error],
      ['1', '2'],
    ]);
    expect(onListenerError).not.toHaveBeenCalled();
  });

  test('for which the scheduler has no turn is reported', async () => {
    const error = new Error('no turns left');
    const scheduler: Scheduler = {
      schedule: (task, _label, { phase }) => (phase === 'delivery' ? Promise.reject(error) : task),
    };
    const { a, b } = open(scheduler, { deliveries: true });
    const heard = jest.fn();
    b.subscribe(heard);
    const reported = await reportedBy(async () => {
      await a.save(snapshot('1'));
      await nextTask();
    });
    expect([reported, heard.mock.calls.length]).toEqual([[error], 0]);
  });

  test('goes to nothing but functions, and to no handle of what is over', () => {
    const { registry, b } = open(atOnce().scheduler, { deliveries: true });
    expect(thrown(() => b.subscribe('listener' as never))).toMatchObject({
      code: 'ERR_INVALID_CALLBACK',
      expected: 'a listener that is a function',
      operation: 'subscribe',
      key: 'note',
    });
    registry.dispose();
    expect(thrown(() => b.subscribe(() => {}))).toMatchObject({ code: 'ERR_DISPOSED', operation: 'subscribe' });
  });

  test('is nothing to backends that tell of no changes', async () => {
    class Slot extends BaseStorageBackend<string> {
      #record: StorageRecord | null = null;

      protected override read(): StorageRecord | null {
        return this.#record;
      }

      protected override write(record: StorageRecord | null): void {
        this.#record = record;
      }
    }
    const { scheduler, asked } = atOnce();
    const slot = new (withSchedule(Slot, scheduler, { deliveries: true }))({ key: 'slot', client: 'a' });
    await slot.save(snapshot('1'));
    expect(await slot.load()).toEqual(snapshot('1'));
    expect(asked).toHaveLength(4);
    expect('subscribe' in slot).toBe(false);
  });
});

describe("fast-check's scheduler plugs in as it is", () => {
  test('for the order of effects', async () => {
    const winners = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { registry, a, b } = open(scheduler);
        await scheduler.waitFor(Promise.all([a.save(snapshot('1')), b.save(snapshot('2'))]));
        winners.add(registry.peek('note')?.snapshot.revision);
      }),
      { numRuns: 50, seed: 1 },
    );
    expect([...winners].sort()).toEqual(['1', '2']);
  });

  test('for deliveries, which come in the order of the changes all the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { registry, a, b } = open(scheduler, { deliveries: true });
        const heard: unknown[] = [];
        registry.getBackend('note', { client: 'c' }).subscribe(({ revision }) => heard.push(revision));
        const order: unknown[] = [];
        registry.subscribe(({ revision }) => order.push(revision));
        await scheduler.waitFor(Promise.all([a.save(snapshot('1')), b.save(snapshot('2'))]));
        await scheduler.waitIdle();
        expect(heard).toEqual(order);
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});

test.each([undefined, null, {}, { schedule: 5 }])('a scheduler like %p is refused', (scheduler) => {
  expect(thrown(() => withSchedule(KeyedMemoryBackend, scheduler as never))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a scheduler with a method schedule',
  });
});

test.each([undefined, null, {}, 'class', () => {}, Map])('a class like %p is refused', (Backend) => {
  expect(thrown(() => withSchedule(Backend as never, atOnce().scheduler))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a class of backends',
  });
});

test.each([null, 5, { deliveries: 'no' }, { delivery: true }])('options like %p are refused', (options) => {
  const error = thrown(() => withSchedule(KeyedMemoryBackend, atOnce().scheduler, options as never));
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION' });
});
