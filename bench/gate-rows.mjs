// @ts-check
/** The ratios that must not get worse. Never an absolute time: those are the machine's. */

/** @typedef {import('./suites/index.mjs').SuiteName} SuiteName */
/** @typedef {import('./suites/index.mjs').Results} Results */
/** @typedef {{ what: string, suite: SuiteName, read: (results: Results) => number }} GateRow */

const PAYLOADS = ['tiny', 'small', 'medium', 'large', 'text', 'doubles'];

/** @type {GateRow[]} */
export const gateRows = [
  ...PAYLOADS.map((payload) =>
    row(`${payload} round trip, structured over baseline`, 'roundtrip', ({ roundtrip }) => {
      return find(roundtrip, { payload }).costs['registry structured'].overBaseline;
    }),
  ),
  ...['tiny', 'medium', 'large'].map((payload) =>
    row(`${payload} round trip, structured over the fastest peer`, 'roundtrip', ({ roundtrip }) => {
      return find(roundtrip, { payload }).overFastestPeer ?? Number.NaN;
    }),
  ),
  row('tiny load, structured over a bare Map', 'load', ({ load }) => {
    return find(load, { payload: 'tiny' }).costs['registry structured'].overBareMap;
  }),
  ...['tiny', 'large'].map((payload) =>
    row(`${payload} load, frozen over a bare Map`, 'load', ({ load }) => {
      return find(load, { payload }).costs['registry frozen'].overBareMap;
    }),
  ),
  row('100,000 keys, structured over baseline', 'keys', ({ keys }) => find(keys, { keys: 1e5 }).overBaseline),
  row('heap of a tiny key, structured over baseline', 'memory', ({ memory }) => {
    return find(memory, { what: 'key', contestant: 'registry structured' }).overBaseline;
  }),
  row('heap bytes of a handle', 'memory', ({ memory }) => {
    return find(memory, { what: 'handle', contestant: 'registry structured' }).bytes;
  }),
  row('checkpoint() over new Map(map)', 'checkpoints', ({ checkpoints }) => find(checkpoints, { what: 'checkpoint()' }).overMap),
];

/** @param {string} what @param {SuiteName} suite @param {GateRow['read']} read @returns {GateRow} */
function row(what, suite, read) {
  return { what, suite, read };
}

/**
 * The row that says this of itself.
 * @template {Record<string, any>} Row
 * @param {Row[] | undefined} rows
 * @param {Partial<Row>} wanted
 * @returns {Row}
 */
function find(rows, wanted) {
  const found = rows?.find((candidate) => Object.entries(wanted).every(([name, value]) => candidate[name] === value));
  if (!found) throw new Error(`nothing was measured for ${JSON.stringify(wanted)}`);
  return found;
}
