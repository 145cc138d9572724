// @ts-check
/** The larger tables of docs/performance.md. */
import { duration, size } from './format.mjs';
import { marked, payloadAndSize, plain, table } from './markdown.mjs';

/** @typedef {import('../checks.mjs').Verdict} Verdict */
/** @typedef {import('./verdicts.mjs').Suites} Suites */
/** @typedef {import('../suites/operations.mjs').PayloadCosts} PayloadCosts */

const OWN = 'registry structured';

/** Ratios to baseline: contestants down, payloads across. @param {PayloadCosts[]} rows @param {Verdict[]} contestants */
export function operation(rows, contestants) {
  const taking = contestants.filter(({ name }) => name in rows[0].costs);
  /** @type {[string, (contestant: Verdict) => string][]} */
  const columns = rows.map((row) => [
    payloadAndSize(row),
    ({ name, group, isolates }) => {
      const { overBaseline, overStructured } = row.costs[name];
      const ratio = marked(overBaseline, isolates && group !== 'registry' && overStructured < 1);
      return name === OWN ? `**${ratio}**` : ratio;
    },
  ]);
  const name = (/** @type {Verdict} */ contestant) => (contestant.name === OWN ? `**${OWN}**` : contestant.name);
  const absolute = contestants.some(({ name }) => name === OWN) ? OWN : 'baseline';
  const times = ['', `*${absolute} takes*`, ...rows.map(({ costs }) => duration(costs[absolute].ns)), ''].join(' | ').trim();
  return `${table(taking, { '× of baseline': name, ...Object.fromEntries(columns) })}\n${times}`;
}

/** @param {Suites} suites */
export function overPeers({ roundtrip, save, load, 'ten-loads': tenLoads }) {
  const over =
    (/** @type {PayloadCosts[]} */ rows) =>
    (/** @type {PayloadCosts} */ { payload }) => {
      const ratio = of(rows, payload).overFastestPeer;
      return marked(ratio, ratio !== null && ratio > 1);
    };
  return table(roundtrip, {
    payload: payloadAndSize,
    'fastest round trip': ({ fastestPeer }) => String(fastestPeer),
    'round trip': over(roundtrip),
    save: over(save),
    load: over(load),
    'ten loads a save': over(tenLoads),
  });
}

/** @param {Suites} suites @param {Verdict[]} contestants */
export function codecs({ save, load }, contestants) {
  const takes =
    (/** @type {PayloadCosts[]} */ rows, /** @type {string} */ payload) =>
    (/** @type {Verdict} */ { name }) =>
      duration(of(rows, payload).costs[name].ns);
  return table(
    contestants.filter(({ group }) => group === 'registry'),
    {
      codec: ({ name }) => `\`${name.replace('registry ', '')}\``,
      'save, tiny': takes(save, 'tiny'),
      'load, tiny': takes(load, 'tiny'),
      'save, medium': takes(save, 'medium'),
      'load, medium': takes(load, 'medium'),
    },
  );
}

/** @param {Suites} suites */
export function perByte({ sizes }) {
  /** @typedef {Suites['sizes'][number]} Row */
  /** @type {[string, (row: Row) => string][]} */
  const columns = Object.keys(sizes[0].costs).map((name) => [
    name,
    ({ costs }) => marked(costs[name].nsPerByte, name.startsWith('Map') && costs[name].ns < costs[OWN].ns),
  ]);
  return table(sizes, { 'ns a byte, of': ({ bytes }) => size(bytes), ...Object.fromEntries(columns) });
}

/** @param {Suites} suites */
export function memory({ memory }) {
  const of = (/** @type {string} */ wanted) => memory.filter(({ what }) => what === wanted);
  return table(of('key'), {
    'heap bytes': ({ contestant }) => contestant,
    'of a handle': ({ contestant }) =>
      of('handle')
        .find((row) => row.contestant === contestant)
        ?.bytes.toFixed(0) ?? '',
    'of a key': ({ bytes }) => bytes.toFixed(0),
    'of a key, over baseline': ({ overBaseline }) => plain(overBaseline),
  });
}

/** @param {Suites} suites */
export function browser({ browser }) {
  if ('skipped' in browser) return 'Not measured in this run: there was no browser.';
  /** @typedef {import('../suites/browser.mjs').PageRows[number]} Row */
  const names = Object.keys(browser.rows[0].costs).filter((name) => name !== OWN);
  /** @type {[string, (row: Row) => string][]} */
  const columns = names.map((name) => [
    name,
    ({ costs: { [name]: cost } }) => marked(cost.overStructured, !name.startsWith('registry') && cost.overStructured < 1),
  ]);
  return table(browser.rows, {
    '× of `structured`': payloadAndSize,
    '`structured` takes': ({ costs }) => duration(costs[OWN].ns),
    ...Object.fromEntries(columns),
  });
}

/** @param {PayloadCosts[]} rows @param {string} payload */
function of(rows, payload) {
  return rows.find((row) => row.payload === payload) ?? rows[0];
}
