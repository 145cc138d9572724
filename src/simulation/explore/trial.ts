import { KeyedMemoryBackend } from '../../backend/keyed-memory-backend';
import { SharedMemoryRegistry } from '../../registry/shared-memory-registry';
import { systemClock, VirtualClock } from '../clock';
import { FaultPlan } from '../fault-plan';
import { withFaults } from '../faults';
import { Journal } from '../journal';
import { withJournal } from '../journaling';
import { withSchedule } from '../scheduling';
import type { CheckedOptions, ExploreContext } from './options';
import { type Outcome, Run } from './run';
import type { Possible, Step } from './step';
import { fakeTime, virtualTime } from './time-source';
import { watchRegistry } from './watch-registry';

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
}

/** One run, on a registry of its own. */
export async function tryOut<T>(
  scenario: (context: ExploreContext<T>) => unknown,
  options: CheckedOptions<T>,
  choose: (possible: Possible) => Step,
): Promise<Trial> {
  const { timers, faults, deliveries, extend, patience, time: mayTimePass } = options;
  const [plan, virtualClock] = [new FaultPlan(), new VirtualClock()];
  const clock = timers === undefined ? virtualClock : systemClock;
  const journal = new Journal({ clock });
  const time = timers === undefined ? virtualTime(virtualClock) : fakeTime(timers);
  const run = new Run({ plan, journal, time, mayTimePass, faults, patience });

  const Extended = extend === undefined ? KeyedMemoryBackend<T> : extend(KeyedMemoryBackend<T>, { clock });
  const Backend = withJournal(withSchedule(withFaults(Extended, plan), run, { deliveries }), journal);
  const registry = new SharedMemoryRegistry<T>({ ...options.registry, now: clock.now, Backend });
  const seen = { hasListened: false, hasLooked: false };
  watchRegistry(registry, {
    onListen: () => {
      seen.hasListened = true;
    },
    onLook: () => {
      seen.hasLooked ||= run.isOutOfTurn;
    },
    onWindow: () => {
      seen.hasLooked = true;
    },
    onWindowWrite: (client, what) => journal.note(client, what),
  });

  const choices: number[] = [];
  const turn = (client: string, label = 'goes on') =>
    run.schedule(Promise.resolve(), `${client}: ${label}`, { client, key: null, phase: 'turn', handle: run });
  const context = { registry, journal, clock, plan, scheduler: run, turn, idle: () => run.idle() };
  const outcome = await run.execute(
    async () => scenario(context),
    (possible) => {
      const step = choose(possible);
      if (possible.length > 1) choices.push(possible.findIndex(({ id }) => id === step.id));
      return step;
    },
  );
  return { outcome, steps: run.steps, choices, journal, ...seen };
}

export function isFailure({ outcome: { type } }: Trial): boolean {
  return type !== 'passed';
}
