// @ts-check
import { cpus, totalmem } from 'node:os';
import { version } from '../library.mjs';

/**
 * What the numbers hang on.
 * @param {{ seed: number, plan: string }} options
 */
export function environment({ seed, plan }) {
  return {
    library: version,
    measuredAt: new Date().toISOString(),
    plan,
    seed,
    node: process.versions.node,
    v8: process.versions.v8,
    machine: {
      platform: process.platform,
      architecture: process.arch,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
    },
  };
}
