import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const { jest } = JSON.parse(readFileSync('package.json', 'utf8'));
const node = jest.projects.find(({ displayName }) => displayName === 'node');

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['src/backend/**/*.ts', 'src/store/**/*.ts', 'src/registry/**/*.ts', 'src/revision.ts'],
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
      testTimeout: 500,
      // Only the tests that are written for what is mutated: a run for each of some 900 mutants must be short.
      testPathIgnorePatterns: [
        ...node.testPathIgnorePatterns,
        '/__tests__/(types|codec|environments|testing)/',
        '/__tests__/(documentation|architecture|errors|registry/model)\\.',
        '/__tests__/bad-inputs/(data|concurrency|checkpoints|revisions)',
      ],
    },
  },
  incremental: true,
  incrementalFile: 'reports/mutation-incremental.json',
  concurrency: 2,
  timeoutMS: 3000,
  timeoutFactor: 1.25,
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'progress', 'json'],
  clearTextReporter: { logTests: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  ignorePatterns: ['dist', 'docs', 'examples', 'reports', '__tests__/dist'],
};
