/** What is measured: each function gives numbers by name. Ratios are ratios to the yardstick, unless the name says otherwise. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isolates } from './check.mjs';
import { contestants, YARDSTICK } from './contestants.mjs';
import { library, simulation } from './library.mjs';
import { measure, ratioOf, timeOf } from './measure.mjs';
import { runOtherShapes } from './other-shapes.mjs';
import { makePayloads } from './payloads.mjs';

const OURS = 'registry structured';

const OPERATIONS = {
  async 'round trip'(backend, snapshot, times) {
    let used = 0;
    for (let time = 0; time < times; time += 1) {
      await backend.save(snapshot);
      used += (await backend.load()).revision.length;
    }
    return used;
  },
  async save(backend, snapshot, times) {
    for (let time = 0; time < times; time += 1) await backend.save(snapshot);
  },
  async load(backend, _snapshot, times) {
    let used = 0;
    for (let time = 0; time < times; time += 1) used += (await backend.load()).revision.length;
    return used;
  },
};

/** Every contestant that keeps what it is given, with every payload. Those that leak are marked. */
export async function operations(plan) {
  const payloads = makePayloads();
  const opened = [];
  for (const contestant of contestants) {
    const leaks = !(await isolates(contestant, payloads));
    const medium = await contestant.open();
    await runOtherShapes(medium);
    opened.push({ ...contestant, leaks, medium });
  }
  const rows = [];
  for (const [operation, run] of Object.entries(OPERATIONS)) {
    for (const { name: payload, snapshot, bytes } of payloads) {
      const tasks = [];
      for (const { name, medium } of opened) {
        const backend = medium.getBackend(payload);
        await backend.save(snapshot);
        tasks.push({ name, run: (times) => run(backend, snapshot, times) });
      }
      const samples = await measure(tasks, plan);
      for (const { name, leaks, isPeer = false } of opened) {
        const [ns, ratio] = [timeOf(samples, name), ratioOf(samples, name, YARDSTICK)];
        rows.push({ operation, payload, bytes, name, leaks, isPeer, ns, ratio });
      }
    }
  }
  return rows;
}

/** What else a ratio says something of. */
export async function others(plan) {
  const [{ snapshot }] = makePayloads();
  const rows = [];
  const compare = async (name, tasks) => {
    const samples = await measure(
      Object.entries(tasks).map(([task, run]) => ({ name: task, run })),
      plan,
    );
    const [subject, reference] = Object.keys(tasks);
    rows.push({ name, ns: timeOf(samples, subject), ratio: ratioOf(samples, subject, reference) });
  };

  const saves = (registry) => {
    const backend = registry.getBackend('key');
    return (times) => OPERATIONS.save(backend, snapshot, times);
  };
  await compare('a save under a quota over one without', {
    quota: saves(new library.SharedMemoryRegistry({ quota: 1e6 })),
    plain: saves(new library.SharedMemoryRegistry()),
  });

  const KEYS = 100_000;
  const throughKeys = ({ open }) => {
    const medium = open();
    const backends = Array.from({ length: KEYS }, (_, index) => medium.getBackend(`key ${index}`));
    let next = 0;
    return async (times) => {
      for (let time = 0; time < times; time += 1) {
        next = (next + 7919) % KEYS;
        await backends[next].save(snapshot);
        await backends[next].load();
      }
    };
  };
  const find = (wanted) => contestants.find(({ name }) => name === wanted);
  await compare('a round trip through 100,000 keys', { ours: throughKeys(find(OURS)), map: throughKeys(find(YARDSTICK)) });

  const registry = new library.SharedMemoryRegistry();
  for (let index = 0; index < 10_000; index += 1) await registry.getBackend(`key ${index}`).save(snapshot);
  const map = new Map(registry.entries());
  const repeat = (action) => (times) => {
    let made;
    for (let time = 0; time < times; time += 1) made = action();
    return made;
  };
  await compare('checkpoint() of 10,000 keys over new Map(map)', {
    checkpoint: repeat(() => registry.checkpoint()),
    map: repeat(() => new Map(map)),
  });

  for (const clients of [2, 3, 4]) {
    const initial = { counter: { revision: '0', data: 0 } };
    const scenario = ({ registry: shared }) => click(shared, clients);
    await compare(`a schedule of ${clients} clients over a plain run`, {
      async schedule(times) {
        for (let left = times; left > 0; ) left -= (await simulation.explore(scenario, { initial, maxSchedules: left })).runs;
      },
      async plain(times) {
        for (let time = 0; time < times; time += 1) await scenario({ registry: new library.SharedMemoryRegistry({ initial }) });
      },
    });
  }
  return rows;
}

/** Clients that each load and save one key. */
async function click(registry, clients) {
  const handles = Array.from({ length: clients }, (_, client) => registry.getBackend('counter', { client: `client-${client}` }));
  const increase = async (handle) => {
    const current = await handle.load();
    await handle.save({ revision: library.nextRevision(current), data: current.data + 1 });
  };
  await Promise.all(handles.map(increase));
}

/** Heap bytes of a handle and of a key with a tiny value, each in a process of its own. */
export function memory() {
  const child = fileURLToPath(new URL('memory-child.mjs', import.meta.url));
  const bytesOf = (what, name) => Number(execFileSync(process.execPath, ['--expose-gc', child, what, name]));
  return [
    { name: 'heap bytes of a handle', bytes: bytesOf('handle', OURS) },
    { name: 'heap bytes of a key', bytes: bytesOf('key', OURS) },
    { name: 'heap bytes of a key in the yardstick', bytes: bytesOf('key', YARDSTICK) },
  ];
}
