import { randomUUID } from 'node:crypto';

// A new name for each run. The workers inherit it.
process.env.TEST_RUN ??= `run-${randomUUID()}`;

export default {
  preset: 'ts-jest',
  maxWorkers: 2,
};
