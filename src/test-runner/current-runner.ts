import type { Awaitable } from '../contracts';

/** What is used of the test runner that runs this file. */
export interface TestRunner {
  readonly beforeEach?: ((hook: () => unknown) => unknown) | undefined;
  readonly expect?: { extend(matchers: object): void } | undefined;
}

interface Environment {
  readonly process?: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    getBuiltinModule?(name: 'node:test'): TestRunner;
  };
}

/** The name in a variable: without Vitest there is nothing to find, for a compiler either. */
const VITEST: string = 'vitest';

/**
 * The hooks of Jest, Mocha and the like, which are global; of Vitest, whose are not unless its option `globals` is set; or of `node:test`.
 * At once where they are global: hooks of a setup file come before those of a test file.
 * @returns nothing where no runner is known
 */
export function findTestRunner(): Awaitable<TestRunner> {
  const { beforeEach, expect, process } = globalThis as TestRunner & Environment;
  if (typeof beforeEach === 'function') return { beforeEach, expect };
  if (process?.env?.['VITEST'] !== undefined) return import(/* @vite-ignore */ VITEST);
  if (process?.env?.['NODE_TEST_CONTEXT'] !== undefined) return process.getBuiltinModule?.('node:test') ?? {};
  return {};
}
