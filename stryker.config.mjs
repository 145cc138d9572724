import { readFileSync } from 'node:fs';

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
      // Jest's projects keep coverage analysis out: the one that matters takes their place.
      projects: [],
      // A mutant is no worse for its types: only what it does counts.
      transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false, transpilation: true }] },
      // Tests that start no mutant's code, or only what others cover in less time.
      testPathIgnorePatterns: [
        ...node.testPathIgnorePatterns,
        '/__tests__/(types|codec|environments|testing)/',
        '/__tests__/(documentation|architecture|errors)\\.',
      ],
    },
  },
  concurrency: 2,
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'progress', 'json'],
  clearTextReporter: { logTests: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  ignorePatterns: ['dist', 'docs', 'examples', 'reports', '__tests__/dist'],
};
