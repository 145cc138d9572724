import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ExplorationError } from 'shared-memory-registry/simulation';

const GALLERY = readFileSync(join(__dirname, '../../docs/gallery.md'), 'utf8');

/** The failure that an exploration ends with. The gallery's page shows its timeline. */
export async function failureOf(exploration: Promise<unknown>): Promise<ExplorationError> {
  const { testPath = '' } = expect.getState();
  try {
    await exploration;
  } catch (error) {
    if (!(error instanceof ExplorationError)) throw error;
    for (const shown of [basename(testPath), error.timeline]) expect(GALLERY).toContain(shown);
    return error;
  }
  throw new Error('It passes in every order');
}
