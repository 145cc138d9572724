/** What is reported as uncaught meanwhile, as browsers report it. */
export async function reportedBy(run: () => unknown): Promise<unknown[]> {
  const scope = globalThis as { reportError?: (error: unknown) => void };
  const found = scope.reportError;
  const reported: unknown[] = [];
  scope.reportError = (error) => void reported.push(error);
  try {
    await run();
  } finally {
    scope.reportError = found;
  }
  return reported;
}
