// @ts-check
import { EventEmitter, setMaxListeners } from 'node:events';
import { library } from '../library.mjs';
import { ratio, timing } from '../measure.mjs';

/** What is heard is counted, so that no listener is nothing. */
let heard = 0;

/**
 * One save, heard by so many listeners.
 * @param {import('../session.mjs').Session} session
 */
export async function listeners({ plan, measure }) {
  const rows = [];
  for (const count of plan.listenerCounts) {
    const media = { registry: registryWith(count), EventEmitter: emitterWith(count), EventTarget: targetWith(count) };
    const tasks = Object.entries(media).map(([name, save]) => ({
      name,
      async run(/** @type {number} */ times) {
        const before = heard;
        for (let time = 0; time < times; time += 1) await save({ revision: '1', data: { count: 1 } });
        if (heard - before !== times * count) throw new Error(`${name} reached ${heard - before} of ${times * count} listeners`);
      },
    }));
    const samples = await measure(tasks);
    rows.push({
      listeners: count,
      costs: Object.fromEntries(tasks.map(({ name }) => [name, timing(samples, name)])),
      overEventEmitter: ratio(samples, 'registry', 'EventEmitter').ratio,
      overEventTarget: ratio(samples, 'registry', 'EventTarget').ratio,
    });
  }
  return rows;
}

/** A new function each time: one that is known already is not added to an EventTarget. */
function listener() {
  return (/** @type {{ key: string }} */ change) => {
    heard += change.key.length / 3;
  };
}

/** @typedef {import('../contestants/contestant.mjs').Snapshot} Snapshot */

/** @param {number} count @returns {(snapshot: Snapshot) => Promise<void>} */
function registryWith(count) {
  const registry = new library.SharedMemoryRegistry();
  const writer = registry.getBackend('key');
  const reader = registry.getBackend('key');
  for (let index = 0; index < count; index += 1) reader.subscribe(listener());
  return (snapshot) => writer.save(snapshot);
}

/** @param {number} count @returns {(snapshot: Snapshot) => Promise<void>} */
function emitterWith(count) {
  const emitter = new EventEmitter().setMaxListeners(0);
  for (let index = 0; index < count; index += 1) emitter.on('save', listener());
  return savingInto((change) => emitter.emit('save', change));
}

/** @param {number} count @returns {(snapshot: Snapshot) => Promise<void>} */
function targetWith(count) {
  const target = new EventTarget();
  setMaxListeners(0, target);
  for (let index = 0; index < count; index += 1) {
    const hear = listener();
    target.addEventListener('save', (event) => hear(/** @type {CustomEvent} */ (event).detail));
  }
  return savingInto((change) => target.dispatchEvent(new CustomEvent('save', { detail: change })));
}

/** A bare `Map` that tells of its changes. @param {(change: object) => void} tell */
function savingInto(tell) {
  /** @type {Map<string, Snapshot>} */
  const map = new Map();
  return async (/** @type {Snapshot} */ snapshot) => {
    const previousRevision = map.get('key')?.revision ?? null;
    map.set('key', snapshot);
    tell({ type: 'save', key: 'key', client: 'client-1', revision: snapshot.revision, previousRevision });
  };
}
