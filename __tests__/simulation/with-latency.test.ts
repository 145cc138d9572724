import { KeyedMemoryBackend, type Operation, SharedMemoryRegistry } from 'shared-memory-registry';
import { type Duration, type LatencyOptions, VirtualClock, withLatency } from 'shared-memory-registry/simulation';
import { randomFrom } from '../../src/simulation/random';
import { rejection, thrown } from '../support/refusals';

function open(options: LatencyOptions) {
  const registry = new SharedMemoryRegistry<string>({ Backend: withLatency(KeyedMemoryBackend<string>, options) });
  return { registry, handle: registry.getBackend('note', { client: 'a' }) };
}

const tea = { revision: '1', data: 'tea' };

describe('on a virtual clock', () => {
  test('an operation takes effect after its latency, and is answered after the one of its reply', async () => {
    const clock = new VirtualClock();
    const { registry, handle } = open({ clock, ms: 100, reply: 50 });
    let answered = false;
    const saved = handle.save(tea).then(() => {
      answered = true;
    });
    await clock.advance(99);
    expect(registry.has('note')).toBe(false);
    await clock.advance(1);
    expect([registry.has('note'), answered]).toEqual([true, false]);
    await clock.advance(49);
    expect(answered).toBe(false);
    await clock.advance(1);
    await saved;
    expect(clock.now()).toBe(150);
  });

  test('a reply alone may take its time', async () => {
    const clock = new VirtualClock();
    const { registry, handle } = open({ clock, ms: 0, reply: 50 });
    const saved = handle.save(tea);
    expect([registry.has('note'), clock.next]).toEqual([true, null]);
    await clock.runAll();
    await saved;
    expect(clock.now()).toBe(50);
  });

  test('the data that was handed over is stored, whatever becomes of it meanwhile', async () => {
    const clock = new VirtualClock();
    const registry = new SharedMemoryRegistry<string[]>({
      Backend: withLatency(KeyedMemoryBackend<string[]>, { clock, ms: 10 }),
    });
    const data = ['tea'];
    const saved = registry.getBackend('note').save({ revision: '1', data });
    data.push('cake');
    await clock.runAll();
    await saved;
    expect(registry.peek('note')?.snapshot.data).toEqual(['tea']);
  });

  test('a failure is answered as late as a success', async () => {
    const clock = new VirtualClock();
    const { handle } = open({ clock, ms: 10, reply: 50 });
    const refused = handle.clear({ ifMatch: '1' }).catch(({ code }) => [code, clock.now()]);
    await clock.runAll();
    expect(await refused).toEqual(['ERR_REVISION_CONFLICT', 60]);
  });

  test('every operation has it', async () => {
    const clock = new VirtualClock();
    const { handle } = open({ clock, ms: 1, reply: 2 });
    const operations = [
      () => handle.save(tea),
      () => handle.load(),
      () => handle.loadWithMetadata(),
      () => handle.update(() => tea),
      () => handle.stat(),
      () => handle.getUsage(),
      () => handle.clear(),
    ];
    for (const operate of operations) {
      const start = clock.now();
      const done = operate();
      await clock.runAll();
      await done;
      expect(clock.now() - start).toBe(3);
    }
  });

  test('operations of one handle take effect in the order of their calls, however long each takes', async () => {
    const clock = new VirtualClock();
    const { registry, handle } = open({ clock, ms: ({ revision }) => (revision === '1' ? 100 : 1) });
    const saves = [handle.save(tea), handle.save({ revision: '2', data: 'cake' })];
    await clock.advance(99);
    expect(registry.has('note')).toBe(false);
    await clock.runAll();
    await Promise.all(saves);
    expect(registry.peek('note')?.snapshot.revision).toBe('2');
  });

  test('those of different handles overtake each other', async () => {
    const clock = new VirtualClock();
    const { registry, handle } = open({ clock, ms: ({ client }) => (client === 'a' ? 100 : 1) });
    const saves = [handle.save(tea), registry.getBackend('note', { client: 'b' }).save({ revision: '2', data: 'cake' })];
    await clock.advance(1);
    expect(registry.peek('note')?.snapshot.revision).toBe('2');
    await clock.runAll();
    await Promise.all(saves);
    expect(registry.peek('note')?.snapshot.revision).toBe('1');
  });
});

describe('a range', () => {
  const firstSleep = (options: Pick<LatencyOptions, 'ms' | 'random'>) => {
    const clock = new VirtualClock();
    void open({ clock, ...options }).handle.load();
    return clock.next;
  };

  test.each([
    [0, 100],
    [0.25, 125],
    [0.5, 150],
  ])('is drawn from by chance: for %d, %d ms', (next, ms) => {
    expect(firstSleep({ ms: [100, 200], random: () => next })).toBe(ms);
  });

  test('may be of one length', () => {
    expect(firstSleep({ ms: [5, 5] })).toBe(5);
  });

  test('is drawn from with Math.random, unless it is told otherwise', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.75);
    expect(firstSleep({ ms: [0, 4] })).toBe(3);
    random.mockRestore();
  });

  test('gives the same times for the same seed, each within it', async () => {
    const times = async (seed: number) => {
      const clock = new VirtualClock();
      const { handle } = open({ clock, ms: [10, 20], reply: [1, 2], random: randomFrom(seed).next });
      const found: number[] = [];
      for (let count = 0; count < 20; count += 1) {
        const start = clock.now();
        const loaded = handle.load();
        await clock.runAll();
        await loaded;
        found.push(clock.now() - start);
      }
      return found;
    };
    const first = await times(3);
    expect(await times(3)).toEqual(first);
    expect(await times(4)).not.toEqual(first);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(11);
    expect(Math.max(...first)).toBeLessThan(22);
    expect(new Set(first).size).toBeGreaterThan(15);
  });
});

