/**
 * Real time, whatever a test has put in the place of timers: they are looked for when this is loaded, in Node among its own
 * modules, where the environments of Jest and Vitest do not reach. (`process.getBuiltinModule`, Node 20.16: no import, which
 * would keep browsers out.)
 */

type Schedule = (callback: () => void, ms?: number) => unknown;

interface PerformanceHooks {
  readonly performance: { now(): number };
}

interface Timers {
  readonly setImmediate?: Schedule;
  readonly setTimeout: Schedule;
}

interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  close(): void;
}

const { process, MessageChannel } = globalThis as unknown as {
  readonly process?: {
    getBuiltinModule?(name: 'node:timers'): Timers;
    getBuiltinModule?(name: 'node:perf_hooks'): PerformanceHooks;
  };
  readonly MessageChannel?: new () => { readonly port1: Port; readonly port2: Port };
};

const { setImmediate, setTimeout }: Timers = process?.getBuiltinModule?.('node:timers') ?? globalThis;

const { performance }: PerformanceHooks = process?.getBuiltinModule?.('node:perf_hooks') ?? globalThis;

/** Real time in ms, from any beginning. */
export const realNow: () => number = performance.now.bind(performance);

/** Resolves when every promise job is done that is due, and all that come of them: in the event loop's next task. */
export const nextTask: () => Promise<void> = findNextTask();

function findNextTask(): () => Promise<void> {
  if (setImmediate !== undefined) return () => new Promise((resolve) => setImmediate(resolve));
  if (MessageChannel === undefined) return () => realSleep(0);
  return () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
}

/** Waits for so many ms of real time. */
export function realSleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
