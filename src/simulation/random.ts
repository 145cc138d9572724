import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/** Numbers that look like chance, and are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  /** A number from 0 to 1, without 1. */
  next(): number;
}

export function randomFrom(seed: number): Random {
  // Of those in pure-rand, the one whose first numbers differ for seeds that hardly do.
  const generator = mersenne(seed);
  return { below: (limit) => uniformInt(generator, 0, limit - 1), next: () => uniformFloat64(generator) };
}
