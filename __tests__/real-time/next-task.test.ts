import type * as NextTask from '../../src/real-time/next-task';

let restore: (() => void)[] = [];

afterEach(() => {
  jest.useRealTimers();
  for (const undo of restore.reverse()) undo();
  restore = [];
});

function put(place: object, name: string, value: unknown): void {
  const found = Object.getOwnPropertyDescriptor(place, name);
  restore.push(() => (found ? Object.defineProperty(place, name, found) : Reflect.deleteProperty(place, name)));
  Object.defineProperty(place, name, { value, configurable: true, writable: true });
}

/** A platform like a browser: without modules of its own, and without some of the ways to get a task. */
function leaveOut(...names: string[]): void {
  put(process, 'getBuiltinModule', undefined);
  for (const name of names) put(globalThis, name, undefined);
}

/** Counts the calls of a global function. */
function counted(name: 'setImmediate' | 'setTimeout'): jest.Mock {
  const real: (callback: () => void, ms?: number) => unknown = globalThis[name];
  const spy = jest.fn(real);
  put(globalThis, name, spy);
  return spy;
}

function load(): typeof NextTask {
  let loaded: typeof NextTask | undefined;
  jest.isolateModules(() => {
    loaded = require('../../src/real-time/next-task');
  });
  return loaded as typeof NextTask;
}

/** How many promise jobs of a long chain are done when the next task comes. */
async function jobsDoneBy(nextTask: () => Promise<void>): Promise<number> {
  let done = 0;
  void (async () => {
    for (; done < 1000; done += 1) await null;
  })();
  await nextTask();
  return done;
}

test('every promise job is done by then, and all that come of them', async () => {
  expect(await jobsDoneBy(load().nextTask)).toBe(1000);
});

test('it is the next turn of the event loop where that can be had, without a timer', async () => {
  leaveOut('MessageChannel');
  const [immediate, timer] = [counted('setImmediate'), counted('setTimeout')];
  expect(await jobsDoneBy(load().nextTask)).toBe(1000);
  expect([immediate.mock.calls.length, timer.mock.calls.length]).toEqual([1, 0]);
});

test('it is a message to itself where that can not be had, and the channel is closed', async () => {
  const closing: jest.SpyInstance[] = [];
  const Channel = MessageChannel;
  leaveOut('setImmediate');
  const timer = counted('setTimeout');
  put(
    globalThis,
    'MessageChannel',
    class extends Channel {
      constructor() {
        super();
        closing.push(jest.spyOn(this.port1, 'close'));
      }
    },
  );
  expect(await jobsDoneBy(load().nextTask)).toBe(1000);
  expect(closing.map(({ mock }) => mock.calls.length)).toEqual([1]);
  expect(timer).not.toHaveBeenCalled();
});

test('it is a timer where there is neither', async () => {
  leaveOut('setImmediate', 'MessageChannel');
  const timer = counted('setTimeout');
  expect(await jobsDoneBy(load().nextTask)).toBe(1000);
  expect(timer.mock.calls).toEqual([[expect.any(Function), 0]]);
});

test('it is had without a process, as in browsers', async () => {
  put(globalThis, 'process', undefined);
  const { nextTask } = load();
  restore.pop()?.();
  expect(await jobsDoneBy(nextTask)).toBe(1000);
});

test('in Node, nothing of what a test has put in the place of timers is used', async () => {
  for (const name of ['setImmediate', 'setTimeout', 'MessageChannel']) put(globalThis, name, undefined);
  const { nextTask, realSleep } = load();
  expect(await jobsDoneBy(nextTask)).toBe(1000);
  await realSleep(1);
});

test('timers that are faked before it is loaded do not keep it waiting', async () => {
  jest.useFakeTimers();
  expect(await jobsDoneBy(load().nextTask)).toBe(1000);
});

test.each([[[]], [['setImmediate']], [['setImmediate', 'MessageChannel']]])(
  'on a platform without %j, timers that are faked later do not keep it waiting',
  async (missing) => {
    leaveOut(...missing);
    const { nextTask } = load();
    jest.useFakeTimers();
    expect(await jobsDoneBy(nextTask)).toBe(1000);
  },
);

test('real time is waited for, whatever was faked later', async () => {
  const { realSleep } = load();
  jest.useFakeTimers({ doNotFake: ['performance'] });
  const start = performance.now();
  await realSleep(20);
  expect(performance.now() - start).toBeGreaterThan(15);
});
