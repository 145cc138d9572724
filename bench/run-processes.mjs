/** Runs the session in several processes, and takes the median of each number: one process can be lucky. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './measure.mjs';

const session = fileURLToPath(new URL('session.mjs', import.meta.url));
const run = promisify(execFile);

export async function runProcesses(plan, processes) {
  const results = [];
  for (let count = 1; count <= processes; count += 1) {
    console.error(`process ${count} of ${processes} …`);
    const { stdout } = await run(process.execPath, [session, JSON.stringify(plan)], { maxBuffer: 2 ** 28 });
    results.push(JSON.parse(stdout));
  }
  const middle = (suite) =>
    results[0][suite].map((row, index) =>
      middleOf(
        results.map((result) => result[suite][index]),
        row,
      ),
    );
  return { operations: middle('operations'), others: middle('others'), memory: middle('memory') };
}

/** One row with the medians of its numbers. */
function middleOf(rows, example) {
  const entries = Object.entries(example).map(([name, value]) => [
    name,
    typeof value === 'number' ? median(rows.map((row) => row[name])) : value,
  ]);
  return Object.fromEntries(entries);
}
