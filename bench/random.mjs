// @ts-check
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Chance that comes out the same for a seed. @param {number} seed */
export function seeded(seed) {
  const generator = xoroshiro128plus(seed);
  const below = (/** @type {number} */ end) => uniformInt(generator, 0, end - 1);
  return {
    below,
    /** A shuffled copy (Fisher and Yates). @template T @param {readonly T[]} items @returns {T[]} */
    shuffle(items) {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
      }
      return shuffled;
    },
  };
}
