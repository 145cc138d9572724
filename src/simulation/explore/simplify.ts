import { realNow } from '../../real-time/next-task';
import { type Execution, type FailedExecution, isFailure, replaySchedule, runSchedule } from './execution';
import type { Exploration } from './exploration';
import { PreemptionBoundedSearch } from './preemption-bounded-search';
import { shrink } from './shrink';

/** Runs, and ms of real time, that are spent on a failure that is easier to read. */
const MOST_RUNS = 500;
const MOST_MS = 1500;

/**
 * The failure with the fewest preemptions and faults; if that takes too long, this one without the choices that it does not
 * need.
 */
export async function simplify<T>(failed: FailedExecution, { world, scenario }: Exploration<T>): Promise<FailedExecution> {
  const { type } = failed.outcome;
  if (type === 'diverged' || type === 'outdated' || type === 'endless') return failed;
  const isSame = (execution: Execution): execution is FailedExecution => isFailure(execution) && execution.outcome.type === type;
  const end = realNow() + MOST_MS;
  for (let [runs, limit] = [0, 0]; runs < MOST_RUNS && realNow() < end; limit += 1) {
    const search = new PreemptionBoundedSearch(limit);
    do {
      const execution = await runSchedule(world, scenario, (enabled) => search.choose(enabled));
      runs += 1;
      if (isSame(execution)) return execution;
    } while (search.backtrack() && runs < MOST_RUNS && realNow() < end);
  }
  let least = failed;
  await shrink(failed.choices, async (choices) => {
    const execution = await replaySchedule(world, scenario, choices);
    if (!isSame(execution)) return false;
    least = execution;
    return true;
  });
  return least;
}
