// @ts-check
/** Runs in the page: the built library beside what a browser has itself. */
import { jsonInMap, structuredCloneInMap } from '../contestants/copies.mjs';
import { registryContestants } from '../contestants/registry.mjs';
import { measure, ratio, timing } from '../measure.mjs';
import { roundTrip } from '../operations.mjs';
import { runOtherShapes } from '../other-shapes.mjs';
import { tablePayloads } from '../payloads.mjs';
import { seeded } from '../random.mjs';

/** A real IndexedDB: one transaction for each put and each get. @type {import('../contestants/contestant.mjs').Contestant} */
const indexedDb = {
  name: 'IndexedDB',
  group: 'peer',
  version: 'browser',
  isolates: true,
  async open() {
    const opening = indexedDB.open('bench');
    opening.onupgradeneeded = () => opening.result.createObjectStore('snapshots');
    const database = await settled(opening);
    const store = (/** @type {IDBTransactionMode} */ mode) => database.transaction('snapshots', mode).objectStore('snapshots');
    return {
      getBackend: (key) => ({
        save: (snapshot) => settled(store('readwrite').put(snapshot, key)),
        load: () => settled(store('readonly').get(key)),
      }),
    };
  },
};

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {{ rounds: number, batchMs: number, seed: number, dist: string, version: string }} options */
export async function measureRoundTrips({ rounds, batchMs, seed, dist, version }) {
  const [structured, frozen] = registryContestants(await import(dist), version);
  const media = [];
  for (const contestant of [structured, frozen, jsonInMap, structuredCloneInMap, indexedDb]) {
    const medium = await contestant.open();
    await runOtherShapes(medium);
    media.push({ name: contestant.name, medium });
  }

  const rows = [];
  for (const { name: payload, snapshot, bytes } of tablePayloads()) {
    if (!['tiny', 'medium', 'large'].includes(payload)) continue;
    const tasks = media.map(({ name, medium }) => {
      const backend = medium.getBackend(payload);
      return { name, run: (/** @type {number} */ times) => roundTrip(backend, snapshot, times) };
    });
    const samples = await measure(tasks, { rounds, batchMs, shuffle: seeded(seed).shuffle });
    const costs = Object.fromEntries(
      tasks.map(({ name }) => [name, { ...timing(samples, name), overStructured: ratio(samples, name, structured.name).ratio }]),
    );
    rows.push({ payload, bytes, costs });
  }
  return rows;
}