describe('a function', () => {
  test('is told of the operation, before its effect and after it', async () => {
    const clock = new VirtualClock();
    const asked: [part: string, operation: Operation, stored: boolean][] = [];
    const { registry, handle } = open({
      clock,
      ms: (operation) => asked.push(['ms', operation, registry.has('note')]),
      reply: (operation) => asked.push(['reply', operation, registry.has('note')]),
    });
    const saved = handle.save(tea, { ifMatch: null });
    await clock.runAll();
    await saved;

    const operation = { type: 'save', key: 'note', client: 'a', revision: '1', ifMatch: null };
    expect(asked).toEqual([
      ['ms', operation, false],
      ['reply', operation, true],
    ]);
    expect(clock.now()).toBe(1 + 2);
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5', undefined, null, Promise.resolve(1)])(
    'that gives %p fails the operation before its effect',
    async (time) => {
      const { registry, handle } = open({ clock: new VirtualClock(), ms: () => time as never });
      expect(await rejection(handle.save(tea))).toMatchObject({
        code: 'ERR_HOOK_FAILED',
        operation: 'save',
        key: 'note',
        expected: 'a latency of 0 ms or more',
      });
      expect(registry.has('note')).toBe(false);
    },
  );

  test('that throws fails the operation, and what it threw is the cause', async () => {
    const cause = new Error('no idea');
    const fail = () => {
      throw cause;
    };
    const early = open({ ms: fail });
    const late = open({ ms: 0, reply: fail });
    for (const { handle } of [early, late]) {
      expect(await rejection(handle.save(tea))).toMatchObject({
        code: 'ERR_HOOK_FAILED',
        expected: 'the latency of an operation',
        cause,
      });
    }
    expect([early.registry.has('note'), late.registry.has('note')]).toEqual([false, true]);
  });
});

describe("on the machine's own clock", () => {
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  test.each<[string, Duration]>([
    ['0', 0],
    ['a range of nothing', [0, 0]],
    ['a function that says 0', () => 0],
  ])('%s sets no timer', async (_name, duration) => {
    const timer = jest.spyOn(globalThis, 'setTimeout');
    const { handle } = open({ ms: duration, reply: duration });
    await handle.save(tea);
    await handle.load();
    await handle.update(() => tea);
    expect(timer).not.toHaveBeenCalled();
  });

  test('timers are those of the moment, so they can be faked at any time', async () => {
    const { registry, handle } = open({ ms: 100, reply: 20 });
    jest.useFakeTimers();
    const answered = jest.fn();
    const saved = handle.save(tea).then(answered);
    await jest.advanceTimersByTimeAsync(99);
    expect(registry.has('note')).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect([registry.has('note'), answered.mock.calls.length]).toEqual([true, 0]);
    await jest.advanceTimersByTimeAsync(20);
    await saved;
    expect(jest.getTimerCount()).toBe(0);
  });

  test('real time goes by', async () => {
    const start = performance.now();
    await open({ ms: 15, reply: 15 }).handle.save(tea);
    expect(performance.now() - start).toBeGreaterThan(25);
  });
});

describe('bad options', () => {
  const expected = 'a latency: ms, a range [from, to] of ms, or a function';
  const none = [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', 5n, null, true, {}];
  const ranges = [[], [5], [5, 1], [-1, 5], [1, 2, 3], [Number.NaN, 1], [1, Number.POSITIVE_INFINITY], ['1', 2]];

  test.each([...none, ...ranges, undefined])('ms %p is refused', (ms) => {
    const error = thrown(() => withLatency(KeyedMemoryBackend, { ms: ms as never }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', expected });
  });

  test.each([...none, ...ranges])('reply %p is refused', (reply) => {
    const error = thrown(() => withLatency(KeyedMemoryBackend, { ms: 0, reply: reply as never }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', expected });
  });

  test.each([undefined, null, {}])('%p are refused', (options) => {
    expect(thrown(() => withLatency(KeyedMemoryBackend, options as never))).toMatchObject({ code: 'ERR_INVALID_OPTION' });
  });
});

test.each([undefined, null, {}, 'class', () => {}, Map])('a class like %p is refused', (Backend) => {
  expect(thrown(() => withLatency(Backend as never, { ms: 1 }))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a class of backends',
  });
});

test.each<[string, object, string]>([
  ['a clock that is none', { ms: 1, clock: {} }, 'a clock with a method sleep'],
  ['no clock', { ms: 1, clock: null }, 'a clock with a method sleep'],
  ['a misspelt option', { ms: 1, replay: 5 }, 'no other options than ms, reply, clock, random'],
])('%s is refused', (_name, options, expected) => {
  const error = thrown(() => withLatency(KeyedMemoryBackend, options as never));
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', expected });
});

test('chance that is no function is refused', () => {
  const error = thrown(() => withLatency(KeyedMemoryBackend, { ms: [1, 2], random: {} as never }));
  expect(error).toMatchObject({ code: 'ERR_INVALID_CALLBACK', expected: 'random that is a function' });
});
