import { quote, StorageError, withContext } from '../../errors';
import { deliverReport } from '../report/deliver-report';
import { reportPage } from '../report/report-page';
import { checkReduction } from './check-reduction';
import { describeFailure } from './describe-failure';
import { DporSearch } from './dpor-search';
import { type Execution, type FailedExecution, isFailure } from './execution';
import { ExhaustiveSearch } from './exhaustive-search';
import { Exploration, type ExploreReport, SearchRestart } from './exploration';
import { ExplorationError } from './exploration-error';
import { type Fingerprint, Fingerprints } from './fingerprint';
import { checkExploreOptions, type ExploreOptions, type Scenario } from './options';
import { PreemptionBoundedSearch } from './preemption-bounded-search';
import { randomOrder } from './random-order';
import type { Search } from './search';
import { simplify } from './simplify';
import { follow, formatToken } from './token';

/**
 * Runs a scenario in every order in which the operations of its clients can take effect and be answered, each time on a registry
 * of its own. Of the orders that differ only in the order of independent steps, one is run; up to ten runs in other orders check
 * that.
 *
 * @throws {ExplorationError} `ERR_SCHEDULE_FAILED` where a run fails (the scenario's own error is the cause) or does not end: with
 * the schedule, a timeline, and a token that replays just this one
 * @throws {StorageError} `ERR_TOO_MANY_SCHEDULES` where there are more orders than `maxSchedules`, or more than `timeoutMs`
 * suffices for; `ERR_NOTHING_EXPLORED` where no step uses the registry; `ERR_REAL_TIME` where a run waits for real time;
 * `ERR_NEVER_MET` where something was not met; `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK`
 *
 * @example
 * test('two tabs never lose a click', () =>
 *   explore(async ({ registry }) => {
 *     const [a, b] = ['a', 'b'].map((client) => registry.getBackend('counter', { client }));
 *     await Promise.all([click(a), click(b)]);
 *     expect(registry.peek('counter')?.snapshot.data.count).toBe(2);
 *   }, { initial: { counter: { revision: '0', data: { count: 0 } } } }));
 */
export async function explore<T>(scenario: Scenario<T>, options: ExploreOptions<T> = {}): Promise<ExploreReport> {
  const checked = withContext('explore', () => checkExploreOptions(scenario, options));
  const exploration = new Exploration(scenario, checked);
  try {
    for (;;) {
      try {
        return await runStrategy(exploration);
      } catch (error) {
        if (!(error instanceof SearchRestart)) throw error;
      }
    }
  } finally {
    exploration.end();
  }
}

function runStrategy<T>(exploration: Exploration<T>): Promise<ExploreReport> {
  const { replay: choices, strategy, reduction } = exploration.options;
  if (choices !== undefined) return replay(exploration, choices);
  if (strategy === 'random') return sample(exploration);
  if (strategy === 'exhaustive' && reduction) return exhaustReduced(exploration);
  return exhaust(exploration);
}

/** The most unreduced runs that check a reduced search. */
const MOST_CHECKS = 10;

async function exhaustReduced<T>(exploration: Exploration<T>): Promise<ExploreReport> {
  const { dependencies } = exploration.world;
  const fingerprints = new Fingerprints();
  for (let checks = 0; ; ) {
    dependencies.beginSearch();
    const explored = new Map<number, Fingerprint>();
    const search = new DporSearch();
    const hasEnded = await searchAll(exploration, search, (execution) => {
      const fingerprint = fingerprints.of(execution, search.order);
      explored.set(fingerprint.steps, fingerprint);
      return dependencies.hasNews;
    });
    if (dependencies.hasNews) continue;
    if (!hasEnded) return exploration.report(false);
    const runs = exploration.hasChoice ? MOST_CHECKS - checks : 0;
    const before = exploration.runs;
    const { failed, doubt } = await checkReduction(exploration, explored, fingerprints, runs);
    checks += exploration.runs - before;
    if (failed !== undefined) throw await failureOf(exploration, failed);
    if (dependencies.hasNews) continue;
    exploration.assertMeaningful();
    return withDoubt(exploration, doubt);
  }
}

