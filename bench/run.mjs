/** Measures everything, and writes the table and the picture of docs/performance.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { drawPicture } from './picture.mjs';
import { runProcesses } from './run-processes.mjs';
import { table } from './table.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const results = values.quick
  ? await runProcesses({ rounds: 7, batchMs: 4 }, 1)
  : await runProcesses({ rounds: 21, batchMs: 10 }, 3);
const environment = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus()[0]?.model.trim()}`;
const text = `${environment}\n\n${table(results)}`;
console.log(text);

if (!values.quick) {
  const docs = new URL('../docs/', import.meta.url);
  const page = await readFile(new URL('performance.md', docs), 'utf8');
  const filled = page.replace(/(<!-- table -->\n).*?(<!-- \/table -->)/s, (_all, begin, end) => `${begin}\n${text}\n\n${end}`);
  if (filled === page) throw new Error('docs/performance.md has no place for the table, or nothing has changed');
  await writeFile(new URL('performance.md', docs), filled);
  await mkdir(new URL('performance/', docs), { recursive: true });
  await writeFile(new URL('performance/round-trip.svg', docs), drawPicture(results));
}
