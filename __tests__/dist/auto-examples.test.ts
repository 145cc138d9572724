import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './installed-package';

function run(args: readonly string[], passed: RegExp, cwd = root) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env });
  return { status, passed: Number(passed.exec(stdout + stderr)?.[1]), ...(status !== 0 && { output: stdout + stderr }) };
}

test('the example for who comes from jest-localstorage-mock', () => {
  const args = ['--rootDir=examples/auto/jest', '--config=examples/auto/jest/jest.config.mjs', '--testMatch=**/*.test.cjs'];
  expect(run(['node_modules/jest/bin/jest.js', ...args], /Tests: +(\d+) passed/)).toEqual({ status: 0, passed: 5 });
});

test.each(['node', 'jsdom', 'happy-dom'])('the example for who comes from vitest-localstorage-mock, %s', (environment) => {
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', `--environment=${environment}`];
  expect(run(args, /Tests +(\d+) passed/, join(root, 'examples/auto/vitest'))).toEqual({ status: 0, passed: 4 });
});

test('the example of a component in two tabs, compiled and run with React Testing Library', () => {
  // Where React is installed.
  const folder = join(__dirname, 'consumers/react-example');
  cpSync(join(root, 'examples/react'), folder, { recursive: true });
  try {
    const tsconfig = {
      ...{
        target: 'ES2022',
        module: 'CommonJS',
        moduleResolution: 'bundler',
        jsx: 'react-jsx',
        strict: true,
        esModuleInterop: true,
      },
      ...{
        skipLibCheck: true,
        types: ['jest'],
        lib: ['ES2022', 'DOM', 'ESNext.Disposable'],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      paths: { 'shared-memory-registry/*': [join(root, 'dist/*')] },
    };
    const config = {
      testEnvironment: join(root, 'node_modules/jest-environment-jsdom'),
      testMatch: ['**/*.test.tsx'],
      setupFilesAfterEnv: [join(root, 'dist/auto.cjs')],
      transform: { '\\.tsx$': [join(root, 'node_modules/ts-jest'), { tsconfig }] },
      moduleNameMapper: { '^shared-memory-registry/(.*)$': join(root, 'dist/$1.cjs') },
    };
    const args = ['--rootDir', folder, '--config', JSON.stringify(config)];
    expect(run(['node_modules/jest/bin/jest.js', ...args], /Tests: +(\d+) passed/)).toEqual({ status: 0, passed: 2 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
