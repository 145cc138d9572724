import { randomUUID } from 'node:crypto';
import { defineConfig } from '@playwright/test';

// A new name for each run. The workers inherit it.
process.env.TEST_RUN ??= `run-${randomUUID()}`;

export default defineConfig({
  workers: 2,
  fullyParallel: true,
});
