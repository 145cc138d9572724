import { describe, operate, quote } from '../../errors';
import { randomFrom } from '../random';
import { ExplorationError } from './exploration-error';
import { type CheckedOptions, checkExploreOptions, type ExploreOptions, type Scenario } from './options';
import { EveryDifferentOrder, EveryOrder, FewPreemptions, type Strategy } from './search';
import { shrink } from './shrink';
import type { Possible, Sharing, Step } from './step';
import { formatToken } from './token';
import { isFailure, type Trial, tryOut } from './trial';

export interface ExploreReport {
  /** How many schedules were run to their end. */
  readonly schedules: number;
  /** Whether those stand for all that there are. */
  readonly complete: boolean;
  /** Of the strategy `random`. */
  readonly seed?: number;
}

/**
 * Runs a scenario under every order in which the operations of its clients can take effect and be answered, each on a
 * registry of its own.
 *
 * @throws {ExplorationError} `ERR_SCHEDULE_FAILED` where a run fails (the scenario's own error is the cause) or does not
 * end: with the schedule, a timeline, and a token that replays just this one
 * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK`
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
  const checked = operate('explore', () => checkExploreOptions(scenario, options));
  if (checked.replay !== undefined) return replay(scenario, checked, checked.replay);
  return checked.strategy === 'random' ? sample(scenario, checked) : exhaust(scenario, checked);
}

async function exhaust<T>(scenario: Scenario<T>, options: CheckedOptions<T>): Promise<ExploreReport> {
  let sharing: Sharing = {
    quota: options.registry.quota !== undefined,
    changes: options.deliveries,
    time: options.time,
    extended: options.extend !== undefined,
  };
  let hasLooked = !options.reduction;
  for (;;) {
    const search = hasLooked ? new EveryOrder() : new EveryDifferentOrder(sharing);
    // What was left out on the strength of something that turns out not to be so has to be gone through after all.
    const isMistaken = (trial: Trial) => !hasLooked && (trial.hasLooked || (trial.hasListened && !sharing.changes));
    const { last, schedules, complete } = await goThrough(search, scenario, options, options.schedules, isMistaken);
    if (isFailure(last)) throw describeFailure(await simplify(last, scenario, options), schedules, options);
    if (!isMistaken(last)) return { schedules, complete };
    sharing = { ...sharing, changes: sharing.changes || last.hasListened };
    hasLooked = last.hasLooked;
  }
}

/** Runs what a search says, until one fails, or something else is found out, or so many have been run. */
async function goThrough<T>(
  search: Strategy,
  scenario: Scenario<T>,
  options: CheckedOptions<T>,
  limit: number,
  isEnough: (trial: Trial) => boolean = () => false,
) {
  for (let schedules = 0; ; ) {
    const last = await tryOut(scenario, options, (possible) => search.choose(possible));
    if (!search.isRepeating) schedules += 1;
    if (isFailure(last) || isEnough(last)) return { last, schedules, complete: false };
    const isAll = !search.backtrack();
    if (isAll || schedules >= limit) return { last, schedules, complete: isAll };
  }
}

/** Tries so many schedules, by chance. */
async function sample<T>(scenario: Scenario<T>, options: CheckedOptions<T>): Promise<ExploreReport> {
  const { seed, schedules } = options;
  const random = randomFrom(seed);
  for (let count = 1; count <= schedules; count += 1) {
    const trial = await tryOut(scenario, options, (possible) => possible[random.below(possible.length)] ?? possible[0]);
    if (isFailure(trial)) throw describeFailure(await simplify(trial, scenario, options), count, options);
  }
  return { schedules, complete: false, seed };
}

async function replay<T>(scenario: Scenario<T>, options: CheckedOptions<T>, choices: readonly number[]): Promise<ExploreReport> {
  const trial = await tryOut(scenario, options, follow(choices));
  if (isFailure(trial)) throw describeFailure(trial, 1, options);
  return { schedules: 1, complete: false };
}

/**
 * The failure that costs least, found by trying those first; if that takes too long, this one without whatever it does not
 * need.
 */
async function simplify<T>(failed: Trial, scenario: Scenario<T>, options: CheckedOptions<T>): Promise<Trial> {
  for (let left = SIMPLER, limit = 0; left > 0; limit += 1) {
    const { last, schedules } = await goThrough(new FewPreemptions(limit), scenario, options, left);
    if (isFailure(last)) return last;
    left -= schedules;
  }
  let least = failed;
  await shrink(failed.choices, async (choices) => {
    const trial = await tryOut(scenario, options, follow(choices));
    if (isFailure(trial)) least = trial;
    return isFailure(trial);
  });
  return least;
}

/** Runs that are spent on a failure that is easier to read. */
const SIMPLER = 500;

/** Takes what was taken where there was a choice; where that is not known or not possible, what comes first. */
function follow(choices: readonly number[]): (possible: Possible) => Step {
  const left = [...choices];
  return (possible) => possible[possible.length > 1 ? (left.shift() ?? 0) : 0] ?? possible[0];
}

function describeFailure<T>(trial: Trial, schedules: number, { strategy, seed }: CheckedOptions<T>): ExplorationError {
  const { outcome, steps, choices, journal } = trial;
  const exploration = {
    schedules,
    schedule: steps.map(({ id }) => id),
    timeline: journal.toString(),
    diagram: journal.toMermaid(),
    token: formatToken(choices),
    ...(strategy === 'random' && { seed }),
  };
  switch (outcome.type) {
    case 'failed':
      return new ExplorationError(exploration, describe(outcome.error), outcome.error);
    case 'diverged':
      return new ExplorationError(exploration, `a scenario that never came to '${outcome.missing}' this time`);
    case 'endless':
      return new ExplorationError(exploration, `a scenario that goes on and on, ${steps.length} steps by then`);
    default: {
      const pending = journal.find({ outcome: 'pending' }).map(({ client, type, key }) => `${type} ${quote(key)} by ${client}`);
      const waiting = pending.length > 0 ? `with ${pending.join(', ')} pending` : 'waiting for something that is no operation';
      return new ExplorationError(exploration, `a scenario that does not end, ${waiting}`);
    }
  }
}
