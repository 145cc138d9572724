import type { Operation } from '../../backend/base-storage-backend';
import { describe, quote } from '../../errors';
import { ExplorationError } from './exploration-error';
import type { CheckedOptions } from './options';
import { formatToken } from './token';
import type { FailedTrial, Trial } from './trial';

/** The error of a run that has failed, with what to do next. */
export function describeFailure<T>(
  trial: FailedTrial,
  schedules: number,
  { strategy, seed, patience }: CheckedOptions<T>,
): ExplorationError {
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
      return new ExplorationError(
        { ...exploration, token: '' },
        `a scenario that never came to '${outcome.missing}' this time: it has to do the same in every run, so it takes the time from clock, and nothing from chance or from earlier runs`,
      );
    case 'endless':
      return new ExplorationError(exploration, `a scenario that goes on and on, ${steps.length} steps by then`);
    case 'unfinished':
      return new ExplorationError(
        exploration,
        `a scenario that ends while ${named(outcome.operations)} is under way: await that, or idle() for everything`,
      );
    default:
      return new ExplorationError(exploration, `a scenario that does not end, ${waitsFor(trial, outcome.crashed, patience)}`);
  }
}

function waitsFor({ journal }: Trial, crashed: string | undefined, patience: number): string {
  if (crashed !== undefined) return `since ${crashed} has crashed: let it race with plan.crashed(${quote(crashed)})`;
  const pending = journal.find({ outcome: 'pending' });
  if (pending.length > 0) return `with ${named(pending)} pending`;
  return `waiting for something that is no operation, for ${patience} ms of patience: what takes time can be a clock.sleep, a turn, or fake timers`;
}

function named(operations: readonly Pick<Operation, 'type' | 'key' | 'client'>[]): string {
  return operations.map(({ type, key, client }) => `${type} ${quote(key)} by ${client}`).join(', ');
}
