import { spawnSync } from 'node:child_process';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { root } from './installed-package';

const FIXTURES = '__tests__/dist/fixtures/runners';

const RUNNERS = [
  {
    runner: 'vitest',
    command: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json'],
    passed: (report: string) => JSON.parse(report).numPassedTests,
  },
  {
    runner: 'mocha',
    command: ['node_modules/mocha/bin/mocha.js', '--reporter=json'],
    passed: (report: string) => JSON.parse(report).stats.passes,
  },
  {
    runner: 'node',
    command: ['--test', '--test-reporter=tap'],
    passed: (report: string) => Number(/^# pass (\d+)$/m.exec(report)?.[1]),
  },
];

function run(...args: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

/** How many tests the built suite has. */
function countTests(): number {
  const program = `import('shared-memory-registry/testing').then((m) => console.log(m.backendContract(() => {}).length))`;
  return Number(run('--eval', program).stdout);
}

describe.each(RUNNERS)('under $runner', ({ runner, command, passed }) => {
  test('every test of the backend contract runs, and a backend that keeps it passes', () => {
    const { status, stdout } = run(...command, `${FIXTURES}/${runner}.test.mjs`);
    expect({ status, passed: passed(stdout) }).toEqual({ status: 0, passed: countTests() });
  });

  test('a backend that breaks the contract fails the run, and passes what it keeps', () => {
    const { status, stdout } = run(...command, `${FIXTURES}/${runner}-broken.test.mjs`);
    expect(status).toBeGreaterThan(0);
    expect(passed(stdout)).toBeGreaterThan(countTests() / 2);
    expect(passed(stdout)).toBeLessThan(countTests());
  });
});

test.each([
  { runner: 'vitest', tests: 5 },
  { runner: 'node', tests: 6 },
])('the explorer runs under $runner', ({ runner, tests }) => {
  const { command, passed } = RUNNERS.find((other) => other.runner === runner) as (typeof RUNNERS)[number];
  const { status, stdout } = run(...command, `${FIXTURES}/explore-${runner}.test.mjs`);
  expect({ status, passed: passed(stdout) }).toEqual({ status: 0, passed: tests });
});

/** `node:sqlite` is there from 22.13 on. */
const withSqlite = builtinModules.includes('node:sqlite')
  ? process.execPath
  : join(__dirname, 'consumers/node_modules/.bin/node');

test('the example of a backend on SQLite keeps the contract, and eight processes lose no update', () => {
  const args = ['--test', '--test-reporter=tap', `${FIXTURES}/../sqlite.test.mjs`];
  const { status, stdout } = spawnSync(withSqlite, args, { cwd: root, encoding: 'utf8' });
  expect({ status, failed: /^# fail (\d+)$/m.exec(stdout)?.[1] }).toEqual({ status: 0, failed: '0' });
  expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(40);
});

test('objects of the platform are kept or refused under happy-dom', () => {
  const { status, stdout } = run('--test', '--test-reporter=tap', `${FIXTURES}/../happy-dom.test.mjs`);
  expect({ status, passed: Number(/^# pass (\d+)$/m.exec(stdout)?.[1]) }).toEqual({ status: 0, passed: 12 });
});

test.each(['vitest', 'node'])('registries compare by contents, and documented methods are hooks, under %s', (runner) => {
  const { command, passed } = RUNNERS.find((other) => other.runner === runner) as (typeof RUNNERS)[number];
  const { status, stdout } = run(...command, `${FIXTURES}/comparison-${runner}.test.mjs`);
  expect({ status, passed: passed(stdout) }).toEqual({ status: 0, passed: 4 });
});
