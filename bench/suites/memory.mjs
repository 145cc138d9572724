// @ts-check
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from 'simple-statistics';

const child = fileURLToPath(new URL('./memory-child.mjs', import.meta.url));
const run = promisify(execFile);

/**
 * Heap bytes for each handle, and for each key with a tiny value: each in a process of its own.
 * @param {import('../session.mjs').Session} session
 */
export async function memory({ plan, progress }) {
  const rows = [];
  for (const what of ['handle', 'key']) {
    for (const contestant of ['registry structured', 'registry frozen', 'registry json', 'baseline', 'bare async Map']) {
      const runs = [];
      for (let time = 0; time < plan.memoryRuns; time += 1) {
        const { stdout } = await run(process.execPath, ['--expose-gc', child, what, contestant]);
        runs.push(Number(stdout));
        progress.step();
      }
      rows.push({ what, contestant, bytes: median(runs), overBaseline: Number.NaN });
    }
  }
  for (const row of rows) {
    const reference = rows.find(({ what, contestant }) => what === row.what && contestant === 'baseline');
    row.overBaseline = row.bytes / (reference?.bytes ?? Number.NaN);
  }
  return rows;
}
