// @ts-check
/** The parts of docs/performance.md that are written from the results of a full run. */
import * as goals from '../goals.mjs';
import { duration } from './format.mjs';
import { count, marked, payloadAndSize, plain, table } from './markdown.mjs';
import { browser, codecs, memory, operation, overPeers, perByte } from './section-tables.mjs';
import { goalsOf, losses } from './verdicts.mjs';

/** @typedef {import('../run.mjs').Report} Report */
/** @typedef {import('../checks.mjs').Verdict} Verdict */
/** @typedef {import('./verdicts.mjs').Suites} Suites */

const OWN = 'registry structured';
const SYSTEMS = new Map(Object.entries({ linux: 'Linux', darwin: 'macOS', win32: 'Windows' }));

/** Markdown by name of its place. @param {Report} report @returns {Record<string, string>} */
export function sections(report) {
  const { contestants } = report;
  const suites = /** @type {Suites} */ (report.suites);
  const isolating = contestants.filter(({ isolates }) => isolates);
  const peers = contestants.filter(({ group }) => group === 'peer');
  return {
    environment: environment(report, suites.browser),
    versions: `${peers.map(({ name, version }) => `${name} (${version})`).join('; ')}.`,
    goals: table(goalsOf(suites), {
      goal: ({ what }) => what,
      'at most': ({ wanted }) => wanted,
      reached: ({ reached, met }) => `${reached} ${met ? '✓' : '✗ missed'}`,
    }),
    lost: lost(suites, contestants),
    roundtrip: operation(suites.roundtrip, isolating),
    leaking: operation(
      suites.roundtrip,
      contestants.filter((contestant) => !isolating.includes(contestant)),
    ),
    peers: overPeers(suites),
    codecs: codecs(suites, contestants),
    loads: table(suites.load, {
      payload: payloadAndSize,
      '`frozen` over a bare `Map`': ({ costs }) => plain(costs['registry frozen'].overBareMap),
      '`structured` over a bare `Map`': ({ costs }) => plain(costs[OWN].overBareMap),
      '`structured` takes': ({ costs }) => duration(costs[OWN].ns),
    }),
    'ten-loads': operation(
      suites['ten-loads'],
      isolating.filter((contestant) => !peers.includes(contestant)),
    ),
    'roundtrip-size': operation(suites['roundtrip-size'], contestants),
    keys: table(suites.keys, {
      keys: ({ keys }) => count(keys),
      '`structured` takes': ({ costs }) => duration(costs[OWN].ns),
      'over baseline': ({ overBaseline }) => plain(overBaseline),
    }),
    sizes: perByte(suites),
    memory: memory(suites),
    listeners: table(suites.listeners, {
      listeners: ({ listeners }) => count(listeners),
      'a save takes': ({ costs }) => duration(costs.registry.ns),
      'over `EventEmitter`': ({ overEventEmitter }) => marked(overEventEmitter, overEventEmitter > 1),
      'over `EventTarget`': ({ overEventTarget }) => marked(overEventTarget, overEventTarget > 1),
    }),
    checkpoints: table(suites.checkpoints, {
      'of 10,000 keys': ({ what }) => what.replace(/^[^,]+/, '`$&`'),
      takes: ({ ns }) => duration(ns),
      'over `new Map(map)`': ({ overMap }) => plain(overMap),
    }),
    schedules: table(suites.schedules, {
      clients: ({ clients }) => count(clients),
      'orders of effects': ({ ordersOfEffects }) => count(ordersOfEffects),
      'with replies': ({ orders }) => (orders < 1e9 ? count(orders) : orders.toExponential(1)),
      'schedules run': ({ schedules }) => count(schedules),
      'one takes': ({ ns }) => duration(ns),
      'over a plain run': ({ overPlainRun }) => plain(overPlainRun),
      [`${goals.schedules} take`]: ({ ns }) => duration(goals.schedules * ns),
    }),
    browser: browser(suites),
  };
}

/** @param {Report} report @param {Suites['browser']} browser */
function environment({ machine, node, v8, library, measuredAt, plan }, browser) {
  const { platform, architecture, processor, cores } = machine;
  const parts = [
    `${SYSTEMS.get(platform) ?? platform} ${architecture}, ${processor}, ${cores} cores`,
    `Node ${node} (V8 ${v8.replace(/-.*/, '')})`,
    'browser' in browser ? browser.browser : 'no browser',
    `shared-memory-registry ${library}`,
    measuredAt.slice(0, 10),
  ];
  const warning = plan === 'full' ? '' : '\n\n**Not a full run: these figures are rough.**';
  return parts.join(' · ') + warning;
}

/** @param {Suites} suites @param {Verdict[]} contestants */
function lost(suites, contestants) {
  const rows = losses(suites, contestants);
  if (rows.length === 0) return 'Nothing, in this run.';
  return table(rows, {
    where: ({ where }) => where,
    'who is faster': ({ who }) => who,
    'its time, × of `structured`': ({ ratios }) => ratios.join(', '),
  });
}
