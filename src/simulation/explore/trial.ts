import { KeyedMemoryBackend } from '../../backend/keyed-memory-backend';
import { attempt } from '../../errors';
import type { KeyedMemoryBackendClass } from '../../registry/registry-options';
import { checkBackendClass } from '../checks';
import { type Clock, systemClock, VirtualClock } from '../clock';
import { withFaults } from '../faults';
import { Journal } from '../journal';
import { withJournal } from '../journaling';
import { type Scheduler, withSchedule } from '../scheduling';
import type { CheckedOptions, ExploreContext, ExploreOptions } from './options';
import { type Outcome, Run } from './run';
import type { Possible, Step } from './step';
import { fakeTime, virtualTime } from './time-source';
import { type RegistryWatcher, WatchedPlan, WatchedRegistry } from './watched';

/** What one run of a scenario has come to. */
export interface Trial {
  readonly outcome: Outcome;
  readonly steps: readonly Step[];
  /** Which of the possible steps was taken, wherever there was more than one. */
  readonly choices: readonly number[];
  /** What its clients did. */
  readonly journal: Journal;
  /** Whether clients have heard of changes. */
  readonly hasListened: boolean;
  /** Whether they have looked at what is stored without an operation, while others were waiting. */
  readonly hasLooked: boolean;
  /** Whether it has waited for something that is no step. */
  readonly hasWaited: boolean;
}

/** One run, on a registry of its own. */
export async function tryOut<T>(
  scenario: (context: ExploreContext<T>) => unknown,
  options: CheckedOptions<T>,
  choose: (possible: Possible) => Step,
): Promise<Trial> {
  const { timers, faults, deliveries, extend, patience, time: mayTimePass } = options;
  const seen = { hasListened: false, hasLooked: false };
  const look = (): void => {
    seen.hasLooked = true;
  };
  const plan = new WatchedPlan((by) => {
    // What goes wrong from now on may strike whoever comes next; but a crash is a step of the run.
    if (by !== 'crash' || run.steps.at(-1)?.fault !== 'crash') look();
  });
  const virtualClock = new VirtualClock();
  const clock = timers === undefined ? virtualClock : systemClock;
  const journal = new Journal({ clock });
  const time = timers === undefined ? virtualTime(virtualClock) : fakeTime(timers);
  const run = new Run({ plan, journal, time, mayTimePass, faults, patience });

  const Extended = extend === undefined ? KeyedMemoryBackend<T> : callExtend(extend, clock);
  const onListenerError = (error: unknown) => run.fail(error);
  const scheduled = withSchedule(withFaults(Extended, plan), run, { deliveries, onListenerError });
  const Backend = withJournal(scheduled, journal);
  let nameless = 0;
  const watcher: RegistryWatcher = {
    onListen: () => {
      seen.hasListened = true;
    },
    onLook: () => {
      // A listener looks in the stack of an effect: where changes are heard of, writes are kept in order.
      if (run.isAwaited && !(run.isInEffect && (deliveries || seen.hasListened))) look();
    },
    onNameless: () => {
      nameless += 1;
      if (nameless > 1) look(); // they may be of one client
    },
    onWindow: look,
    onWindowWrite: (client, what) => journal.note(client, what),
  };
  const registry = new WatchedRegistry<T>({ ...options.registry, now: clock.now, onListenerError, Backend }, watcher);

  const choices: number[] = [];
  const turn = (client: string, label = 'goes on') =>
    run.schedule(Promise.resolve(), `${client}: ${label}`, { client, key: null, phase: 'turn', handle: run });
  // Who schedules by themselves has things of their own, of which nothing is known.
  const scheduler: Scheduler = {
    schedule: (...args) => {
      look();
      return run.schedule(...args);
    },
  };
  const context = { registry, journal, clock, plan, scheduler, turn, idle: () => run.idle() };
  const outcome = await run.execute(
    async () => scenario(context),
    (possible) => {
      const step = choose(possible);
      const choice = possible.findIndex(({ id }) => id === step.id);
      if (possible.length > 1 && choice !== -1) choices.push(choice);
      return step;
    },
  );
  return {
    outcome,
    steps: run.steps,
    choices,
    journal,
    ...seen,
    hasLooked: seen.hasLooked || run.isEntangled,
    hasWaited: run.hasWaited,
  };
}

function callExtend<T>(extend: NonNullable<ExploreOptions<T>['extend']>, clock: Clock): KeyedMemoryBackendClass<T> {
  const Backend = attempt('ERR_HOOK_FAILED', 'extend to succeed', () => extend(KeyedMemoryBackend<T>, { clock }));
  checkBackendClass(Backend);
  return Backend;
}

export interface FailedTrial extends Trial {
  readonly outcome: Exclude<Outcome, { readonly type: 'passed' }>;
}

export function isFailure(trial: Trial): trial is FailedTrial {
  return trial.outcome.type !== 'passed';
}
