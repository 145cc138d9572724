// @ts-check
/** The command: measures, prints tables, writes JSON, draws plots. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HELP, readOptions, UsageError } from './options.mjs';
import { full, quick } from './plans.mjs';
import { environment } from './report/environment.mjs';
import { drawPlots } from './report/plots.mjs';
import { createProgress } from './report/progress.mjs';
import { printChecks, printSuite } from './report/tables.mjs';
import { openSession } from './session.mjs';
import { runSuites, suiteNames } from './suites/index.mjs';

/** @typedef {ReturnType<typeof environment> & { contestants: import('./checks.mjs').Verdict[], suites: import('./suites/index.mjs').Results }} Report */

/** @param {ReturnType<typeof readOptions>} options */
async function run({ quick: isQuick, only, out, seed }) {
  const progress = createProgress();
  const session = await openSession({ plan: isQuick ? quick : full, seed, progress });
  printChecks(session.verdicts);

  /** @type {Report} */
  const report = { ...environment({ seed, plan: isQuick ? 'quick' : 'full' }), contestants: session.verdicts, suites: {} };
  for (const name of only ?? suiteNames) {
    Object.assign(report.suites, await runSuites(session, [name]));
    printSuite(name, report);
  }

  // Only what was measured in one full run is for the record.
  const folders = out ? { results: out, plots: out } : isQuick || only ? undefined : RECORD;
  if (folders) await write(report, folders);
}

const RECORD = {
  results: fileURLToPath(new URL('./results', import.meta.url)),
  plots: fileURLToPath(new URL('../docs/performance', import.meta.url)),
};

/** @param {Report} report @param {typeof RECORD} folders */
async function write(report, { results, plots }) {
  await mkdir(results, { recursive: true });
  await mkdir(plots, { recursive: true });
  const file = `${results}/${process.versions.node.split('.')[0]}.json`;
  await writeFile(file, `${JSON.stringify(report, rounded, 1)}\n`);
  const drawn = Object.entries(drawPlots(report));
  for (const [name, svg] of drawn) await writeFile(`${plots}/${name}.svg`, svg);
  console.log(`\nWritten: ${[file, ...drawn.map(([name]) => `${plots}/${name}.svg`)].join(', ')}`);
}

/** Four digits are more than a measurement is good for. @param {string} _key @param {unknown} value */
function rounded(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else await run(options);
  process.exit(0); // some peers would keep the process alive
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${HELP}` : error);
  process.exit(1);
}
