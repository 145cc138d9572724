import { randomUUID } from 'node:crypto';
import { defineConfig } from '@playwright/test';

// Of each run one: the workers inherit it.
process.env.TEST_RUN ??= `run-${randomUUID()}`;

export default defineConfig({
  workers: 2,
  fullyParallel: true,
});
