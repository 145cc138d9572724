/**
 * Resolves when every promise job is done that is due, and all that come of them: in the event loop's next task. The way to
 * get one is looked for once, since a test may fake timers later on.
 */
export const nextTask: () => Promise<void> = findNextTask();

type Immediate = (callback: () => void) => unknown;

function findNextTask(): () => Promise<void> {
  const { setImmediate, MessageChannel, setTimeout } = globalThis as unknown as {
    setImmediate?: Immediate;
    MessageChannel?: new () => { port1: Port; port2: Port };
    setTimeout: Immediate;
  };
  if (setImmediate !== undefined && !isFake(setImmediate)) return () => new Promise((resolve) => setImmediate(resolve));
  if (MessageChannel !== undefined) {
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
  return () => new Promise((resolve) => setTimeout(resolve));
}

interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  close(): void;
}

/** As the fake timers of Jest, Vitest and Sinon mark theirs. */
function isFake(timer: object): boolean {
  return 'clock' in timer;
}

/** As it was when this was loaded, like the above. */
const { setTimeout: sleepTimer } = globalThis;

/** Waits for so many ms of real time. */
export function realSleep(ms: number): Promise<void> {
  return new Promise((resolve) => sleepTimer(resolve, ms));
}
