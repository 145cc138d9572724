import { checkCallback } from '../../backend/input-validation';
import { withContext } from '../../errors';
import { storeOf } from '../../registry/shared-memory-registry';
import type { CapturedJournal } from '../journal';
import type { JournalEntry } from '../journal-entry';
import type { Scheduler } from '../with-schedule';
import { asClient } from './calls';
import type { ExploreContext, Scenario } from './options';
import type { Outcome } from './run';
import type { EnabledSteps, ExecutedStep, Step } from './step';
import { follow } from './token';
import type { World } from './world';

/** One run of a scenario. */
export interface Execution {
  readonly outcome: Outcome;
  readonly executed: readonly ExecutedStep[];
  /** Which of the enabled steps was taken, wherever there was more than one. */
  readonly choices: readonly number[];
  /** Whether it has waited for something that is no step. */
  readonly hasWaited: boolean;
  /** Whether the clock had to wait for other steps. */
  readonly hasHeldTime: boolean;
  /** What it has met, by `context.sometimes`, and whether it was so. */
  readonly met: ReadonlyMap<string, boolean>;
  readonly entries: readonly JournalEntry[];
  /** What calls have given, in order. */
  readonly answers: readonly { readonly client: string; readonly text: string }[];
  /** By key: what was stored, as the store keeps it, in order. */
  readonly written: ReadonlyMap<string, readonly unknown[]>;
  /** Of a run that has not passed. */
  readonly journal: CapturedJournal | undefined;
}

export interface FailedExecution extends Execution {
  readonly journal: CapturedJournal;
  readonly outcome: Exclude<Outcome, { readonly type: 'passed' }>;
}

export function isFailure(execution: Execution): execution is FailedExecution {
  return execution.outcome.type !== 'passed';
}

type Choose = (enabled: EnabledSteps, run: readonly ExecutedStep[]) => Step;

/** Runs a scenario once, on a registry of its own. */
export async function runSchedule<T>(world: World<T>, scenario: Scenario<T>, choose: Choose): Promise<Execution> {
  const { journal, clock, plan, dependencies, platformWork } = world;
  const { run, registry } = world.begin();
  const met = new Map<string, boolean>();
  const endings: (() => unknown)[] = [];
  const schedule: Scheduler['schedule'] = (task, label, turn) => {
    // Of a delivery it is known what it reads; of anything else that is scheduled here, nothing is.
    if (turn?.phase !== 'delivery') dependencies.learn('everything');
    return run.schedule(task, label, turn);
  };
  const context: ExploreContext<T> = {
    registry,
    journal,
    clock,
    plan,
    scheduler: new ScenarioScheduler(schedule, registry),
    step: (client, label = 'goes on', accesses = {}) => run.step(client, label, accesses),
    idle: () => run.idle(),
    calls: (client, target, options) => withContext('calls', () => asClient((call) => run.call(call), client, target, options)),
    afterRun: (restore) => {
      withContext('afterRun', () => checkCallback(restore, 'a callback'));
      endings.unshift(restore);
    },
    sometimes: (label, condition = true) => void met.set(label, met.get(label) === true || condition),
  };
  const ended = await platformWork.of(() => run.execute(async () => scenario(context), choose));
  const outcome = await endAll(endings, ended);
  world.end();
  dependencies.endRun(run.executed);
  const { executed, choices, hasWaited, hasHeldTime } = run;
  const hasFailed = outcome.type !== 'passed';
  return {
    outcome,
    executed,
    choices,
    hasWaited,
    hasHeldTime,
    met,
    entries: journal.entries,
    answers: run.answers,
    written: registry.written,
    journal: hasFailed
      ? journal.capture({ initial: world.initial, commits: registry.commits, codec: storeOf(registry).codec })
      : undefined,
  };
}

/**
 * The scheduler of a scenario. Where its method has been read, the scenario may have handed it to an observer of the store, such as a
 * `WebStorageArea`. A class, since an object with a getter of its own would live on after its run, as `exposeContents` says.
 */
class ScenarioScheduler implements Scheduler {
  readonly #schedule: Scheduler['schedule'];
  readonly #registry: { isScheduled: boolean };

  constructor(schedule: Scheduler['schedule'], registry: { isScheduled: boolean }) {
    this.#schedule = schedule;
    this.#registry = registry;
  }

  get schedule(): Scheduler['schedule'] {
    this.#registry.isScheduled = true;
    return this.#schedule;
  }
}

/** Runs every one of these. What one throws fails the run, unless that has failed already. */
async function endAll(endings: readonly (() => unknown)[], outcome: Outcome): Promise<Outcome> {
  let ended = outcome;
  for (const end of endings) {
    try {
      await end();
    } catch (error) {
      if (ended.type === 'passed') ended = { type: 'failed', error };
    }
  }
  return ended;
}

/** Runs the schedule of these choices. */
export function replaySchedule<T>(world: World<T>, scenario: Scenario<T>, choices: readonly number[]): Promise<Execution> {
  return runSchedule(world, scenario, follow(choices).choose);
}
