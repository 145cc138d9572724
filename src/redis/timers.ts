/** Fake timers of a test must not stop a connection: these are the real ones, as they were when this was loaded. */
const { setTimeout, clearTimeout } = globalThis;

/** @returns a promise that resolves after so many ms */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the promise gives; or what `onTimeout` gives or throws, if that is not there after so many ms. */
export function within<R>(promise: Promise<R>, ms: number, onTimeout: () => R): Promise<R> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(onTimeout());
      } catch (error) {
        reject(error);
      }
    }, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Time in ms that no change of the clock disturbs. */
export const monotonicNow = performance.now.bind(performance);
