import { areIndependent, type Possible, type Sharing, type Step } from './step';

/** Says which step a run takes, and whether there is another run to be made. */
export interface Strategy {
  /** The next step of the run that goes on. */
  choose(possible: Possible): Step;
  /** Whether all that is left of this run has been seen in others. It goes on all the same: scenarios clean up at their end. */
  readonly isRepeating: boolean;
  /** Makes ready for another run. @returns whether there is one */
  backtrack(): boolean;
}

/** A point that a search has come to. */
interface Point {
  /** Steps that are yet to be tried from here. */
  readonly untried: Step[];
  /** Steps that lead only to what was seen already. */
  readonly asleep: Step[];
  readonly possible: Possible;
  taken: Step;
  /** What the way to here has cost, this step included, where that is counted. */
  spent?: number;
}

/** Goes through orders, depth first: each run follows the path to the last point where something is left to try. */
abstract class DepthFirst implements Strategy {
  protected readonly path: Point[] = [];
  #depth = 0;
  isRepeating = false;

  /** Of the steps that are possible at a new point, those to try, and those that need not be. */
  protected abstract open(possible: Possible): { untried: Step[]; asleep: Step[] };

  choose(possible: Possible): Step {
    const known = this.path[this.#depth];
    this.#depth += 1;
    if (known !== undefined) return known.taken;
    const { untried, asleep } = this.isRepeating ? NOTHING_TO_TRY : this.open(possible);
    const taken = untried.shift();
    if (taken !== undefined) this.path.push({ untried, asleep, possible, taken });
    this.isRepeating = taken === undefined;
    return taken ?? possible[0];
  }

  backtrack(): boolean {
    this.#depth = 0;
    this.isRepeating = false;
    for (let point = this.path.at(-1); point !== undefined; point = this.path.at(-1)) {
      const next = point.untried.shift();
      if (next !== undefined) {
        point.asleep.push(point.taken);
        point.taken = next;
        return true;
      }
      this.path.pop();
    }
    return false;
  }
}

const NOTHING_TO_TRY: { untried: Step[]; asleep: Step[] } = { untried: [], asleep: [] };

/** Every order. */
export class EveryOrder extends DepthFirst {
  protected override open(possible: Possible): { untried: Step[]; asleep: Step[] } {
    return { untried: [...possible], asleep: [] };
  }
}

/**
 * Of all orders that differ only in the order of independent steps, one. Two means, both sound: *sleep sets* (P. Godefroid,
 * "Partial-Order Methods for the Verification of Concurrent Systems", 1996), by which a step that was tried before is not
 * tried again behind steps that it does not depend on; and *persistent sets*: a client that has nothing but replies
 * to come goes on at once, as long as no step of another client depends on them.
 */
export class EveryDifferentOrder extends DepthFirst {
  readonly #sharing: Sharing;

  constructor(sharing: Sharing) {
    super();
    this.#sharing = sharing;
  }

  protected override open(possible: Possible): { untried: Step[]; asleep: Step[] } {
    const before = this.path.at(-1);
    const asleep = before?.asleep.filter((step) => areIndependent(step, before.taken, this.#sharing)) ?? [];
    const free = this.#clientThatMayGoOn(possible);
    const worthTrying = free === undefined ? possible : possible.filter(({ client }) => client === free);
    return { untried: worthTrying.filter(({ id }) => !asleep.some((step) => step.id === id)), asleep };
  }

  #clientThatMayGoOn(possible: Possible): string | undefined {
    const { changes, time, crashes } = this.#sharing;
    if (changes || time || crashes) return undefined;
    return possible.find(({ client }) =>
      possible.every((step) => step.client !== client || (step.access === 'own' && step.fault === undefined)),
    )?.client;
  }
}

/**
 * Orders whose steps cost no more than so much (M. Musuvathi and S. Qadeer, "Iterative Context Bounding", 2007): the fewer
 * clients are kept waiting, the easier a schedule is to read, and most bugs need one or two of those.
 */
export class FewPreemptions extends DepthFirst {
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  protected override open(possible: Possible): { untried: Step[]; asleep: Step[] } {
    const [last, before] = [this.path.at(-1), this.path.at(-2)];
    const spent = last === undefined ? 0 : (before?.spent ?? 0) + costOf(last.taken, last.possible, before?.taken);
    if (last !== undefined) last.spent = spent;
    return { untried: possible.filter((step) => spent + costOf(step, possible, last?.taken) <= this.#limit), asleep: [] };
  }
}

/** How much harder a step makes it to follow a schedule: a fault, or a client kept waiting for another one. */
export function costOf(step: Step, possible: Possible, last: Step | undefined): number {
  const isKeptWaiting = last !== undefined && step.client !== last.client && possible[0].client === last.client;
  const isEarly = step.phase === 'time' && possible[0].phase !== 'time';
  return Number(step.fault !== undefined) + Number(isKeptWaiting || isEarly);
}
