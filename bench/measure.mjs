// @ts-check
/**
 * Interleaved rounds. Whatever else the machine does falls on every task of a round alike, so a ratio is taken within
 * each round, and the median of these ratios is what counts. Runs in a browser as well.
 */
import { interquartileRange, median } from 'simple-statistics';

/** @typedef {{ name: string, run: (times: number) => Promise<unknown> | unknown }} Task */
/** @typedef {Map<string, number[]>} Samples ns for one time, round by round, by name of task */

/**
 * @param {Task[]} tasks
 * @param {object} options
 * @param {number} options.rounds
 * @param {number} options.batchMs how long one batch of one task takes, or once if that takes longer
 * @param {<T>(items: readonly T[]) => T[]} options.shuffle
 * @param {() => void} [options.settle] called before each batch, so that none pays for the garbage of another
 * @param {() => void} [options.onRound]
 * @returns {Promise<Samples>}
 */
export async function measure(tasks, { rounds, batchMs, shuffle, settle = () => {}, onRound = () => {} }) {
  const batches = [];
  for (const task of tasks) batches.push({ task, times: await calibrate(task, batchMs) });

  /** @type {Samples} */
  const samples = new Map(tasks.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { task, times } of shuffle(batches)) {
      settle();
      const start = performance.now();
      await task.run(times);
      samples.get(task.name)?.push(((performance.now() - start) * 1e6) / times);
    }
    onRound();
  }
  return samples;
}

/** How many times fill a batch. Trying it out warms the code up, too. @param {Task} task @param {number} batchMs */
async function calibrate(task, batchMs) {
  let times = 1;
  let fitting = 0;
  // Twice in a row: the first tries run cold code, and any may be held up.
  for (let tries = 0; tries < 40 && fitting < 2; tries += 1) {
    const start = performance.now();
    await task.run(times);
    const elapsed = performance.now() - start;
    const fits = elapsed > batchMs * 0.7 && (times === 1 || elapsed < batchMs * 1.5);
    fitting = fits ? fitting + 1 : 0;
    if (!fits) times = Math.max(1, elapsed < batchMs / 20 ? times * 10 : Math.round((times * batchMs) / elapsed));
  }
  return times;
}

/** Middle and spread of one task's rounds, in ns. @param {Samples} samples @param {string} name */
export function timing(samples, name) {
  const rounds = roundsOf(samples, name);
  return { ns: median(rounds), spread: interquartileRange(rounds) };
}

/** Middle and spread of the ratios of two tasks within each round. @param {Samples} samples @param {string} name @param {string} reference */
export function ratio(samples, name, reference) {
  const references = roundsOf(samples, reference);
  const ratios = roundsOf(samples, name).map((sample, round) => sample / references[round]);
  return { ratio: median(ratios), spread: interquartileRange(ratios) };
}

/** @param {Samples} samples @param {string} name */
function roundsOf(samples, name) {
  const rounds = samples.get(name);
  if (!rounds?.length) throw new Error(`${name} was not measured`);
  return rounds;
}
