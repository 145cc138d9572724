import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const { jest } = JSON.parse(readFileSync('package.json', 'utf8'));
const node = jest.projects.find(({ displayName }) => displayName === 'node');

/** What is mutated, and the tests written for it: a run for each of some 4,600 mutants must be short. */
const ROOMS = {
  revision: { mutate: ['src/revision.ts'], tests: ['revision.test.ts'] },
  codec: {
    mutate: ['src/codec/**/*.ts'],
    tests: ['codec/{structured,structured-limits,frozen,json,json-size,utf8-size,reference,path,copy-tree,use-codec}.test.ts'],
  },
  store: {
    mutate: ['src/store/**/*.ts'],
    tests: ['store/*.test.ts', 'registry/[cs]*.test.ts', 'bad-inputs/{foreign-code,listeners}.test.ts'],
  },
  registry: {
    mutate: ['src/registry/**/*.ts'],
    tests: ['registry/[cs]*.test.ts', 'bad-inputs/{options,foreign-code,checkpoints}.test.ts'],
  },
  'web-storage': { mutate: ['src/web-storage/**/*.ts'], tests: ['web-storage/*.test.ts'] },
  simulation: {
    mutate: ['src/simulation/**/*.ts'],
    // All but `soundness.test.ts`, whose searches take too long to be made once for each mutant.
    tests: ['simulation/*.test.ts', 'simulation/explore/!(soundness).test.ts'],
    testTimeout: 10_000,
  },
  backend: {
    mutate: ['src/backend/**/*.ts'],
    tests: ['backend/*.test.ts', 'bad-inputs/{options,metadata,foreign-code,hooks-of-subclasses,envelopes}.test.ts'],
  },
};

const { ROOM } = process.env;
const rooms = ROOM === undefined ? Object.values(ROOMS) : [ROOMS[ROOM]];

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: rooms.flatMap(({ mutate }) => mutate),
  testRunner: 'jest',
  coverageAnalysis: 'perTest',
  jest: {
    config: {
      ...node,
      // With it, a mutant that never answers costs one test's time, and not that of a whole file.
      testEnvironment: resolve('__tests__/support/stop-at-first-failure.cjs'),
      // Jest's projects keep coverage analysis out: the one that matters takes their place.
      projects: [],
      // A mutant is no worse for its types: only what it does counts.
      transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false, transpilation: true }] },
      testTimeout: Math.max(...rooms.map(({ testTimeout = 500 }) => testTimeout)),
      testMatch: rooms.flatMap(({ tests }) => tests).map((test) => `<rootDir>/__tests__/${test}`),
    },
  },
  concurrency: 2,
  timeoutMS: 2000,
  timeoutFactor: 1.25,
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'progress', 'json'],
  clearTextReporter: { logTests: false },
  jsonReporter: { fileName: `reports/mutation${ROOM === undefined ? '' : `-${ROOM}`}.json` },
  ignorePatterns: ['dist', 'docs', 'examples', 'reports', '__tests__/dist'],
};
