// @ts-check
import { ratio, timing } from '../measure.mjs';

/** @typedef {ReturnType<typeof timing> & { overBaseline: number, overBaselineSpread: number, overBareMap: number, overStructured: number }} Cost */
/**
 * @typedef {object} PayloadCosts
 * @property {string} payload
 * @property {number} bytes
 * @property {Record<string, Cost>} costs by contestant
 * @property {string | null} fastestPeer of those that isolate
 * @property {number | null} overFastestPeer `registry structured` over that peer
 */

/**
 * One operation, for every payload and contestant.
 * @param {import('../operations.mjs').Operation} operation
 * @param {{ onlySized?: boolean }} [options] only those that claim to know the size
 * @returns {(session: import('../session.mjs').Session) => Promise<PayloadCosts[]>}
 */
export function operationSuite(operation, { onlySized = false } = {}) {
  return async ({ contestants, payloads, measure }) => {
    const taking = contestants.filter(({ medium }) => !onlySized || medium.sizeOf);
    const rows = [];
    for (const { name: payload, snapshot, bytes } of payloads) {
      const tasks = [];
      for (const { name, medium } of taking) {
        const backend = medium.getBackend(payload);
        await backend.save(snapshot);
        tasks.push({ name, run: (/** @type {number} */ times) => operation(backend, snapshot, times, medium) });
      }
      const samples = await measure(tasks);
      rows.push({ payload, bytes, ...costsOf(samples, taking) });
    }
    return rows;
  };
}

/** @param {import('../measure.mjs').Samples} samples @param {import('../session.mjs').Opened[]} contestants */
function costsOf(samples, contestants) {
  /** @type {Record<string, Cost>} */
  const costs = {};
  const over = (/** @type {string} */ name, /** @type {string} */ reference) =>
    samples.has(reference) ? ratio(samples, name, reference).ratio : Number.NaN;
  for (const { name } of contestants) {
    const overBaseline = ratio(samples, name, 'baseline');
    costs[name] = {
      ...timing(samples, name),
      overBaseline: overBaseline.ratio,
      overBaselineSpread: overBaseline.spread,
      overBareMap: over(name, 'bare async Map'),
      overStructured: over(name, 'registry structured'),
    };
  }
  const peers = contestants.filter(({ group, isolates }) => group === 'peer' && isolates);
  const [fastest] = peers.sort((one, other) => costs[one.name].ns - costs[other.name].ns);
  return {
    costs,
    fastestPeer: fastest?.name ?? null,
    overFastestPeer: fastest ? ratio(samples, 'registry structured', fastest.name).ratio : null,
  };
}