function withDoubt<T>(exploration: Exploration<T>, doubt: string | undefined): ExploreReport {
  const { undeclared } = exploration.world.dependencies;
  const report = exploration.report(doubt === undefined && undeclared === undefined && !exploration.hasWaited);
  if (doubt === undefined && undeclared === undefined) return report;
  const [client, other] = undeclared ?? [];
  const what =
    client === undefined ? doubt : `client ${quote(client)} waits for ${quote(String(other))}, and for a step of its own`;
  return {
    ...report,
    undeclared: `${what}: declare what they share, by dependencies: [[…]] or context.step(client, label, { reads, writes })`,
  };
}

/** Every order, or every one with few preemptions. */
async function exhaust<T>(exploration: Exploration<T>): Promise<ExploreReport> {
  const { strategy, maxPreemptions } = exploration.options;
  const isBounded = strategy === 'preemption-bounded';
  const search = isBounded ? new PreemptionBoundedSearch(maxPreemptions) : new ExhaustiveSearch();
  const hasEnded = await searchAll(exploration, search, () => false);
  exploration.assertMeaningful();
  return exploration.report(hasEnded && !isBounded && !exploration.hasWaited);
}

/**
 * Runs all that a search says.
 * @param stop is given each schedule, and says whether it was the last one
 * @returns whether the search has ended
 */
async function searchAll<T>(
  exploration: Exploration<T>,
  search: Search,
  stop: (execution: Execution) => boolean,
): Promise<boolean> {
  const { maxSchedules, isLimited } = exploration.options;
  exploration.schedules = 0;
  for (;;) {
    const execution = await exploration.run((enabled, run) => search.choose(enabled, run));
    const { isRedundant } = search;
    if (!isRedundant) exploration.schedules += 1;
    if (isFailure(execution)) throw await failureOf(exploration, execution);
    exploration.assertNoRealTime();
    const hasEnded = !search.backtrack(execution.executed);
    if (!isRedundant && stop(execution)) return false;
    if (hasEnded) return true;
    if (exploration.schedules < maxSchedules) continue;
    if (!isLimited) throw exploration.tooMany(`to have at most ${maxSchedules} schedules`);
    return false;
  }
}

/** Tries so many schedules, by chance. */
async function sample<T>(exploration: Exploration<T>): Promise<ExploreReport> {
  const { seed, maxSchedules, faults } = exploration.options;
  const orders = new Set<string>();
  let steps = 0;
  for (let run = 0; run < maxSchedules; run += 1) {
    const execution = await exploration.run(randomOrder(seed, run, steps, faults.maxFaults));
    orders.add(execution.choices.join());
    exploration.schedules = orders.size;
    steps = Math.max(steps, execution.executed.length);
    if (isFailure(execution)) throw await failureOf(exploration, execution);
  }
  exploration.assertMeaningful();
  return { ...exploration.report(false), seed };
}

async function replay<T>(exploration: Exploration<T>, choices: readonly number[]): Promise<ExploreReport> {
  const { choose, isFollowed } = follow(choices);
  const execution = await exploration.run(choose);
  exploration.schedules = 1;
  if (isFailure(execution)) throw await errorOf(exploration, execution);
  if (isFollowed()) return exploration.report(false);
  throw new StorageError('ERR_INVALID_OPTION', {
    operation: 'explore',
    expected: 'replay to be the token of this scenario, with these options',
    received: `${quote(formatToken(choices))}, whose choices it does not come to`,
  });
}

async function failureOf<T>(exploration: Exploration<T>, execution: FailedExecution): Promise<ExplorationError> {
  return errorOf(exploration, await simplify(execution, exploration));
}

/** The error of a failing run, whose page is written first, so that the error says where it is. */
async function errorOf<T>(exploration: Exploration<T>, execution: FailedExecution): Promise<ExplorationError> {
  const { exploration: failed, details } = describeFailure(execution, exploration);
  const { report: target } = exploration.options;
  const report = target && (await deliverReport(target, reportPage(failed, details.received)));
  return new ExplorationError(failed, { ...details, report });
}
