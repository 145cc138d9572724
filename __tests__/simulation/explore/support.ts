import { ExplorationError, type ExploreOptions, type Scenario } from 'shared-memory-registry/simulation';
import { type Execution, runSchedule } from '../../../src/simulation/explore/execution';
import { ExhaustiveSearch } from '../../../src/simulation/explore/exhaustive-search';
import { checkExploreOptions } from '../../../src/simulation/explore/options';
import type { Search } from '../../../src/simulation/explore/search';
import { World } from '../../../src/simulation/explore/world';
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

/** Each run of a search that is not redundant, whether it passes or not, with its timeline. */
export async function executionsOf<T>(
  scenario: Scenario<T>,
  options: ExploreOptions<T> = {},
  search: Search = new ExhaustiveSearch(),
): Promise<(Execution & { readonly timeline: string })[]> {
  const world = new World(checkExploreOptions(scenario, options));
  const executions: (Execution & { readonly timeline: string })[] = [];
  for (;;) {
    const execution = await runSchedule(world, scenario, (enabled, run) => search.choose(enabled, run));
    if (!search.isRedundant) executions.push({ ...execution, timeline: world.journal.toString() });
    if (!search.backtrack(execution.executed)) return executions;
  }
}

/** The steps of each of those, in words. */
export async function schedulesOf<T>(scenario: Scenario<T>, options: ExploreOptions<T> = {}): Promise<string[]> {
  const executions = await executionsOf(scenario, options);
  return executions.map(({ executed }) =>
    executed
      .filter(({ step }) => step.phase !== 'idle')
      .map(({ step }) => step.id)
      .join('; '),
  );
}
