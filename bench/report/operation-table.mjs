// @ts-check
import Table from 'cli-table3';
import * as goals from '../goals.mjs';
import { duration, percent, size, times } from './format.mjs';

/** @typedef {import('../suites/operations.mjs').PayloadCosts} PayloadCosts */

/**
 * Contestants down, payloads across: time, and ratio to baseline. Those that leak come last, as not the same work.
 * @param {'save' | 'load' | 'roundtrip' | 'roundtrip-size' | 'ten-loads'} name
 * @param {import('../run.mjs').Report} report
 */
export function operationTable(name, { contestants, suites }) {
  const rows = suites[name] ?? [];
  const taking = contestants.filter((contestant) => contestant.name in (rows[0]?.costs ?? {}));
  const line = (/** @type {import('../checks.mjs').Verdict} */ contestant) => [
    contestant.name,
    ...rows.map((row) => cell(name, row, contestant)),
  ];
  const table = new Table({
    head: [name, ...rows.map(({ payload, bytes }) => `${payload}, ${size(bytes)}`)],
    style: { head: [], border: [], compact: true },
  });
  table.push(...taking.filter(({ isolates }) => isolates).map(line));
  table.push([{ content: 'not the same work, they leak:', colSpan: rows.length + 1 }]);
  table.push(...taking.filter(({ isolates }) => !isolates).map(line));
  console.log(
    `\n${table}\n× of baseline   ▲ isolates, and is faster than registry structured${remarks(name, rows)}\n${spread(rows)}`,
  );
}

/**
 * @param {string} operation
 * @param {PayloadCosts} row
 * @param {import('../checks.mjs').Verdict} contestant
 */
function cell(operation, { payload, costs }, { name, group, isolates }) {
  const { ns, overBaseline, overStructured } = costs[name];
  const faster = isolates && group !== 'registry' && overStructured < 1 ? ' ▲' : '';
  const goal = operation === 'roundtrip' && name === 'registry structured' ? met(overBaseline, goals.overBaseline[payload]) : '';
  return `${duration(ns)}  ${times(overBaseline)}${goal}${faster}`;
}

/** @param {string} operation @param {PayloadCosts[]} rows */
function remarks(operation, rows) {
  if (operation === 'load') {
    const over = (/** @type {string} */ name, /** @type {number} */ goal) =>
      rows
        .map(({ payload, costs }) => `${payload} ${times(costs[name].overBareMap)}${met(costs[name].overBareMap, goal)}`)
        .join(', ');
    const { overBareMap } = rows[0].costs['registry structured'];
    return `
frozen load over a bare Map's (goal ${times(goals.frozenLoadOverBareMap)}): ${over('registry frozen', goals.frozenLoadOverBareMap)}
structured ${rows[0].payload} load over a bare Map's (goal ${times(goals.tinyLoadOverBareMap)}): ${times(overBareMap)}${met(overBareMap, goals.tinyLoadOverBareMap)}`;
  }
  if (operation !== 'roundtrip') return '';
  const peers = rows.map(({ payload, fastestPeer, overFastestPeer }) => {
    return `${payload} ${times(overFastestPeer ?? Number.NaN)}${met(overFastestPeer ?? 0, goals.overFastestPeer[payload])} (${fastestPeer})`;
  });
  return `   ✓ goal reached   ✗ goal missed\nover the fastest peer that isolates: ${peers.join(', ')}`;
}

/** How far the rounds lie apart: half the interquartile range of the ratios. @param {PayloadCosts[]} rows */
function spread(rows) {
  const spreads = rows
    .flatMap(({ payload, costs }) => Object.entries(costs).map(([name, cost]) => ({ name, payload, of: halfSpread(cost) })))
    .sort((one, other) => one.of - other.of);
  const [middle, widest] = [spreads[spreads.length >> 1], spreads[spreads.length - 1]];
  return `spread of the ratios: ±${percent(middle.of)} in the middle, ±${percent(widest.of)} at most (${widest.name}, ${widest.payload})`;
}

/** @param {import('../suites/operations.mjs').Cost} cost */
function halfSpread({ overBaseline, overBaselineSpread }) {
  return overBaselineSpread / 2 / overBaseline;
}

/** @param {number} reached @param {number | undefined} goal */
function met(reached, goal) {
  return goal === undefined ? '' : reached <= goal ? ' ✓' : ' ✗';
}
