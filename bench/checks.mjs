// @ts-check
/** What each contestant must show before it is timed. */
import { isDeepStrictEqual } from 'node:util';

/** @typedef {import('./contestants/contestant.mjs').Contestant} Contestant */
/** @typedef {import('./contestants/contestant.mjs').Medium} Medium */

/**
 * @typedef {object} Verdict
 * @property {string} name
 * @property {string} group
 * @property {string} version
 * @property {boolean} equal what was saved is what is loaded, for every payload
 * @property {boolean} saveIsolates changing what was saved changes nothing in the storage
 * @property {boolean} loadIsolates changing what was loaded changes nothing in the storage
 * @property {boolean} isolates
 * @property {'right' | 'wrong' | 'none'} size its byte size, where it claims one
 * @property {string} wrongSizes the payloads whose size it gets wrong
 */

/**
 * @param {Contestant} contestant
 * @param {import('./payloads.mjs').Payload[]} payloads
 * @returns {Promise<Verdict>}
 */
export async function check(contestant, payloads) {
  const medium = await contestant.open();
  const { name, group, version } = contestant;
  let equal = true;
  const wrongSizes = [];
  for (const payload of payloads) {
    const backend = medium.getBackend(`check ${payload.name}`);
    await backend.save(payload.snapshot);
    equal &&= isDeepStrictEqual(await backend.load(), payload.snapshot);
    if ((await medium.sizeOf?.(backend)) !== payload.bytes) wrongSizes.push(payload.name);
  }
  const size = !medium.sizeOf ? 'none' : wrongSizes.length === 0 ? 'right' : 'wrong';
  const saveIsolates = await isolated(medium, (saved) => saved);
  const loadIsolates = await isolated(medium, (_saved, loaded) => loaded);
  return {
    name,
    group,
    version,
    equal,
    saveIsolates,
    loadIsolates,
    isolates: saveIsolates && loadIsolates,
    size,
    wrongSizes: medium.sizeOf ? wrongSizes.join(', ') : '',
  };
}

/**
 * Whether a later load is unmoved by changes to the object that `choose` picks.
 * @param {Medium} medium
 * @param {(saved: object, loaded: object) => any} choose
 */
async function isolated(medium, choose) {
  const backend = medium.getBackend('leak');
  const saved = { revision: '1', data: { list: [{ count: 1 }], text: 'as saved' } };
  const expected = structuredClone(saved);
  await backend.save(saved);
  const changed = choose(saved, /** @type {object} */ (await backend.load()));
  try {
    changed.data.list[0].count = 2;
    changed.data.list.push('more');
    changed.data.text = 'changed';
    changed.data = 'changed';
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // frozen: it can't be changed, which is isolation as well
  }
  return isDeepStrictEqual(await backend.load(), expected);
}
