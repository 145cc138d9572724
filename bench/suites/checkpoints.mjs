// @ts-check
import { library } from '../library.mjs';
import { ratio, timing } from '../measure.mjs';

const KEYS = 10_000;

/**
 * Checkpoints of many keys, as a ratio to copying a `Map` of that size.
 * @param {import('../session.mjs').Session} session
 */
export async function checkpoints({ measure }) {
  const registry = new library.SharedMemoryRegistry();
  const fill = async (/** @type {string} */ revision) => {
    for (let index = 0; index < KEYS; index += 1) {
      await registry.getBackend(`key-${index}`).save({ revision, data: { count: index } });
    }
    return registry.checkpoint();
  };
  const first = await fill('1');
  const second = await fill('2');
  const map = new Map(registry.entries());

  const changing = new library.SharedMemoryRegistry();
  let turn = 0;
  /** @type {unknown} */
  let made;

  const samples = await measure([
    task('new Map(map)', () => {
      made = new Map(map);
    }),
    task('checkpoint()', () => {
      made = registry.checkpoint();
    }),
    task('restore(), nothing changed', () => registry.restore(second)),
    task('restore(), every key changed', () => {
      turn += 1;
      changing.restore(turn % 2 ? first : second);
    }),
  ]);
  if (!made || registry.size !== KEYS) throw new Error('the checkpoints have lost keys');
  return [...samples.keys()].map((name) => ({
    what: name,
    keys: KEYS,
    ...timing(samples, name),
    overMap: ratio(samples, name, 'new Map(map)').ratio,
  }));
}

/** @param {string} name @param {() => void} action @returns {import('../measure.mjs').Task} */
function task(name, action) {
  return {
    name,
    run(times) {
      for (let time = 0; time < times; time += 1) action();
    },
  };
}
