import { ExplorationError, type ExploreOptions, type Scenario } from 'shared-memory-registry/simulation';
import { checkExploreOptions } from '../../../src/simulation/explore/options';
import { EveryOrder, type Strategy } from '../../../src/simulation/explore/search';
import { type Trial, tryOut } from '../../../src/simulation/explore/trial';
import { rejection } from '../../support/refusals';

/** A snapshot of a text. */
export function text(data: string, revision = '1'): { revision: string; data: string } {
  return { revision, data };
}

/** The failure that an exploration ends with. */
export async function failureOf(exploration: Promise<unknown>): Promise<ExplorationError> {
  const error = await rejection(exploration);
  if (error instanceof ExplorationError) return error;
  throw error;
}

/** Each run of a search that is no repetition, whether it passes or not. */
export async function trialsOf<T>(
  scenario: Scenario<T>,
  options: ExploreOptions<T> = {},
  search: Strategy = new EveryOrder(),
): Promise<Trial[]> {
  const checked = checkExploreOptions(scenario, options);
  const trials: Trial[] = [];
  do {
    const trial = await tryOut(scenario, checked, (possible) => search.choose(possible));
    if (!search.isRepeating) trials.push(trial);
  } while (search.backtrack());
  return trials;
}

/** The steps of each of those, in words. */
export async function schedulesOf<T>(scenario: Scenario<T>, options: ExploreOptions<T> = {}): Promise<string[]> {
  return (await trialsOf(scenario, options)).map(({ steps }) => steps.map(({ id }) => id).join('; '));
}
