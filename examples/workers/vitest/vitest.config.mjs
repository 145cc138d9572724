import { randomUUID } from 'node:crypto';
import { defineConfig } from 'vitest/config';

// A new name for each run. The workers inherit it.
process.env.TEST_RUN ??= `run-${randomUUID()}`;

export default defineConfig({
  test: { maxWorkers: 2 },
});
