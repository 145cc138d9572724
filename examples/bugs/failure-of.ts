import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ExplorationError } from 'shared-memory-registry/simulation';

const GALLERY = readFileSync(join(__dirname, '../../docs/finding-races.md'), 'utf8');

/** The failure that an exploration ends with, printed as whoever runs into it sees it. The gallery's page shows it as well. */
export async function failureOf(exploration: Promise<unknown>): Promise<ExplorationError> {
  const { currentTestName, testPath = '' } = expect.getState();
  try {
    await exploration;
  } catch (error) {
    if (!(error instanceof ExplorationError)) throw error;
    process.stdout.write(`\n${currentTestName}\n${error.message}`);
    for (const shown of [basename(testPath), error.timeline, error.diagram]) expect(GALLERY).toContain(shown);
    return error;
  }
  throw new Error('It passes in every order');
}
