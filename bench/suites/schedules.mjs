// @ts-check
import { library, simulation } from '../library.mjs';
import { ratio, timing } from '../measure.mjs';

/** @typedef {{ count: number }} Counter */
/** @typedef {import('../../dist/index.js').SharedMemoryRegistry<Counter>} Registry */

const CLIENTS = [2, 3, 4, 5];

const initial = { counter: { revision: '0', data: { count: 0 } } };

/**
 * What the explorer makes of so many clients that each load and save one key, and what a schedule costs beside running the
 * same scenario once, as it comes, on a registry of its own.
 * @param {import('../session.mjs').Session} session
 */
export async function schedules({ measure }) {
  const rows = [];
  for (const clients of CLIENTS) {
    const scenario = (/** @type {{ registry: Registry }} */ { registry }) => click(registry, clients);
    const { schedules, complete } = await simulation.explore(scenario, { initial, schedules: 100_000 });
    if (!complete) throw new Error(`there is no end to the schedules of ${clients} clients`);

    const samples = await measure([
      {
        name: 'plain run',
        async run(times) {
          for (let time = 0; time < times; time += 1) await scenario({ registry: new library.SharedMemoryRegistry({ initial }) });
        },
      },
      {
        name: 'schedule',
        async run(times) {
          for (let left = times; left > 0; ) {
            left -= (await simulation.explore(scenario, { initial, schedules: left })).schedules;
          }
        },
      },
    ]);
    rows.push({
      clients,
      // Of 2 effects each, and of 2 effects and 2 replies each.
      ordersOfEffects: factorial(2 * clients) / 2 ** clients,
      orders: factorial(4 * clients) / factorial(4) ** clients,
      schedules,
      ...timing(samples, 'schedule'),
      overPlainRun: ratio(samples, 'schedule', 'plain run').ratio,
    });
  }
  return rows;
}

/** @param {Registry} registry @param {number} clients */
async function click(registry, clients) {
  const handles = Array.from({ length: clients }, (_, client) => registry.getBackend('counter', { client: `client-${client}` }));
  await Promise.all(
    handles.map(async (handle) => {
      const current = await handle.load();
      await handle.save({
        revision: library.nextRevision(current),
        data: { count: (current?.data.count ?? 0) + 1 },
      });
    }),
  );
}

/** @param {number} number @returns {number} */
function factorial(number) {
  return number <= 1 ? 1 : number * factorial(number - 1);
}
