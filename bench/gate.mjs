// @ts-check
/**
 * Fails when a ratio has got worse than its limit in limits.json: 15 % above what was reached. A row that fails is
 * measured up to twice more, since a shared machine has bad moments; the best counts.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gateRows } from './gate-rows.mjs';
import { gate as plan } from './plans.mjs';
import { createProgress } from './report/progress.mjs';
import { print } from './report/tables.mjs';
import { openSession } from './session.mjs';
import { runSuites } from './suites/index.mjs';

const SLACK = 1.15;
const TRIES = 3;
const file = new URL('./limits.json', import.meta.url);

/** @typedef {{ what: string, reached: number, limit: number }} Limit */
/** @typedef {Map<string, number>} Values by what they are of */

/** @param {import('./session.mjs').Session} session @param {typeof gateRows} rows @returns {Promise<Values>} */
async function measureRows(session, rows) {
  const results = await runSuites(session, [...new Set(rows.map(({ suite }) => suite))]);
  return new Map(rows.map(({ what, read }) => [what, read(results)]));
}

/** What is reached is the worse of two runs. @param {import('./session.mjs').Session} session @param {Values} values */
async function update(session, values) {
  for (const [what, value] of await measureRows(session, gateRows)) values.set(what, Math.max(value, values.get(what) ?? value));
  const limits = [...values].map(([what, reached]) => ({ what, reached: rounded(reached), limit: rounded(reached * SLACK) }));
  await writeFile(file, `${JSON.stringify(limits, null, 2)}\n`);
  report(limits, values);
}

/** @param {import('./session.mjs').Session} session @param {Values} values @returns {Promise<boolean>} whether all is well */
async function compare(session, values) {
  /** @type {Limit[]} */
  const limits = JSON.parse(await readFile(file, 'utf8'));
  const failing = () => limits.filter(({ what, limit }) => !((values.get(what) ?? Number.NaN) <= limit)).map(({ what }) => what);

  for (let tries = 1; tries < TRIES && failing().length > 0; tries += 1) {
    const again = await measureRows(
      session,
      gateRows.filter(({ what }) => failing().includes(what)),
    );
    for (const [what, value] of again) values.set(what, Math.min(value, values.get(what) ?? value));
  }
  report(limits, values);

  const unlimited = gateRows.filter(({ what }) => !limits.some((limit) => limit.what === what)).map(({ what }) => what);
  if (unlimited.length > 0) console.log(`No limit yet, \`node bench/gate.mjs --update\` sets one: ${unlimited.join('; ')}`);
  return failing().length === 0 && unlimited.length === 0;
}

/** @param {Limit[]} limits @param {Values} values */
function report(limits, values) {
  print(
    'Ratios against their limits',
    ['row', 'reached', 'limit', 'now', 'verdict'],
    limits.map(({ what, reached, limit }) => {
      const now = values.get(what);
      const verdict = now === undefined ? 'no such row' : now <= limit ? 'ok' : 'WORSE';
      return [what, String(reached), String(limit), now === undefined ? '' : String(rounded(now)), verdict];
    }),
  );
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(3));
}

try {
  const { values: options } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
  const session = await openSession({ plan, seed: 1, progress: createProgress() });
  const values = await measureRows(session, gateRows);
  if (options.update) await update(session, values);
  else if (!(await compare(session, values))) process.exitCode = 1;
  process.exit(); // some peers would keep the process alive
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exit(1);
}
