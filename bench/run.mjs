// @ts-check
/** The command: measures, prints tables, writes JSON, draws plots, fills docs/performance.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HELP, readOptions, UsageError } from './options.mjs';
import { full, quick } from './plans.mjs';
import { environment } from './report/environment.mjs';
import { writePage } from './report/page.mjs';
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
  const places = out ? { results: out, plots: out } : isQuick || only ? undefined : RECORD;
  if (places) await write(report, places);
}

const RECORD = {
  results: fileURLToPath(new URL('./results', import.meta.url)),
  plots: fileURLToPath(new URL('../docs/performance', import.meta.url)),
  page: fileURLToPath(new URL('../docs/performance.md', import.meta.url)),
};

/** @typedef {{ plots: string, page?: string }} Shown where plots are drawn, and the page that shows them */

/** @param {Report} report @param {Shown & { results: string }} places */
async function write(report, { results, ...shown }) {
  await mkdir(results, { recursive: true });
  const file = `${results}/${process.versions.node.split('.')[0]}.json`;
  await writeFile(file, `${JSON.stringify(report, rounded, 1)}\n`);
  console.log(`\nWritten: ${file}`);
  await show(file, shown);
}

/** From the file, so that what is shown is what was written. @param {string} file @param {Shown} places */
async function show(file, { plots, page }) {
  /** @type {Report} */
  const report = JSON.parse(await readFile(file, 'utf8'));
  await mkdir(plots, { recursive: true });
  for (const [name, svg] of Object.entries(drawPlots(report))) {
    await writeFile(`${plots}/${name}.svg`, svg);
    console.log(`Written: ${plots}/${name}.svg`);
  }
  if (!page) return;
  await writePage(report, page);
  console.log(`Written: ${page}`);
}

/** Four digits are more than a measurement is good for. @param {string} _key @param {unknown} value */
function rounded(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else if (options.page !== undefined) await show(options.page, RECORD);
  else await run(options);
  process.exit(0); // some peers would keep the process alive
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${HELP}` : error);
  process.exit(1);
}
