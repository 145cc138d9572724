import type { Operation } from '../../backend/operation';
import type { FaultKind } from '../fault-plan';
import type { ScheduledTurn } from '../with-schedule';
import type { Accesses } from './accesses';

/** What can be done next. It has the same id in every run that comes to the same point. */
export interface Step {
  /** `client/key#n effect`: the nth operation of a client on a key. With a fault: `client/key#n effect, refused`. */
  readonly id: string;
  /** The id without the fault: a step and its faults exclude each other. */
  readonly base: string;
  /** Whose it is; of the clock, `clock`, and of the scenario itself, the empty text. */
  readonly client: string;
  readonly key: string | null;
  readonly phase: ScheduledTurn['phase'] | 'time' | 'idle';
  /** Of an effect and a reply. */
  readonly operation?: Operation['type'] | undefined;
  readonly fault?: FaultKind;
}

/** The enabled steps at one point: at least one. The first one goes on as it comes: with the same client, and without a fault. */
export type EnabledSteps = readonly [Step, ...Step[]];

/** A step that was taken in a run, with all that was done until nothing was left to do without another step. */
export interface ExecutedStep {
  readonly step: Step;
  /** The resources that it has read and written. */
  readonly accesses: Accesses;
  /** The place, in the run, of the step after which this one was enabled; -1 for the beginning. */
  readonly enabledBy: number;
  /**
   * Whether it had to wait for all steps before it, or for all up to the one that enabled it: because it needs a scenario at
   * rest.
   */
  readonly awaits: 'all' | 'all before' | 'enabler';
  /** The ids, without faults, of steps that could have been taken instead, and can't be taken any more. */
  disabled?: readonly string[];
}

/** A step that can be taken now. */
export interface EnabledStep extends Pick<ExecutedStep, 'step' | 'enabledBy' | 'awaits'> {
  readonly take: (accesses: Accesses) => void;
}
