import type { Operation } from '../../backend/operation';
import { describe, quote } from '../../errors';
import type { FailedExecution } from './execution';
import { beginningOf, type Exploration, type FailureDetails } from './exploration-error';
import type { CheckedOptions } from './options';
import { formatToken } from './token';

/** So many rows show what goes round in circles. */
const ROWS_OF_ENDLESS = 12;

interface Search<T> {
  readonly options: CheckedOptions<T>;
  readonly runs: number;
  readonly schedules: number;
}

/** A schedule that fails, and with what. */
export interface Failure {
  readonly exploration: Exploration;
  readonly details: FailureDetails;
}

/** What is known of a run that has failed, and what to do next. */
export function describeFailure<T>(execution: FailedExecution, search: Search<T>): Failure {
  const { options, runs, schedules } = search;
  const { outcome, executed, choices, journal } = execution;
  const steps = executed.filter(({ step }) => step.phase !== 'idle').map(({ step }) => step.id);
  const exploration = {
    ...{ runs, schedules },
    timeline: journal.timeline(),
    diagram: journal.diagram(),
    recording: journal.recording(),
    schedule: steps,
    token: formatToken(choices),
    ...(options.strategy === 'random' && { seed: options.seed }),
  };
  const failure = (received: string, other: Partial<Exploration> = {}) => ({
    exploration: { ...exploration, ...other },
    details: { received },
  });
  switch (outcome.type) {
    case 'failed':
      return { exploration, details: { received: describe(outcome.error), cause: outcome.error } };
    case 'diverged':
      return failure(
        `a scenario that never came to '${outcome.missing}' this time: it has to do the same in every run, so it takes the time from clock, and nothing from chance or from earlier runs`,
        { token: '' },
      );
    case 'outdated':
      return failure(
        `a scenario in which ${outcome.client} uses a handle of an earlier run: each run has a registry of its own, so handles, stores and windows are made in the scenario`,
        { token: '' },
      );
    case 'endless':
      return failure(
        `a scenario that goes on and on, ${steps.length} steps by then: a client that asks again and again can wait with clock.sleep(ms), which lets the others go on`,
        { timeline: beginningOf(exploration.timeline, ROWS_OF_ENDLESS) },
      );
    case 'unfinished':
      return failure(
        `a scenario that ends while ${named(outcome.operations)} is under way: await that, or idle() for everything`,
      );
    default:
      return failure(`a scenario that does not end, ${waitsFor(execution, outcome.crashed, options.idleTimeoutMs)}`);
  }
}

function waitsFor({ entries }: FailedExecution, crashed: string | undefined, idleTimeoutMs: number): string {
  if (crashed !== undefined) return `since ${crashed} has crashed: let it race with plan.crashed(${quote(crashed)})`;
  const pending = entries.filter(({ outcome }) => outcome === 'pending');
  if (pending.length > 0) return `with ${named(pending)} pending`;
  return `waiting for something that is no step, for ${idleTimeoutMs} ms (idleTimeoutMs): what takes time can be a clock.sleep, a context.step, or fake timers`;
}

function named(operations: readonly Pick<Operation, 'type' | 'key' | 'client'>[]): string {
  return operations.map(({ type, key, client }) => `${type} ${quote(key)} by ${client}`).join(', ');
}
