/**
 * Interleaved rounds, in CPU time. Whatever else the machine does falls on every task of a round alike, so a ratio is taken
 * within each round, and the median of these ratios is what counts.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Bench } from 'tinybench';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** ms of CPU time of this process, whatever the clock on the wall says. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * @param tasks `run(times)` does the work so many times
 * @returns ns for one time by name of task, round by round
 */
export async function measure(tasks, { rounds, batchMs }) {
  const samples = new Map(tasks.map(({ name }) => [name, []]));
  const times = new Map();
  for (const { name, run } of tasks) times.set(name, await calibrate(run, batchMs));

  for (let round = 0; round < rounds; round += 1) {
    const bench = new Bench({ now: cpuTime, time: 0, iterations: 1, warmup: false, throws: true });
    for (const { name, run } of shuffle(tasks, round)) {
      bench.add(name, () => run(times.get(name)), { async: true, beforeAll: () => collectGarbage({ type: 'minor' }) });
    }
    for (const { name, result } of await bench.run()) {
      samples.get(name).push((result.latency.mean * 1e6) / times.get(name));
    }
  }
  return samples;
}

/** How many times fill a batch. Trying it out warms the code up, too. */
async function calibrate(run, batchMs) {
  let times = 1;
  for (let fitting = 0, tries = 0; tries < 40 && fitting < 2; tries += 1) {
    const start = cpuTime();
    await run(times);
    const elapsed = cpuTime() - start;
    const fits = elapsed > batchMs * 0.7 && (times === 1 || elapsed < batchMs * 1.5);
    fitting = fits ? fitting + 1 : 0;
    if (!fits) times = Math.max(1, elapsed < batchMs / 20 ? times * 10 : Math.round((times * batchMs) / elapsed));
  }
  return times;
}

/** Another order in each round, the same at each run. */
function shuffle(tasks, round) {
  const order = [...tasks];
  let state = round + 1;
  for (let index = order.length - 1; index > 0; index -= 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (index + 1));
    [order[index], order[other]] = [order[other], order[index]];
  }
  return order;
}

/** Middle of one task's rounds, in ns. */
export function timeOf(samples, name) {
  return median(samples.get(name));
}

/** Middle of the ratios of two tasks within each round. */
export function ratioOf(samples, name, reference) {
  const references = samples.get(reference);
  return median(samples.get(name).map((sample, round) => sample / references[round]));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
