// @ts-check
import Table from 'cli-table3';
import * as goals from '../goals.mjs';
import { duration, percent, size, times } from './format.mjs';
import { operationTable } from './operation-table.mjs';

/** @typedef {import('../run.mjs').Report} Report */
/** @typedef {import('../suites/index.mjs').SuiteName} SuiteName */

/** @param {import('../checks.mjs').Verdict[]} verdicts */
export function printChecks(verdicts) {
  const yes = (/** @type {boolean} */ passed) => (passed ? 'yes' : 'NO');
  print(
    'Checks',
    ['contestant', 'version', 'loads what was saved', 'save isolates', 'load isolates', 'byte size'],
    verdicts.map(({ name, version, equal, saveIsolates, loadIsolates, size: claim, wrongSizes }) => [
      name,
      version,
      yes(equal),
      yes(saveIsolates),
      yes(loadIsolates),
      claim === 'none' ? '' : claim === 'right' ? 'right' : `WRONG for ${wrongSizes}`,
    ]),
  );
}

/** @param {SuiteName} name @param {Report} report */
export function printSuite(name, report) {
  const { suites } = report;
  switch (name) {
    case 'keys':
      return print(
        `keys: a round trip of a tiny value among so many; goal ≤ ${times(goals.manyKeysOverBaseline)} of baseline`,
        ['keys', ...Object.keys(suites.keys?.[0].costs ?? {}), 'structured over baseline'],
        suites.keys?.map((row) => [count(row.keys), ...costsOf(row.costs), times(row.overBaseline)]),
      );
    case 'sizes':
      return printSizes(suites.sizes);
    case 'memory':
      return print(
        `memory: heap bytes; goals: ${goals.handleBytes} B a handle, a key ≤ ${times(goals.keyOverBaseline)} of baseline`,
        ['of each', 'contestant', 'bytes', 'over baseline'],
        suites.memory?.map((row) => [row.what, row.contestant, row.bytes.toFixed(1), times(row.overBaseline)]),
      );
    case 'listeners':
      return print(
        'listeners: one save, and its delivery to so many',
        ['listeners', ...Object.keys(suites.listeners?.[0].costs ?? {}), 'over EventEmitter', 'over EventTarget'],
        suites.listeners?.map((row) => [
          count(row.listeners),
          ...costsOf(row.costs),
          lost(row.overEventEmitter),
          lost(row.overEventTarget),
        ]),
      );
    case 'checkpoints':
      return print(
        'checkpoints: of 10,000 keys, over copying a Map of them',
        ['what', 'time', 'over new Map(map)'],
        suites.checkpoints?.map((row) => [row.what, duration(row.ns), times(row.overMap)]),
      );
    case 'schedules':
      return print(
        `schedules: of clients that each load and save; goal: ${goals.schedules} of 3 clients in ${duration(goals.schedulesNs)}`,
        ['clients', 'orders of effects', 'with replies', 'schedules', 'one takes', 'over a plain run', `${goals.schedules} take`],
        suites.schedules?.map((row) => [
          count(row.clients),
          count(row.ordersOfEffects),
          row.orders.toPrecision(3),
          count(row.schedules),
          duration(row.ns),
          times(row.overPlainRun),
          duration(goals.schedules * row.ns),
        ]),
      );
    case 'browser':
      return printBrowser(suites.browser);
    default:
      return operationTable(name, report);
  }
}

/** @param {import('../suites/index.mjs').Results['sizes']} rows */
function printSizes(rows = []) {
  print(
    'sizes: ns for each byte of a round trip of records   ▲ isolates, and is faster than registry structured',
    ['payload', ...Object.keys(rows[0]?.costs ?? {})],
    rows.map(({ bytes, costs }) => [
      size(bytes),
      ...Object.entries(costs).map(([name, { nsPerByte }]) => {
        const isLost = name.startsWith('Map') && nsPerByte < costs['registry structured'].nsPerByte;
        return nsPerByte.toPrecision(3) + (isLost ? ' ▲' : '');
      }),
    ]),
  );
  // Sizes are met roughly.
  const middle = rows
    .filter(({ bytes }) => bytes > 9e3 && bytes < 1.1e6)
    .map(({ costs }) => costs['registry structured'].nsPerByte);
  const [least, most] = [Math.min(...middle), Math.max(...middle)];
  console.log(
    `structured, 10 KB to 1 MB: ±${percent((most - least) / (most + least))} (goal ±${percent(goals.nsPerByteSpread)})`,
  );
}

/** @param {import('../suites/browser.mjs').BrowserResult | undefined} result */
function printBrowser(result) {
  if (!result || 'skipped' in result) return console.log(`\nbrowser: left out, ${result?.skipped}`);
  print(
    `browser: round trips in ${result.browser}, over registry structured`,
    ['payload', ...Object.keys(result.rows[0].costs)],
    result.rows.map(({ payload, bytes, costs }) => [
      `${payload}, ${size(bytes)}`,
      ...Object.entries(costs).map(([name, { ns, overStructured }]) =>
        name.startsWith('registry') ? duration(ns) : `${duration(ns)}  ${times(overStructured)}${overStructured < 1 ? ' ▲' : ''}`,
      ),
    ]),
  );
}

/** @param {string} title @param {string[]} head @param {string[][]} [rows] */
export function print(title, head, rows = []) {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  console.log(`\n${title}\n${table}`);
}

/** @param {Record<string, { ns: number }>} costs */
function costsOf(costs) {
  return Object.values(costs).map(({ ns }) => duration(ns));
}

/** A row that is lost is marked. @param {number} ratio */
function lost(ratio) {
  return times(ratio) + (ratio > 1 ? ' ▲' : '');
}

/** @param {number} number */
function count(number) {
  return number.toLocaleString('en');
}
