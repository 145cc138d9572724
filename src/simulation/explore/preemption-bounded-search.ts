import { ExhaustiveSearch } from './exhaustive-search';
import type { EnabledSteps, Step } from './step';

type Path = readonly { readonly enabled: EnabledSteps; readonly taken: Step }[];

/**
 * Every order with at most so many preemptions (M. Musuvathi and S. Qadeer, "Iterative Context Bounding for Systematic Testing of
 * Multithreaded Programs", 2007): the fewer clients are kept waiting, the easier a schedule is to read, and most bugs need one or
 * two of those. A fault counts as a preemption.
 */
export class PreemptionBoundedSearch extends ExhaustiveSearch {
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  protected override stepsToTake(enabled: EnabledSteps, path: Path): readonly Step[] {
    const spent = path.reduce((sum, { enabled, taken }, place) => sum + costOf(taken, enabled, path[place - 1]?.taken), 0);
    return enabled.filter((step) => spent + costOf(step, enabled, path.at(-1)?.taken) <= this.#limit);
  }
}

/** How much harder a step makes it to follow a schedule: a fault, or a client that is kept waiting for another one. */
function costOf(step: Step, enabled: EnabledSteps, last: Step | undefined): number {
  const isKeptWaiting = last !== undefined && step.client !== last.client && enabled[0].client === last.client;
  const isEarly = step.phase === 'time' && enabled[0].phase !== 'time';
  return Number(step.fault !== undefined) + Number(isKeptWaiting || isEarly);
}
