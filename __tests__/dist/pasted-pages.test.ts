import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InstalledPackage, root } from './installed-package';

jest.setTimeout(300_000);

let installed: InstalledPackage;

beforeAll(() => {
  installed = new InstalledPackage();
  for (const name of [
    'jest',
    'ts-jest',
    'babel-jest',
    'typescript',
    'vitest',
    '@types/jest',
    '@types/node',
    'zustand',
    'localforage',
  ]) {
    link(name, join(root, 'node_modules', name));
  }
  for (const name of ['@babel/preset-env', '@babel/preset-typescript'])
    link(name, join(__dirname, 'consumers/node_modules', name));
});

afterAll(() => installed.remove());

/** As if it were installed there. */
function link(name: string, target: string): void {
  const path = join(installed.folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** All blocks of a page, as they are, in one test file. @returns the folder, and how many tests the page has */
function paste(page: string, project: string, files: Readonly<Record<string, object>>): { folder: string; tests: number } {
  const folder = join(installed.folder, `${project}-${page}`);
  const text = readFileSync(join(root, `docs/${page}.md`), 'utf8');
  const code = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, block]) => block).join('\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'page.test.ts'), code);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  return { folder, tests: code.match(/^test\(/gm)?.length ?? 0 };
}

function run(folder: string, args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
  const passed = Number(/Tests:? +(\d+) passed/.exec(stdout + stderr)?.[1]);
  return { status, passed, ...(status !== 0 && { output: stdout + stderr }) };
}

/** What TypeScript 6 needs: it looks for global types only where `types` says so. */
const tsconfig = {
  compilerOptions: {
    ...{ target: 'ES2022', module: 'CommonJS', moduleResolution: 'bundler', strict: true, esModuleInterop: true },
    ...{ types: ['jest', 'node'], skipLibCheck: true, rootDir: '.' },
  },
};

const JEST = join(root, 'node_modules/jest/bin/jest.js');

test.each([['getting-started'], ['registry'], ['finding-races']])('%s in Jest, by ts-jest, which checks the types', (page) => {
  const jest = { preset: 'ts-jest', testEnvironment: 'node' };
  const { folder, tests } = paste(page, 'ts-jest', { 'package.json': { jest }, 'tsconfig.json': tsconfig });
  expect(run(folder, [JEST])).toEqual({ status: 0, passed: tests });
});

test.each([['getting-started'], ['finding-races']])('%s in Jest, by Babel', (page) => {
  const babel = { presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'] };
  const { folder, tests } = paste(page, 'babel', { 'package.json': { jest: { testEnvironment: 'node' }, babel } });
  expect(run(folder, [JEST])).toEqual({ status: 0, passed: tests });
});

test.each([['getting-started'], ['registry']])('%s in Vitest', (page) => {
  const { folder, tests } = paste(page, 'vitest', { 'package.json': { type: 'module' } });
  expect(run(folder, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--globals', '--root', folder])).toEqual({
    status: 0,
    passed: tests,
  });
});
