import { StorageError } from '../../errors';
import { realNow } from '../../real-time/next-task';
import { type Execution, runSchedule } from './execution';
import type { CheckedOptions, Scenario } from './options';
import type { EnabledSteps, ExecutedStep, Step } from './step';
import { catchUncaughtErrors } from './uncaught-errors';
import { World } from './world';

export interface ExploreReport {
  /** How many different orders were run, without those that repeat another one and those that check the reduction. */
  readonly schedules: number;
  /** How often the scenario was run. */
  readonly runs: number;
  /** How many steps were taken in all runs. */
  readonly steps: number;
  /** How many clients took them. */
  readonly clients: number;
  /** Whether the schedules stand for all orders that there are, as far as clients share nothing but the storage and what is declared. */
  readonly complete: boolean;
  /** Why `complete` is false although the search has ended: a dependency that was noticed, and how to declare it. */
  readonly undeclared?: string;
  /** Of the strategy `random`. */
  readonly seed?: number;
}

/** So often a search begins anew because a run has waited. */
const MOST_RESTARTS = 3;

/** Thrown where a run has waited, and the search is to begin anew: the scenario may not have to wait again. */
export class SearchRestart extends Error {}

/** The time between two calls of `onProgress`, in ms. */
const PROGRESS_MS = 250;

/** All runs of a scenario: counts them, and ends when there is no time left. */
export class Exploration<T> {
  readonly options: CheckedOptions<T>;
  readonly scenario: Scenario<T>;
  readonly world: World<T>;
  /** How often the scenario was run. */
  runs = 0;
  /** Of the search that goes on: how many orders, without the ones that repeat another one. */
  schedules = 0;
  #steps = 0;
  #hasUsedStorage = false;
  /** Whether there was anything to choose in any run. */
  hasChoice = false;
  /** Whether a run has waited for real time. */
  hasWaited = false;
  #restarts = 0;
  /** Whether work of the platform is watched for in every run: a run has waited in which nobody watched. */
  #keepsWatching = false;
  /** Whether the clock had to wait for other steps in a run. */
  hasHeldTime = false;
  readonly #clients = new Set<string>();
  readonly #met = new Map<string, boolean>();
  readonly #start = realNow();
  #lastProgress = this.#start;
  readonly #stopCatching: () => void;

  constructor(scenario: Scenario<T>, options: CheckedOptions<T>) {
    this.options = options;
    this.scenario = scenario;
    this.world = new World(options);
    for (const label of options.sometimes) this.#met.set(label, false);
    this.world.platformWork.watch();
    this.#stopCatching = catchUncaughtErrors((error) => this.world.fail(error));
  }

  /** Puts back what was put in the place of the test runner's own. */
  end(): void {
    this.#stopCatching();
    this.world.platformWork.stop();
  }

  /** In ms of real time. */
  get elapsedMs(): number {
    return realNow() - this.#start;
  }

  /**
   * Runs the scenario once more.
   * @throws {StorageError} `ERR_TOO_MANY_SCHEDULES` where the time is up; the reason of the signal where that has aborted
   * @throws {SearchRestart}
   */
  async run(choose: (enabled: EnabledSteps, run: readonly ExecutedStep[]) => Step): Promise<Execution> {
    const { signal, timeoutMs } = this.options;
    if (signal?.aborted) throw signal.reason;
    if (this.elapsedMs > timeoutMs) throw this.tooMany(`to end within ${timeoutMs} ms`);
    this.#reportProgress();
    const execution = await runSchedule(this.world, this.scenario, choose);
    this.runs += 1;
    this.#count(execution);
    this.#noteWaiting(execution);
    return execution;
  }

  report(complete: boolean): ExploreReport {
    const { runs, schedules } = this;
    return { schedules, runs, steps: this.#steps, clients: this.#clients.size, complete };
  }

  /** @throws {StorageError} `ERR_REAL_TIME` */
  assertNoRealTime(): void {
    if (!this.hasWaited || this.options.allowRealTime) return;
    throw new StorageError('ERR_REAL_TIME', {
      operation: 'explore',
      expected: 'a scenario that waits for its own steps, for its clock, or for fake timers',
      received:
        'one that has waited for real time, so that another run could go another way. Use clock.sleep(ms), the option timers, or allowRealTime: true',
    });
  }

  /** Fails where all runs have passed, and yet have not shown what they had to. */
  assertMeaningful(): void {
    if (!this.#hasUsedStorage) {
      throw new StorageError('ERR_NOTHING_EXPLORED', {
        operation: 'explore',
        expected: 'a scenario whose steps use its registry',
        received:
          'one in which no step was taken on its registry. Use the registry of the context: context.registry.getBackend(…), asAsyncStorage(context.registry), new WebStorageArea({ registry: context.registry, scheduler: context.scheduler })',
      });
    }
    for (const [label, isMet] of this.#met) {
      if (isMet) continue;
      throw new StorageError('ERR_NEVER_MET', {
        operation: 'explore',
        expected: `${JSON.stringify(label)} to be met in at least one order`,
        received: `${this.runs} runs without it`,
      });
    }
  }

  tooMany(expected: string): StorageError {
    const { runs, schedules } = this;
    return new StorageError('ERR_TOO_MANY_SCHEDULES', {
      operation: 'explore',
      expected: `the exploration ${expected}`,
      received: `more to do after ${schedules} schedules (${runs} runs, ${Math.round(this.elapsedMs)} ms). Make the scenario smaller; or give it more by timeoutMs and maxSchedules; or take strategy: 'preemption-bounded' or strategy: 'random'`,
    });
  }

  /**
   * A scenario that has waited once, such as for the first `import()` of a module, may not have to wait again: then the search that
   * begins anew has no run that has waited. Work of the platform is watched for in the first run, and in every run after one that has
   * waited unwatched.
   * @throws {SearchRestart}
   */
  #noteWaiting({ hasWaited, outcome }: Execution): void {
    const { platformWork, dependencies } = this.world;
    if (!hasWaited) {
      if (platformWork.isWatching && !this.#keepsWatching && !platformWork.isSeen) platformWork.stop();
      return;
    }
    const isStuck = outcome.type === 'stuck' && platformWork.isWatching;
    // A run that has diverged waited for a step that came without waiting before.
    if (isStuck || outcome.type === 'diverged' || this.#restarts === MOST_RESTARTS) {
      this.hasWaited = true;
      return;
    }
    this.#restarts += 1;
    this.#keepsWatching ||= !platformWork.isWatching;
    if (this.#keepsWatching) platformWork.watch();
    dependencies.forget();
    throw new SearchRestart();
  }

  #count({ executed, choices, met, outcome, hasHeldTime }: Execution): void {
    this.hasHeldTime ||= hasHeldTime;
    this.hasChoice ||= choices.length > 0;
    for (const { step, accesses } of executed) {
      if (step.phase === 'idle') continue;
      this.#steps += 1;
      if (step.phase !== 'time') this.#clients.add(step.client);
      this.#hasUsedStorage ||= accesses.resources.some((resource) => STORAGE.test(resource));
    }
    if (outcome.type === 'passed') for (const [label, isMet] of met) this.#met.set(label, isMet || this.#met.get(label) === true);
  }

  #reportProgress(): void {
    const { onProgress } = this.options;
    if (onProgress === undefined || realNow() - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = realNow();
    onProgress({ runs: this.runs, schedules: this.schedules, elapsedMs: this.elapsedMs });
  }
}

/** Resources of the storage, and those that a scenario declares. */
const STORAGE = /^(key:|keys$|declared:)/;
