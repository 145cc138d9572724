import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './installed-package';

const FIXTURES = '__tests__/dist/fixtures/globals';

/** How many tests have passed, and how the process has ended. */
function run(args: readonly string[], passed: RegExp, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const count = passed.exec(stdout + stderr)?.[1];
  return { status, passed: Number(count), ...(status !== 0 && { output: stdout + stderr }) };
}

const ENVIRONMENTS = {
  node: 'node',
  jsdom: join(root, 'node_modules/jest-environment-jsdom'),
  'happy-dom': join(__dirname, 'consumers/node_modules/@happy-dom/jest-environment'),
};

describe.each(Object.entries(ENVIRONMENTS))('Jest, %s', (_name, environment) => {
  const jest = (config: object) =>
    run(
      [
        ...['node_modules/jest/bin/jest.js', '--rootDir', join(root, FIXTURES), '--env', environment],
        ...['--config', JSON.stringify({ transform: {}, moduleFileExtensions: ['js', 'cjs', 'mjs'], ...config })],
      ],
      /Tests: +(\d+) passed/,
    );

  test('globals survive spies that are restored late, a reset of modules, and a file that ends with a closed and a blocked window', () => {
    expect(jest({ testMatch: ['**/habits.jest.test.cjs'], restoreMocks: true })).toEqual({ status: 0, passed: 10 });
  });

  test('the entry auto starts every test with an empty origin, also for modules that have kept the storage', () => {
    const setupFilesAfterEnv = ['shared-memory-registry/auto', 'shared-memory-registry/matchers'];
    expect(jest({ testMatch: ['**/auto.jest.test.cjs'], setupFilesAfterEnv })).toEqual({ status: 0, passed: 4 });
  });
});

describe.each(['node', 'jsdom', 'happy-dom'])('Vitest, %s', (environment) => {
  const vitest = (env: Readonly<Record<string, string>>) =>
    run(
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--config',
        `${FIXTURES}/vitest.config.mjs`,
        '--environment',
        environment,
        '--no-color',
      ],
      /Tests +(\d+) passed/,
      { NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    );

  test.each(['true', 'false'])('globals survive stubs that are restored late, where isolate is %s', (isolate) => {
    expect(vitest({ ISOLATE: isolate })).toEqual({ status: 0, passed: 18 });
  });

  test.each(['true', 'false'])('the entry auto starts every test with an empty origin, where isolate is %s', (isolate) => {
    expect(vitest({ ISOLATE: isolate, AUTO: '1' })).toEqual({ status: 0, passed: 4 });
  });
});

test('node:test: the entry auto', () => {
  const args = ['--import', 'shared-memory-registry/auto', '--test', '--test-reporter=tap', `${FIXTURES}/auto.node.test.mjs`];
  expect(run(args, /^# pass (\d+)$/m)).toEqual({ status: 0, passed: 2 });
});

test('node:test with global-jsdom: a window beside the global object', () => {
  const args = ['--test', '--test-reporter=tap', `${FIXTURES}/global-jsdom.node.test.mjs`];
  expect(run(args, /^# pass (\d+)$/m)).toEqual({ status: 0, passed: 5 });
});

test('without a runner, the entry auto says where to import it', () => {
  const { status, output } = run(['--eval', "import('shared-memory-registry/auto')"], /none/) as {
    status: number;
    output?: string;
  };
  expect(status).toBe(1);
  expect(output).toContain('import it in setupFilesAfterEnv of Jest, in setupFiles of Vitest');
});
