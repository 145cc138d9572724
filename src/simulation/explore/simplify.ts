import { goThrough } from './go-through';
import type { CheckedOptions, Scenario } from './options';
import { FewPreemptions } from './search';
import { shrink } from './shrink';
import { follow } from './token';
import { type FailedTrial, isFailure, tryOut } from './trial';

/**
 * The failure that costs least, found by trying those first; if that takes too long, this one without whatever it does not
 * need.
 */
export async function simplify<T>(failed: FailedTrial, scenario: Scenario<T>, options: CheckedOptions<T>): Promise<FailedTrial> {
  if (failed.outcome.type === 'diverged') return failed;
  for (let left = SIMPLER, limit = 0; left > 0; limit += 1) {
    const { last, schedules } = await goThrough(new FewPreemptions(limit), scenario, options, left);
    if (isFailure(last)) return last;
    left -= schedules;
  }
  let least = failed;
  await shrink(failed.choices, async (choices) => {
    const trial = await tryOut(scenario, options, follow(choices).choose);
    if (isFailure(trial)) least = trial;
    return isFailure(trial);
  });
  return least;
}

/** Runs that are spent on a failure that is easier to read. */
const SIMPLER = 500;
