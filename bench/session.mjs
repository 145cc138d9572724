// @ts-check
/** One run of the benchmark: contestants that have passed the check, chance, and garbage collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { check } from './checks.mjs';
import { contestants } from './contestants/index.mjs';
import { measure } from './measure.mjs';
import { runOtherShapes } from './other-shapes.mjs';
import { tablePayloads } from './payloads.mjs';
import { seeded } from './random.mjs';

// So that nobody needs to pass the flag.
setFlagsFromString('--expose-gc');
/** @type {(options?: { type: 'minor' | 'major' }) => void} */
const collectGarbage = runInNewContext('gc');

/** @typedef {import('./contestants/contestant.mjs').Contestant & { isolates: boolean, medium: import('./contestants/contestant.mjs').Medium }} Opened */
/** @typedef {Awaited<ReturnType<typeof openSession>>} Session */

/**
 * @param {object} options
 * @param {import('./plans.mjs').Plan} options.plan
 * @param {number} options.seed
 * @param {import('./report/progress.mjs').Progress} options.progress
 */
export async function openSession({ plan, seed, progress }) {
  const { shuffle, below } = seeded(seed);
  const payloads = tablePayloads();
  const verdicts = [];
  /** @type {Opened[]} */
  const opened = [];

  const taking = contestants.filter(({ name }) => plan.contestants?.includes(name) ?? true);
  progress.start('checks', taking.length);
  for (const contestant of taking) {
    const verdict = await check(contestant, payloads);
    verdicts.push(verdict);
    if (verdict.equal) opened.push({ ...contestant, isolates: verdict.isolates, medium: await openWarm(contestant) });
    progress.step();
  }
  progress.stop();

  return {
    plan,
    seed,
    payloads,
    verdicts,
    contestants: opened,
    progress,
    shuffle,
    below,
    collectGarbage,
    openWarm,
    /** Rounds of the plan over these tasks. @param {import('./measure.mjs').Task[]} tasks */
    measure: (tasks) =>
      measure(tasks, {
        rounds: plan.rounds,
        batchMs: plan.batchMs,
        shuffle,
        settle: () => collectGarbage({ type: 'minor' }),
        onRound: () => progress.step(),
      }),
  };
}

/** @param {import('./contestants/contestant.mjs').Contestant} contestant */
async function openWarm(contestant) {
  const medium = await contestant.open();
  await runOtherShapes(medium);
  return medium;
}

/** @param {readonly Opened[]} opened @param {string[]} names */
export function named(opened, ...names) {
  return opened.filter(({ name }) => names.includes(name));
}
