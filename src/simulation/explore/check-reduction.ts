import { randomFrom } from '../random';
import { type FailedExecution, isFailure } from './execution';
import type { Exploration } from './exploration';
import type { Fingerprint, Fingerprints } from './fingerprint';
import { HappensBefore } from './happens-before';
import { uniformOrder } from './random-order';
import type { EnabledSteps, Step } from './step';

/** What unreduced runs have shown of a reduced search. */
export interface ReductionCheck {
  readonly failed?: FailedExecution;
  /** Why the search may have left out an order that matters. */
  readonly doubt?: string;
}

/**
 * Makes unreduced runs, in orders from a fixed seed, and compares each with the schedule of the search that differs from it
 * only in the order of independent steps: its clients must have taken the same steps, with the same results. If they have not,
 * the clients share something that the reduction does not know.
 */
export async function checkReduction<T>(
  exploration: Exploration<T>,
  explored: ReadonlyMap<number, Fingerprint>,
  fingerprints: Fingerprints,
  runs: number,
): Promise<ReductionCheck> {
  const { dependencies } = exploration.world;
  const random = randomFrom(1);
  for (let count = 0; count < runs; count += 1) {
    // First the clients from the last to the first, then by chance.
    const execution = await exploration.run(count === 0 ? lastFirst : uniformOrder(random));
    if (isFailure(execution)) return { failed: execution };
    if (dependencies.hasNews) return {};
    const { steps, results } = fingerprints.of(execution, new HappensBefore(execution.executed));
    const equivalent = explored.get(steps);
    // Where time had to wait for clients, the search has not gone through every way in which time could have gone on.
    if (equivalent === undefined) {
      if (!exploration.hasHeldTime) return { doubt: UNKNOWN_ORDER };
      continue;
    }
    const what = firstDifference(results, equivalent.results);
    if (what !== undefined)
      return { doubt: `${fingerprints.names[what]} has other results in an order that the reduction takes to be the same` };
  }
  return {};
}

const UNKNOWN_ORDER = 'clients take other steps in an order that the reduction takes to be one of those that were run';

function lastFirst(enabled: EnabledSteps): Step {
  return enabled.filter(({ fault }) => fault === undefined).at(-1) ?? enabled[0];
}

/** The number of the first client or key with other results. */
function firstDifference(results: readonly number[], others: readonly number[]): number | undefined {
  const length = Math.max(results.length, others.length);
  const number = Array.from({ length }, (_, index) => results[index] !== others[index]).indexOf(true);
  return number === -1 ? undefined : number;
}
