// @ts-check
import { ratio, timing } from '../measure.mjs';
import { roundTripAcross } from '../operations.mjs';
import { named } from '../session.mjs';

const HANDLES = 10_000;

/**
 * A round trip of a tiny value among so many keys, through handles picked at random beforehand.
 * @param {import('../session.mjs').Session} session
 */
export async function keys({ plan, contestants, below, measure, openWarm, collectGarbage }) {
  const rows = [];
  for (const count of plan.keyCounts) {
    const names = Array.from({ length: count }, (_, index) => `key-${index}`);
    const picked = Array.from({ length: Math.min(count, HANDLES) }, () => names[below(count)]);
    const tasks = [];
    for (const contestant of named(contestants, 'registry structured', 'baseline', 'bare async Map')) {
      const medium = await openWarm(contestant);
      for (const [index, name] of names.entries()) await medium.getBackend(name).save(tiny(index));
      const backends = picked.map((name) => medium.getBackend(name));
      tasks.push({ name: contestant.name, run: (/** @type {number} */ times) => roundTripAcross(backends, tiny(1), times) });
    }
    collectGarbage();
    const samples = await measure(tasks);
    const costs = Object.fromEntries(tasks.map(({ name }) => [name, timing(samples, name)]));
    rows.push({ keys: count, costs, overBaseline: ratio(samples, 'registry structured', 'baseline').ratio });
  }
  return rows;
}

/** @param {number} count */
function tiny(count) {
  return { revision: '1', data: { count } };
}
