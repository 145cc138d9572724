// @ts-check
/** What was reached of the goals, and what was lost, from the results of a full run. */
import * as goals from '../goals.mjs';
import { duration, percent, size, times } from './format.mjs';
import { count, plain } from './markdown.mjs';

/** @typedef {Required<import('../suites/index.mjs').Results>} Suites */
/** @typedef {{ what: string, wanted: string, reached: string, met: boolean }} Goal */

const OWN = 'registry structured';
const CHECKPOINT_NS = 1e6;

/** @param {Suites} suites @returns {Goal[]} */
export function goalsOf({ roundtrip, load, keys, sizes, memory, checkpoints }) {
  const goal = (/** @type {string} */ what, /** @type {number} */ wanted, /** @type {number} */ reached, format = times) => {
    return { what, wanted: format(wanted), reached: format(reached), met: reached <= wanted };
  };
  const tiny = load.filter(({ payload }) => payload === 'tiny');
  const own = memory.filter(({ contestant }) => contestant === OWN);
  const most = keys[keys.length - 1];
  const perByte = sizes.filter(({ bytes }) => bytes > 9e3 && bytes < 1.1e6).map(({ costs }) => costs[OWN].nsPerByte);
  const [least, greatest] = [Math.min(...perByte), Math.max(...perByte)];
  return [
    ...roundtrip.map(({ payload, costs }) =>
      goal(`${payload} round trip over baseline`, goals.overBaseline[payload], costs[OWN].overBaseline),
    ),
    ...roundtrip
      .filter(({ payload }) => payload in goals.overFastestPeer)
      .map(({ payload, fastestPeer, overFastestPeer }) =>
        goal(
          `${payload} round trip over the fastest package (${fastestPeer})`,
          goals.overFastestPeer[payload],
          overFastestPeer ?? Number.NaN,
        ),
      ),
    ...tiny.map(({ costs }) => goal('tiny load over a bare `Map`', goals.tinyLoadOverBareMap, costs[OWN].overBareMap)),
    goal(
      '`frozen` load over a bare `Map`, at worst',
      goals.frozenLoadOverBareMap,
      Math.max(...load.map(({ costs }) => costs['registry frozen'].overBareMap)),
    ),
    ...own.map(({ what, bytes, overBaseline }) =>
      what === 'handle'
        ? goal('a handle', goals.handleBytes, bytes, (value) => `${Number(value.toFixed(1))} B`)
        : goal('a tiny key over baseline, in bytes', goals.keyOverBaseline, overBaseline),
    ),
    goal(
      'ns for each byte, 10 KB to 1 MB, to either side',
      goals.nsPerByteSpread,
      (greatest - least) / (greatest + least),
      percent,
    ),
    goal(`${count(most.keys)} keys over baseline`, goals.manyKeysOverBaseline, most.overBaseline),
    ...checkpoints
      .filter(({ what }) => what === 'checkpoint()')
      .map(({ ns, overMap }) =>
        goal(`a checkpoint of 10,000 keys (${times(overMap)} of copying a \`Map\`)`, CHECKPOINT_NS, ns, duration),
      ),
  ];
}

/** @typedef {{ where: string, who: string, at: string, ratio: number }} Loss `ratio` is the winner's time over that of `structured` */

const OPERATIONS = /** @type {const} */ ({
  roundtrip: 'round trip',
  save: 'save',
  load: 'load',
  'ten-loads': 'ten loads a save',
  'roundtrip-size': 'round trip with size',
});

/**
 * Where `structured` is slower than one that isolates, or than baseline.
 * @param {Suites} suites @param {import('../checks.mjs').Verdict[]} contestants
 */
export function losses(suites, contestants) {
  /** @type {Loss[]} */
  const all = [];
  const against = contestants.filter(({ group, isolates }) => group === 'baseline' || (isolates && group !== 'registry'));
  const names = against.map(({ name }) => name);
  for (const [suite, where] of Object.entries(OPERATIONS)) {
    for (const { payload, costs } of suites[/** @type {keyof OPERATIONS} */ (suite)]) {
      for (const who of names.filter((name) => name in costs)) {
        all.push({ where, who, at: payload, ratio: costs[who].overStructured });
      }
    }
  }
  for (const { bytes, costs } of suites.sizes) {
    for (const who of names.filter((name) => name in costs)) {
      all.push({ where: 'by payload size', who, at: size(bytes), ratio: costs[who].ns / costs[OWN].ns });
    }
  }
  for (const { keys, overBaseline } of suites.keys) {
    all.push({ where: 'by number of keys', who: 'baseline', at: count(keys), ratio: 1 / overBaseline });
  }
  for (const { listeners, overEventEmitter, overEventTarget } of suites.listeners) {
    all.push({ where: 'listeners', who: 'EventEmitter', at: count(listeners), ratio: 1 / overEventEmitter });
    all.push({ where: 'listeners', who: 'EventTarget', at: count(listeners), ratio: 1 / overEventTarget });
  }
  for (const { payload, costs } of 'rows' in suites.browser ? suites.browser.rows : []) {
    for (const [who, { overStructured }] of Object.entries(costs)) {
      if (!who.startsWith('registry')) all.push({ where: 'in the browser', who, at: payload, ratio: overStructured });
    }
  }
  return merged(all.filter(({ ratio }) => ratio < 1));
}

/** One row for each contestant and what it won. @param {Loss[]} lost */
function merged(lost) {
  /** @type {Map<string, { where: string, who: string, ratios: string[] }>} */
  const rows = new Map();
  for (const { where, who, at, ratio } of lost) {
    const row = rows.get(where + who) ?? { where, who, ratios: [] };
    row.ratios.push(`${at}: ${plain(ratio)}`);
    rows.set(where + who, row);
  }
  return [...rows.values()];
}
