import type { Search } from './search';
import type { EnabledSteps, Step } from './step';

/** A point that a search has come to. */
interface Point {
  readonly enabled: EnabledSteps;
  /** Steps that are yet to be taken from here. */
  readonly left: Step[];
  taken: Step;
}

/** Every order, depth first: each run follows the path to the last point where a step is left to take. */
export class ExhaustiveSearch implements Search {
  readonly isRedundant = false;
  readonly #path: Point[] = [];
  #depth = 0;

  choose(enabled: EnabledSteps): Step {
    const known = this.#path[this.#depth];
    this.#depth += 1;
    if (known !== undefined) return known.taken;
    const [taken = enabled[0], ...left] = this.stepsToTake(enabled, this.#path);
    this.#path.push({ enabled, left, taken });
    return taken;
  }

  backtrack(): boolean {
    this.#depth = 0;
    for (let point = this.#path.at(-1); point !== undefined; point = this.#path.at(-1)) {
      const next = point.left.shift();
      if (next !== undefined) {
        point.taken = next;
        return true;
      }
      this.#path.pop();
    }
    return false;
  }

  /** Of the enabled steps, those that are to be taken, after the steps of a path. */
  protected stepsToTake(enabled: EnabledSteps, _path: readonly Pick<Point, 'enabled' | 'taken'>[]): readonly Step[] {
    return enabled;
  }
}
