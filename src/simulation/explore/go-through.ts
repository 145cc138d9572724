import type { CheckedOptions, Scenario } from './options';
import type { Strategy } from './search';
import { isFailure, type Trial, tryOut } from './trial';

/** Runs what a search says, until one fails, or something else is found out, or so many have been run. */
export async function goThrough<T>(
  search: Strategy,
  scenario: Scenario<T>,
  options: CheckedOptions<T>,
  limit: number,
  isEnough: (trial: Trial) => boolean = () => false,
) {
  let [schedules, hasWaited] = [0, false];
  for (let runs = 1; ; runs += 1) {
    const last = await tryOut(scenario, options, (possible) => search.choose(possible));
    if (!search.isRepeating) schedules += 1;
    hasWaited ||= last.hasWaited;
    if (isFailure(last) || isEnough(last)) return { last, schedules, complete: false, hasWaited };
    const isAll = !search.backtrack();
    if (isAll || runs >= limit) return { last, schedules, complete: isAll, hasWaited };
  }
}
