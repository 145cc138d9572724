import { ExplorationError } from 'shared-memory-registry/simulation';

/** The failure that an exploration ends with, printed as whoever runs into it sees it. */
export async function failureOf(exploration: Promise<unknown>): Promise<ExplorationError> {
  try {
    await exploration;
  } catch (error) {
    if (!(error instanceof ExplorationError)) throw error;
    process.stdout.write(`\n${testName()}\n${error.message}`);
    return error;
  }
  throw new Error('It passes in every order');
}

function testName(): string {
  return expect.getState().currentTestName ?? '';
}
