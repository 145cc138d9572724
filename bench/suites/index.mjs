// @ts-check
import * as operations from '../operations.mjs';
import { browser } from './browser.mjs';
import { checkpoints } from './checkpoints.mjs';
import { keys } from './keys.mjs';
import { listeners } from './listeners.mjs';
import { memory } from './memory.mjs';
import { operationSuite } from './operations.mjs';
import { schedules } from './schedules.mjs';
import { sizes } from './sizes.mjs';

/** Everything that can be measured, by the name that `--only` takes. */
export const suites = {
  save: operationSuite(operations.save),
  load: operationSuite(operations.load),
  roundtrip: operationSuite(operations.roundTrip),
  'roundtrip-size': operationSuite(operations.roundTripWithSize, { onlySized: true }),
  'ten-loads': operationSuite(operations.tenLoads),
  keys,
  sizes,
  memory,
  listeners,
  checkpoints,
  schedules,
  browser,
};

/** @typedef {keyof typeof suites} SuiteName */
/** @typedef {{ [Name in SuiteName]?: Awaited<ReturnType<(typeof suites)[Name]>> }} Results */

export const suiteNames = /** @type {SuiteName[]} */ (Object.keys(suites));

/** How many rounds a suite takes, for the progress bar. @param {SuiteName} name @param {import('../plans.mjs').Plan} plan */
export function stepsOf(name, { rounds, keyCounts, byteSizes, listenerCounts, memoryRuns }) {
  switch (name) {
    case 'keys':
      return rounds * keyCounts.length;
    case 'sizes':
      return rounds * byteSizes.length;
    case 'listeners':
      return rounds * listenerCounts.length;
    case 'memory':
      return memoryRuns * 10;
    case 'checkpoints':
      return rounds;
    case 'schedules':
      return rounds * 4;
    case 'browser':
      return 1;
    default:
      return rounds * 6;
  }
}

/**
 * Runs these suites one after the other.
 * @param {import('../session.mjs').Session} session
 * @param {readonly SuiteName[]} names
 * @returns {Promise<Results>}
 */
export async function runSuites(session, names) {
  /** @type {Record<string, unknown>} */
  const results = {};
  for (const name of names) {
    session.progress.start(name, stepsOf(name, session.plan));
    results[name] = await suites[name](session);
    session.progress.stop();
  }
  return results;
}
