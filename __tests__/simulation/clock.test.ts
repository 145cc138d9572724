import { VirtualClock } from 'shared-memory-registry/simulation';
import { systemClock } from '../../src/simulation/clock';
import { rejection } from '../support/refusals';

/** Sleeps so often, and writes down when it was woken. */
function sleeperOn(clock: VirtualClock) {
  const woken: [name: string, at: number][] = [];
  const sleep = async (name: string, ...times: number[]) => {
    for (const ms of times) {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    }
  };
  return { woken, sleep };
}

test('wakes sleepers in the order of their times, each after what the one before has set off', async () => {
  const clock = new VirtualClock(1000);
  const { woken, sleep } = sleeperOn(clock);
  void sleep('late', 30);
  void sleep('often', 10, 10, 15);
  await clock.advance(25);
  expect(woken).toEqual([
    ['often', 1010],
    ['often', 1020],
  ]);
  expect([clock.now(), clock.next]).toEqual([1025, 1030]);

  await clock.runAll();
  expect(woken.slice(2)).toEqual([
    ['late', 1030],
    ['often', 1035],
  ]);
  expect([clock.now(), clock.next]).toEqual([1035, null]);
});

test('stands still by itself, from the time that it was given', async () => {
  const clock = new VirtualClock(5);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([new VirtualClock().now(), new VirtualClock(-3.5).now(), clock.now()]).toEqual([0, -3.5, 5]);
});

test('its now can be handed on without it', async () => {
  const clock = new VirtualClock();
  const { now } = clock;
  await clock.advance(7);
  expect(now()).toBe(7);
});

test('those due at the same time are woken in the order in which they went to sleep', async () => {
  const clock = new VirtualClock();
  const { woken, sleep } = sleeperOn(clock);
  void sleep('first', 10);
  void sleep('early', 5);
  void sleep('second', 10);
  await clock.advance(4);
  void sleep('third', 6);
  await clock.runAll();
  expect(woken).toEqual([
    ['early', 5],
    ['first', 10],
    ['second', 10],
    ['third', 10],
  ]);
});

test('whoever is due at the very end is woken, and who is due after it sleeps on', async () => {
  const clock = new VirtualClock();
  const { woken, sleep } = sleeperOn(clock);
  void sleep('due', 10);
  void sleep('after', 10.001);
  await clock.advance(9.999);
  expect(woken).toEqual([]);
  await clock.advance(10 - clock.now());
  expect([woken, clock.now(), clock.next]).toEqual([[['due', 10]], 10, 10.001]);
});

test('no time at all wakes whoever sleeps for none', async () => {
  const clock = new VirtualClock(3);
  const { woken, sleep } = sleeperOn(clock);
  void sleep('none', 0, 0);
  expect(clock.next).toBe(3);
  await clock.advance(0);
  expect(woken).toEqual([
    ['none', 3],
    ['none', 3],
  ]);
});

test('waits for what one has set off, however many promises that takes, before it wakes the next', async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  void clock.sleep(1).then(async () => {
    for (let jobs = 0; jobs < 100; jobs += 1) await null;
    order.push('set off');
  });
  void clock.sleep(2).then(() => order.push('next'));
  await clock.runAll();
  expect(order).toEqual(['set off', 'next']);
});

test('what was called just before it goes on can still go to sleep', async () => {
  const clock = new VirtualClock();
  const { woken, sleep } = sleeperOn(clock);
  void (async () => {
    for (let jobs = 0; jobs < 20; jobs += 1) await null;
    await sleep('late comer', 10);
  })();
  await clock.advance(10);
  expect(woken).toEqual([['late comer', 10]]);
});

test('with nobody asleep, only the time goes on', async () => {
  const clock = new VirtualClock();
  await clock.runAll();
  expect([clock.now(), clock.next]).toEqual([0, null]);
  clock.wakeNext();
  await clock.advance(10);
  expect([clock.now(), clock.next]).toEqual([10, null]);
});

test('never goes back, whoever else lets it go on', async () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  await Promise.all([30, 10].map((ms) => clock.advance(ms).then(() => times.push(clock.now()))));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(clock.now()).toBeGreaterThanOrEqual(30);
});

test('one sleeper at a time is woken by hand', async () => {
  const clock = new VirtualClock();
  const { woken, sleep } = sleeperOn(clock);
  void sleep('second', 20);
  void sleep('first', 10);
  clock.wakeNext();
  await new Promise((resolve) => setImmediate(resolve));
  expect([woken, clock.next]).toEqual([[['first', 10]], 20]);
});

test('goes on once for each time that it is told to', async () => {
  const clock = new VirtualClock();
  await Promise.all([clock.advance(10), clock.advance(20)]);
  expect(clock.now()).toBe(30);
});

test('sets no timer', async () => {
  const timer = jest.spyOn(globalThis, 'setTimeout');
  const clock = new VirtualClock();
  const slept = clock.sleep(1000);
  await clock.runAll();
  await slept;
  expect(timer).not.toHaveBeenCalled();
  timer.mockRestore();
});

const NONE = [Number.NaN, -1, Number.POSITIVE_INFINITY, '5', null, undefined, 5n];

test.each(NONE)('refuses to sleep or advance for %p', async (ms) => {
  const clock = new VirtualClock();
  const refusal = { code: 'ERR_INVALID_OPTION', expected: 'a number of ms, 0 or more' };
  expect(await rejection(clock.sleep(ms as never))).toMatchObject(refusal);
  expect(await rejection(clock.advance(ms as never))).toMatchObject(refusal);
  expect([clock.now(), clock.next]).toEqual([0, null]);
});

test.each(NONE.filter((start) => start !== -1 && start !== undefined))('refuses to start at %p', (start) => {
  expect(() => new VirtualClock(start as never)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_OPTION', expected: 'start to be a finite number of ms' }),
  );
});

describe("the machine's own", () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 500 });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  test('has its time and its timers, looked up at each call', async () => {
    const woken = jest.fn();
    void systemClock.sleep(50).then(woken);
    expect(systemClock.now()).toBe(500);
    await jest.advanceTimersByTimeAsync(49);
    expect(woken).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect([systemClock.now(), woken.mock.calls.length]).toEqual([550, 1]);
  });
});

test.each<[string, number[], boolean]>([
  ['nobody', [], false],
  ['one', [5], false],
  ['two, for the same time', [5, 5, 9], true],
  ['two, for the same time later', [5, 9, 9], false],
])('of those who sleep, %s: whether several are due next', (_who, times, isTied) => {
  const clock = new VirtualClock();
  for (const ms of times) void clock.sleep(ms);
  expect(clock.isTied).toBe(isTied);
});
