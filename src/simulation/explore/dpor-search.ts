import { HappensBefore } from './happens-before';
import type { Search } from './search';
import type { EnabledSteps, ExecutedStep, Step } from './step';

/** A point that the search has come to. */
interface Point {
  readonly enabled: EnabledSteps;
  /** Steps that lead only to what other runs have shown: a sleep set. */
  readonly asleep: readonly ExecutedStep[];
  /** Steps that were taken from here. */
  readonly done: ExecutedStep[];
  /** Steps that are yet to be taken from here. */
  readonly left: Step[];
  /** The ids, without faults, of all that was or is to be taken from here: a source set. */
  readonly sources: Set<string>;
  taken: Step;
}

/**
 * Of all orders that differ only in the order of independent steps, at least one: dynamic partial-order reduction with source
 * sets and sleep sets (P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, "Optimal Dynamic Partial Order Reduction", POPL 2014).
 * After each run, the races in it are looked for: two steps that use one resource and could have come in the other order. For
 * each, a step that leads to the other order is taken at the point before the first of the two, unless one is already.
 *
 * A step and its faults are alternatives: where one of them is taken, the others are, too.
 */
export class DporSearch implements Search {
  readonly #path: Point[] = [];
  #depth = 0;
  /** The first point of the run that no run has come to before. */
  #firstNew = 0;
  isRedundant = false;
  /** Of the latest run that has ended. */
  order = new HappensBefore([]);

  choose(enabled: EnabledSteps, run: readonly ExecutedStep[]): Step {
    const known = this.#path[this.#depth];
    this.#depth += 1;
    if (known !== undefined) return known.taken;
    if (this.isRedundant) return enabled[0];
    const asleep = this.#asleepAfter(run.at(-1));
    const first = enabled.find(({ id }) => !asleep.some(({ step }) => step.id === id));
    if (first === undefined) {
      this.isRedundant = true;
      return enabled[0];
    }
    const point: Point = { enabled, asleep, done: [], left: [], sources: new Set(), taken: first };
    addSource(point, first.base);
    // A fault may be the last one that is allowed: then it does not stand for the others.
    if (first.fault !== undefined) for (const { base, fault } of enabled) if (fault !== undefined) addSource(point, base);
    point.taken = point.left.shift() ?? first;
    this.#path.push(point);
    return point.taken;
  }

  backtrack(run: readonly ExecutedStep[]): boolean {
    this.#reverseRaces(run);
    this.#depth = 0;
    this.isRedundant = false;
    for (let point = this.#path.at(-1); point !== undefined; point = this.#path.at(-1)) {
      const executed = run[this.#path.length - 1];
      if (executed !== undefined) point.done.push(executed);
      const next = point.left.shift();
      if (next !== undefined) {
        point.taken = next;
        this.#firstNew = this.#path.length - 1;
        return true;
      }
      this.#path.pop();
    }
    return false;
  }

  /** The sleep set behind the last point: what does not depend on the step that was taken there. */
  #asleepAfter(executed: ExecutedStep | undefined): ExecutedStep[] {
    const before = this.#path.at(-1);
    if (before === undefined || executed === undefined) return [];
    return [...before.asleep, ...before.done].filter(({ accesses }) => !accesses.conflictsWith(executed.accesses));
  }

  #reverseRaces(run: readonly ExecutedStep[]): void {
    const order = new HappensBefore(this.isRedundant ? run.slice(0, this.#path.length) : run);
    this.order = order;
    for (let place = this.#firstNew; place < this.#path.length; place += 1) {
      const point = this.#path[place] as Point;
      for (const base of run[place]?.disabled ?? []) addSource(point, base);
      for (const race of order.racesOf(place)) {
        const initials = order.initialsOf(race).map((initial) => (run[initial] as ExecutedStep).step);
        reverse(this.#path[race.first] as Point, initials);
      }
    }
  }
}

/** Sees to it that one of these steps is taken at a point, or was, or need not be. */
function reverse(point: Point, initials: readonly Step[]): void {
  const { sources, asleep, enabled } = point;
  if (initials.some(({ id, base }) => sources.has(base) || asleep.some(({ step }) => step.id === id))) return;
  const added = initials.find(({ base }) => enabled.some((step) => step.base === base));
  if (added !== undefined) addSource(point, added.base);
}

function addSource({ enabled, asleep, left, sources }: Point, base: string): void {
  if (sources.has(base)) return;
  sources.add(base);
  left.push(...enabled.filter((step) => step.base === base && !asleep.some((other) => other.step.id === step.id)));
}
