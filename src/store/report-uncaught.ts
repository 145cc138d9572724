/**
 * Reports an error as uncaught: everyone else goes on, and it still fails the test or the process
 * (https://html.spec.whatwg.org/multipage/webappapis.html#report-the-exception).
 */
export function reportUncaught(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  try {
    if (reportError === undefined) throw error;
    reportError(error);
  } catch (uncaught) {
    // A rejection that nobody handles: unlike queueMicrotask and timers, no test can have faked it away.
    void Promise.reject(uncaught);
  }
}
