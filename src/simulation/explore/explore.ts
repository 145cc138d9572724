import { checkCallback, readOptions } from '../../backend/checks';
import { KeyedMemoryBackend } from '../../backend/keyed-memory-backend';
import type { StorageCodec } from '../../codec/storage-codec';
import type { SnapshotInput } from '../../contracts';
import { describe, operate, quote, refuse } from '../../errors';
import { SharedMemoryRegistry } from '../../registry/shared-memory-registry';
import { Journal } from '../journal';
import { withJournal } from '../journaling';
import { randomFrom } from '../random';
import { withSchedule } from '../scheduling';
import { ExplorationError } from './exploration-error';
import { type Outcome, Run } from './run';
import { EveryDifferentOrder, EveryOrder, FewPreemptions, type Strategy } from './search';
import type { Step } from './step';
import { formatToken, parseToken } from './token';

/** What a scenario is given: a medium of its own in every run. */
export interface ExploreContext<T> {
  readonly registry: SharedMemoryRegistry<T>;
  /** Everything that the clients do in this run. */
  readonly journal: Journal;
}

export type Scenario<T> = (context: ExploreContext<T>) => Promise<unknown>;

export interface ExploreOptions<T> {
  /** What is stored when a run begins: snapshots by key. */
  readonly initial?: Readonly<Record<string, SnapshotInput<T>>>;
  /** Of the registry, in bytes. */
  readonly quota?: number;
  /** Of the registry. */
  readonly codec?: StorageCodec<T>;
  /** Default: `exhaustive`, every order. `random`: as many as `schedules` says. */
  readonly strategy?: 'exhaustive' | 'random';
  /** Of `random`. The same seed tries the same schedules. Default: one that the report and the error say. */
  readonly seed?: number;
  /** The most schedules that are run. Default: 10,000; of `random`, 1,000 */
  readonly schedules?: number;
  /**
   * Whether orders that differ only in the order of independent steps are tried once. It takes for granted that clients
   * share nothing but the storage. Default: true
   */
  readonly reduction?: boolean;
  /** How long a run may wait, in ms, for something that is not an operation, before it counts as stuck. Default: 100 */
  readonly patience?: number;
  /** Runs one schedule: the token that an error gave. */
  readonly replay?: string;
}

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
 * @throws {ExplorationError} `ERR_SCHEDULE_FAILED` where a run fails (the scenario's own error is the cause) or gets stuck:
 * with the schedule, a timeline, and a token that replays just this one
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
  const checked = operate('explore', () => checkOptions(scenario, options));
  if (checked.replay !== undefined) return replay(scenario, checked, parseToken(checked.replay));
  return checked.strategy === 'random' ? sample(scenario, checked) : exhaust(scenario, checked);
}

type Checked<T> = ReturnType<typeof checkOptions<T>>;

/** What one run of a scenario has come to, and the choices that led to it. */
interface Trial {
  readonly outcome: Outcome;
  readonly steps: readonly Step[];
  readonly choices: readonly number[];
  readonly journal: Journal;
}

async function exhaust<T>(scenario: Scenario<T>, options: Checked<T>): Promise<ExploreReport> {
  const search = options.reduction ? new EveryDifferentOrder(options.quota !== undefined) : new EveryOrder();
  const { failed, schedules, complete } = await goThrough(search, scenario, options, options.schedules);
  if (failed !== undefined) throw describeFailure(await simplify(failed, scenario, options), schedules, options);
  return { schedules, complete };
}

/** Runs what a search says, until one fails or so many have been run. */
async function goThrough<T>(search: Strategy, scenario: Scenario<T>, options: Checked<T>, limit: number) {
  for (let schedules = 0; ; ) {
    const trial = await tryOut(scenario, options, (possible) => search.choose(possible));
    if (trial.outcome.type !== 'abandoned') schedules += 1;
    if (isFailure(trial)) return { failed: trial, schedules, complete: false };
    const isLast = !search.backtrack();
    if (isLast || schedules >= limit) return { failed: undefined, schedules, complete: isLast };
  }
}

/** The failure that keeps clients waiting least often: found by trying those first. */
async function simplify<T>(failed: Trial, scenario: Scenario<T>, options: Checked<T>): Promise<Trial> {
  for (let left = SIMPLER, limit = 0; left > 0; limit += 1) {
    const simpler = await goThrough(new FewPreemptions(limit), scenario, options, left);
    if (simpler.failed !== undefined) return simpler.failed;
    left -= simpler.schedules;
  }
  return failed;
}

/** Runs that are spent on a failure that is easier to read. */
const SIMPLER = 500;

