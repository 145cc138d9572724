import type { EnabledSteps, ExecutedStep, Step } from './step';

/** Says which steps a run takes, and whether there is another run to be made. */
export interface Search {
  /** The next step of the run that goes on, whose steps so far are given. */
  choose(enabled: EnabledSteps, run: readonly ExecutedStep[]): Step;
  /**
   * Whether the rest of this run has been seen in other runs, with independent steps in another order. The run goes on all the
   * same: scenarios clean up at their end.
   */
  readonly isRedundant: boolean;
  /** Makes ready for another run, after one whose steps are given. @returns whether there is one */
  backtrack(run: readonly ExecutedStep[]): boolean;
}
