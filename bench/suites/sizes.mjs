// @ts-check
import { ratio, timing } from '../measure.mjs';
import { roundTrip } from '../operations.mjs';
import { recordsPayload } from '../payloads.mjs';
import { named } from '../session.mjs';

const TAKING = [
  'registry structured',
  'registry frozen',
  'registry json',
  'baseline',
  'Map, recursive clone',
  'Map, JSON text',
  'Map, structuredClone',
];

/**
 * A round trip of records of so many bytes, in ns for each byte.
 * @param {import('../session.mjs').Session} session
 */
export async function sizes({ plan, contestants, measure }) {
  const rows = [];
  for (const { name: payload, snapshot, bytes } of plan.byteSizes.map(recordsPayload)) {
    const tasks = named(contestants, ...TAKING).map(({ name, medium }) => {
      const backend = medium.getBackend('sizes');
      return { name, run: (/** @type {number} */ times) => roundTrip(backend, snapshot, times) };
    });
    const samples = await measure(tasks);
    const costs = Object.fromEntries(
      tasks.map(({ name }) => {
        const { ns, spread } = timing(samples, name);
        return [name, { ns, spread, nsPerByte: ns / bytes, overBaseline: ratio(samples, name, 'baseline').ratio }];
      }),
    );
    rows.push({ payload, bytes, costs });
  }
  return rows;
}
