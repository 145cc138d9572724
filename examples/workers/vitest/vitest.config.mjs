import { randomUUID } from 'node:crypto';
import { defineConfig } from 'vitest/config';

// Of each run one: the workers inherit it.
process.env.TEST_RUN ??= `run-${randomUUID()}`;

export default defineConfig({
  test: { maxWorkers: 2 },
});
