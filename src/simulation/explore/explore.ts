import { operate, quote, StorageError } from '../../errors';
import { randomFrom } from '../random';
import { describeFailure } from './describe-failure';
import { goThrough } from './go-through';
import { type CheckedOptions, checkExploreOptions, type ExploreOptions, type Scenario } from './options';
import { EveryDifferentOrder, EveryOrder } from './search';
import { simplify } from './simplify';
import type { Sharing } from './step';
import { follow, formatToken } from './token';
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
    crashes: options.faults.kinds.includes('crash'),
    extended: options.extend !== undefined,
  };
  let isReduced = options.reduction;
  for (;;) {
    const search = isReduced ? new EveryDifferentOrder(sharing) : new EveryOrder();
    // What was left out on the strength of something that turns out not to be so has to be gone through after all.
    const isMistaken = (trial: Trial) => isReduced && (trial.hasLooked || (trial.hasListened && !sharing.changes));
    const { last, schedules, complete, hasWaited } = await goThrough(search, scenario, options, options.schedules, isMistaken);
    if (isFailure(last)) throw describeFailure(await simplify(last, scenario, options), schedules, options);
    if (!isMistaken(last)) {
      if (!complete && !options.isLimited) throw tooMany(options.schedules);
      return { schedules, complete: complete && !hasWaited };
    }
    sharing = { ...sharing, changes: sharing.changes || last.hasListened };
    isReduced = !last.hasLooked;
  }
}

function tooMany(schedules: number): StorageError {
  return new StorageError('ERR_TOO_MANY_SCHEDULES', {
    operation: 'explore',
    expected: `all orders to be among ${schedules} schedules`,
    received: "more: make the scenario smaller, say how many by schedules, or take strategy: 'random'",
  });
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
  const { choose, isFollowed } = follow(choices);
  const trial = await tryOut(scenario, options, choose);
  if (isFailure(trial)) throw describeFailure(trial, 1, options);
  if (isFollowed()) return { schedules: 1, complete: false };
  throw new StorageError('ERR_INVALID_OPTION', {
    operation: 'explore',
    expected: 'replay to be the token of this scenario, with these options',
    received: `${quote(formatToken(choices))}, whose choices it does not come to`,
  });
}