async function sample<T>(scenario: Scenario<T>, options: Checked<T>): Promise<ExploreReport> {
  const { seed, schedules } = options;
  const random = randomFrom(seed);
  for (let count = 1; count <= schedules; count += 1) {
    const trial = await tryOut(scenario, options, (possible) => possible[random.below(possible.length)]);
    if (isFailure(trial)) throw describeFailure(await simplify(trial, scenario, options), count, options);
  }
  return { schedules, complete: false, seed };
}

async function replay<T>(scenario: Scenario<T>, options: Checked<T>, choices: readonly number[]): Promise<ExploreReport> {
  const trial = await tryOut(scenario, options, follow(choices));
  if (isFailure(trial)) throw describeFailure(trial, 1, options);
  return { schedules: 1, complete: false };
}

function isFailure({ outcome }: Trial): boolean {
  return outcome.type === 'failed' || outcome.type === 'stuck';
}

/** One run, on a registry of its own. */
async function tryOut<T>(
  scenario: Scenario<T>,
  { registry: options, patience }: Checked<T>,
  choose: (possible: readonly Step[]) => Step | undefined,
): Promise<Trial> {
  const run = new Run();
  const journal = new Journal();
  const Backend = withJournal(withSchedule(KeyedMemoryBackend<T>, run), journal);
  const registry = new SharedMemoryRegistry<T>({ ...options, Backend });
  const choices: number[] = [];
  const outcome = await run.execute(
    async () => scenario({ registry, journal }),
    (possible) => {
      const step = choose(possible);
      if (step !== undefined && possible.length > 1) choices.push(possible.findIndex(({ id }) => id === step.id));
      return step;
    },
    patience,
  );
  return { outcome, steps: run.steps, choices, journal };
}

/** Takes what was taken where there was a choice; after that, goes on with whoever went on last. */
function follow(choices: readonly number[]): (possible: readonly Step[]) => Step | undefined {
  const left = [...choices];
  let last: Step | undefined;
  return (possible) => {
    const chosen = possible.length > 1 ? left.shift() : 0;
    last = chosen === undefined ? (possible.find(({ client }) => client === last?.client) ?? possible[0]) : possible[chosen];
    return last;
  };
}

function describeFailure<T>({ outcome, steps, choices, journal }: Trial, schedules: number, { strategy, seed }: Checked<T>) {
  const exploration = {
    schedules,
    schedule: steps.map(({ id }) => id),
    timeline: journal.toString(),
    token: formatToken(choices),
    ...(strategy === 'random' && { seed }),
  };
  if (outcome.type === 'failed') return new ExplorationError(exploration, `${describe(outcome.error)}`, outcome.error);
  const pending = journal.find({ outcome: 'pending' }).map(({ client, type, key }) => `${type} ${quote(key)} by ${client}`);
  const waiting = pending.length > 0 ? `with ${pending.join(', ')} pending` : 'waiting for something that is no operation';
  return new ExplorationError(exploration, `a scenario that does not end, ${waiting},`);
}

function checkOptions<T>(scenario: Scenario<T>, options: ExploreOptions<T>) {
  checkCallback(scenario, 'a scenario');
  const {
    initial,
    quota,
    codec,
    strategy = 'exhaustive',
    seed,
    schedules,
    reduction = true,
    patience = 100,
    replay,
  } = readOptions(options, ['initial', 'quota', 'codec', 'strategy', 'seed', 'schedules', 'reduction', 'patience', 'replay']);
  if (strategy !== 'exhaustive' && strategy !== 'random') {
    refuse('ERR_INVALID_OPTION', "strategy to be 'exhaustive' or 'random'", strategy);
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) refuse('ERR_INVALID_OPTION', 'seed to be a whole number', seed);
  if (schedules !== undefined && !(Number.isSafeInteger(schedules) && schedules > 0)) {
    refuse('ERR_INVALID_OPTION', 'schedules to be a whole number above 0', schedules);
  }
  if (typeof reduction !== 'boolean') refuse('ERR_INVALID_OPTION', 'reduction to be true or false', reduction);
  if (!(Number.isFinite(patience) && patience >= 0))
    refuse('ERR_INVALID_OPTION', 'patience to be a number of ms, 0 or more', patience);
  return {
    registry: { ...(initial && { initial }), ...(quota !== undefined && { quota }), ...(codec && { codec }) },
    quota,
    strategy,
    // Chance is welcome here: the report says what it was.
    seed: seed ?? Math.floor(Math.random() * 2 ** 31),
    schedules: schedules ?? (strategy === 'random' ? 1000 : 10_000),
    reduction,
    patience,
    replay,
  };
}
