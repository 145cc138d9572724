// Two writes to one file go on at the same time, each into a temporary file that is renamed in the end. If the first one is renamed
// last, the file holds what was saved first: the later change is lost.
// In write-file-atomic up to 2.1.0. Later versions write one after the other: https://github.com/npm/write-file-atomic/pull/22

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile, realpath, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { callbackify, promisify } from 'node:util';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

type WriteFile = (path: string, text: string, options: object, callback: (error: unknown) => void) => void;

const buggy: WriteFile = require('write-file-atomic-2.1.0');
const fixed: WriteFile = require('write-file-atomic-2.3.0');
/** What the package renames files with. */
const gracefulFs = require('graceful-fs');

/** The first and the last thing that it does with a file. What is renamed is given, so that the timeline shows what it holds. */
const files = {
  realpath: (path: string) => realpath(path),
  rename: async (from: string, to: string) => {
    const text = await readFile(from, 'utf8');
    await rename(from, to);
    return text;
  },
};

function saveTwice(write: WriteFile) {
  return async ({ calls, afterRun }: ExploreContext<unknown>) => {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'));
    afterRun(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'settings.json');
    // Names of temporary files and folders are other ones in every run.
    const show = (value: unknown) => (String(value).startsWith(`${file}.`) ? 'temporary file' : basename(String(value)));
    const steps = calls('app', files, { name: 'fs', reads: ['realpath'], writes: ['rename'], key: () => file, show });
    for (const method of ['realpath', 'rename'] as const) {
      const spy = jest.spyOn(gracefulFs, method).mockImplementation(callbackify(steps[method] as () => Promise<string>) as never);
      afterRun(() => spy.mockRestore());
    }
    const save = promisify(write);
    await Promise.all([save(file, 'volume: 1', {}), save(file, 'volume: 2', {})]);
    expect(readFileSync(file, 'utf8')).toBe('volume: 2');
  };
}

test('write-file-atomic 2.1.0 keeps what was saved first', async () => {
  const failure = await failureOf(explore(saveTwice(buggy)));

  expect(failure.timeline).toBe(
    `
app
────────────────────────────────────────────────────
fs.realpath(settings.json) ✗ ENOENT
fs.realpath(settings.json) ✗ ENOENT
fs.realpath(settings.json) is answered
fs.realpath(settings.json) is answered
fs.rename(temporary file, settings.json) → volume: 2
fs.rename(temporary file, settings.json) → volume: 1
fs.rename(temporary file, settings.json) is answered
fs.rename(temporary file, settings.json) is answered
`.trim(),
  );
});

test('write-file-atomic 2.3.0 keeps what was saved last', async () => {
  const report = await explore(saveTwice(fixed));

  expect(report).toMatchObject({ schedules: 1, complete: true });
});
