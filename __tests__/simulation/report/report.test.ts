import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextRevision } from 'shared-memory-registry';
import { type ExplorationError, type ExploreContext, type ExploreOptions, explore } from 'shared-memory-registry/simulation';
import { rejection } from '../../support/refusals';

const initial = { counter: { revision: '0', data: 0 } };

async function twoClicks({ registry }: ExploreContext<number>) {
  const click = async (client: string) => {
    const counter = registry.getBackend('counter', { client });
    const current = await counter.load();
    await counter.save({ revision: nextRevision(current), data: (current?.data ?? 0) + 1 });
  };
  await Promise.all([click('tab-1'), click('tab-2')]);
  expect(registry.peek('counter')?.snapshot.data).toBe(2);
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const failWith = (options: ExploreOptions<number>) =>
  rejection(explore(twoClicks, { initial, ...options })) as Promise<ExplorationError>;

test('a failure is written as a page, in folders that are made, and the error says where', async () => {
  const file = join(folder, 'made/for/it.html');
  const error = await failWith({ report: file });
  expect(error.code).toBe('ERR_SCHEDULE_FAILED');
  expect(error.message.endsWith(`replay: '${error.token}' })\nAs a page: ${file}\n`)).toBe(true);
  const page = readFileSync(file, 'utf8');
  for (const shown of ['Schedule 2 fails', 'Received: 1', error.token, 'tab-1', 'load → 0: 0']) expect(page).toContain(shown);
});

test('a path is one from where the tests are run', async () => {
  const error = await failWith({ report: `${folder.replace(/^\//, '../'.repeat(process.cwd().split('/').length))}/here.html` });
  expect(error.message).toContain(`As a page: ${join(folder, 'here.html')}`);
  expect(existsSync(join(folder, 'here.html'))).toBe(true);
});

test('a later failure replaces the file; an exploration that passes leaves it as it is', async () => {
  const report = join(folder, 'page.html');
  writeFileSync(report, 'earlier');
  await explore(async ({ registry }) => registry.getBackend('x').load(), { report });
  expect(readFileSync(report, 'utf8')).toBe('earlier');
  await failWith({ report });
  expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/);
});

test('a function takes the page, and is waited for', async () => {
  const pages: string[] = [];
  const error = await failWith({
    report: async (page) => {
      await null;
      pages.push(page);
    },
  });
  expect(pages).toEqual([expect.stringContaining('</html>')]);
  expect(error.message).not.toContain('As a page');
});

test('a run that is replayed has a page as well', async () => {
  const { token } = await failWith({});
  const pages: string[] = [];
  await failWith({ replay: token, report: (page) => void pages.push(page) });
  expect(pages).toHaveLength(1);
});

test.each<[string, ExploreOptions<number>['report'], string]>([
  ['a path below a file', '/dev/null/page.html', 'EEXIST'],
  [
    'a function that throws',
    () => {
      throw new Error('full');
    },
    'full',
  ],
])('%s does not hide the failure', async (_, report, reason) => {
  const error = await failWith({ report });
  expect(error.code).toBe('ERR_SCHEDULE_FAILED');
  expect(error.message).toContain('The report could not be written: ');
  expect(error.message).toContain(reason);
  expect(error.cause).toMatchObject({ matcherResult: { expected: 2, actual: 1 } });
});

test.each([[''], [true], [{}], [null]])('%p is not taken for a report', async (report) => {
  const error = await rejection(explore(twoClicks, { initial, report: report as never }));
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', expected: 'report to be the path of a file, or a function' });
});

test('where there are no files, a path is refused before anything runs', async () => {
  const { getBuiltinModule } = process;
  try {
    process.getBuiltinModule = undefined as never;
    const error = await rejection(explore(twoClicks, { initial, report: 'page.html' }));
    expect(error).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      expected: 'report to be a function, where there are no files',
      received: 'a path',
    });
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});
