/** Measures the explorer, and writes the tables of docs/finding-races.md. Needs a build, and fast-check of this package. */
import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { library, simulation } from './library.mjs';
import { median } from './measure.mjs';
import { markdown } from './table.mjs';

const { explore, withSchedule } = simulation;
const { KeyedMemoryBackend, nextRevision, SharedMemoryRegistry } = library;
const SEEDS = 20;
const MOST_RUNS = 1500;
const initial = { x: { revision: '0', data: '' } };

async function append(handle) {
  const current = await handle.load();
  await handle.save({ revision: nextRevision(current), data: `${current?.data ?? ''}${handle.client}` });
}

async function update(handle) {
  await handle.update((current) => ({ revision: nextRevision(current), data: `${current?.data ?? ''}${handle.client}` }));
}

/** Each of so many clients does the same, on one key or on a key of its own. */
const SCENARIOS = {
  'load and save one key': { steps: 4, act: (registry, client) => append(registry.getBackend('x', { client })) },
  'update one key': { steps: 2, act: (registry, client) => update(registry.getBackend('x', { client })) },
  'load and save keys of their own': { steps: 4, act: (registry, client) => append(registry.getBackend(client, { client })) },
};

const clientsOf = (count) => [...'abcdefgh'].slice(0, count);

async function reductionTable() {
  const lines = [];
  for (let count = 2; count <= 8; count += 1) {
    const cells = [String(count)];
    for (const { steps, act } of Object.values(SCENARIOS)) {
      const scenario = ({ registry }) => Promise.all(clientsOf(count).map((client) => act(registry, client)));
      const before = process.cpuUsage();
      const report = await explore(scenario, { initial, maxSchedules: 50_000, timeoutMs: 60_000 }).catch(() => undefined);
      const { user, system } = process.cpuUsage(before);
      cells.push(
        report?.complete ? `${report.runs.toLocaleString('en')} (${seconds((user + system) / 1e6)})` : 'more than 50,000',
        large(orders(count, steps)),
      );
    }
    lines.push(cells);
  }
  const head = Object.keys(SCENARIOS).flatMap((name) => [`${name}: runs (CPU time)`, 'without reduction']);
  return markdown(['clients', ...head], lines);
}

/** Orders of so many steps of each of so many clients. */
function orders(clients, steps) {
  let result = 1;
  for (let step = 1; step <= clients * steps; step += 1) result *= step;
  let one = 1;
  for (let step = 1; step <= steps; step += 1) one *= step;
  return result / one ** clients;
}

/** Five clients, and what must come before what for the bug to show. */
const BUGS = {
  'one ordering: the last client saves before the first one loads': (order) => order.indexOf('E') < order.indexOf('a'),
  'two: one client saves between load and save of another one': (order) =>
    order.indexOf('e') < order.indexOf('A') && order.indexOf('A') < order.indexOf('E') && order.indexOf('a') > order.indexOf('e'),
  'three: a chain of three clients': (order) =>
    order.indexOf('E') < order.indexOf('d') && order.indexOf('D') < order.indexOf('c') && order.indexOf('C') < order.indexOf('b'),
};

function bugScenario(hasBug) {
  return async (registry) => {
    const order = [];
    const act = async (client) => {
      const handle = registry.getBackend('x', { client });
      await handle.load();
      order.push(client);
      await handle.save({ revision: '1', data: client });
      order.push(client.toUpperCase());
    };
    await Promise.all(clientsOf(5).map(act));
    if (hasBug(order)) throw new Error('found');
  };
}

async function runsOfRandom(scenario, seed) {
  const options = { initial, strategy: 'random', seed, maxSchedules: MOST_RUNS, timeoutMs: 60_000 };
  const error = await explore(({ registry }) => scenario(registry), options).catch((thrown) => thrown);
  return error.code === 'ERR_SCHEDULE_FAILED' ? error.runs : MOST_RUNS;
}

async function runsOfFastCheck(scenario, seed) {
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const registry = new SharedMemoryRegistry({ initial, Backend: withSchedule(KeyedMemoryBackend, scheduler) });
    await scheduler.waitFor(scenario(registry));
  });
  const { failed, numRuns } = await fc.check(property, { seed, numRuns: MOST_RUNS, endOnFailure: true });
  return failed ? numRuns : MOST_RUNS;
}

async function randomTable() {
  const lines = [];
  for (const [name, hasBug] of Object.entries(BUGS)) {
    const scenario = bugScenario(hasBug);
    const cells = [];
    for (const runsOf of [runsOfRandom, runsOfFastCheck]) {
      const runs = [];
      for (let seed = 1; seed <= SEEDS; seed += 1) runs.push(await runsOf(scenario, seed));
      const middle = median(runs);
      cells.push(middle >= MOST_RUNS ? `not in ${MOST_RUNS}` : String(Math.round(middle)));
    }
    lines.push([name, ...cells]);
  }
  return markdown(['orderings that the bug needs', 'median runs, `random`', "median runs, fast-check's `scheduler()`"], lines);
}

function seconds(value) {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}

function large(value) {
  return value < 1e9 ? value.toLocaleString('en') : value.toExponential(0).replace('e+', ' · 10^');
}

const page = new URL('../docs/finding-races.md', import.meta.url);
let text = await readFile(page, 'utf8');
for (const [name, table] of [
  ['reduction', await reductionTable()],
  ['random', await randomTable()],
]) {
  console.log(`${table}\n`);
  text = text.replace(
    new RegExp(`(<!-- ${name} -->\\n).*?(<!-- /${name} -->)`, 's'),
    (_all, begin, end) => `${begin}\n${table}\n\n${end}`,
  );
}
await writeFile(page, text);
