import { randomUUID } from 'node:crypto';

// Of each run one: the workers inherit it.
process.env.TEST_RUN ??= `run-${randomUUID()}`;

export default {
  preset: 'ts-jest',
  maxWorkers: 2,
};
