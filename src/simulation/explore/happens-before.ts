import { type AccessMode, areConflicting } from './accesses';
import { hashText, mixHashes } from './hash';
import type { ExecutedStep } from './step';

/** Two steps whose order could have been the other one: places in the run. */
export interface Race {
  readonly first: number;
  readonly second: number;
}

/**
 * The happens-before relation of a run, as vector clocks (F. Mattern, "Virtual Time and Global States of Distributed Systems",
 * 1989): a step comes after the step that enabled it, and after the steps before it whose resources it uses. All steps of one
 * client are ordered, since each of them writes the state of its client; so one number for each client describes what came before.
 */
export class HappensBefore {
  readonly #run: readonly ExecutedStep[];
  readonly #clientHashes: number[] = [];
  readonly #clientOf: number[] = [];
  /** For each step, its number among the steps of its client. */
  readonly #numbers: number[] = [];
  /** For each step, how many steps of each client are before it, with itself. */
  readonly #clocks: number[][] = [];
  readonly #predecessors: number[][] = [];

  constructor(run: readonly ExecutedStep[]) {
    this.#run = run;
    const clients = new Map<string, number>();
    /** By resource: the places of the steps that have used it. */
    const uses = new Map<string, number[]>();
    const counts: number[] = [];
    for (let place = 0; place < run.length; place += 1) {
      const { step, accesses, enabledBy, awaits } = run[place] as ExecutedStep;
      let client = clients.get(step.client);
      if (client === undefined) {
        client = clients.size;
        clients.set(step.client, client);
        this.#clientHashes.push(hashText(step.client));
      }
      this.#clientOf.push(client);
      const predecessors = enabledBy >= 0 ? [enabledBy] : [];
      for (let index = 0; index < accesses.resources.length; index += 1) {
        const resource = accesses.resources[index] as string;
        const earlier = uses.get(resource);
        if (earlier === undefined) {
          uses.set(resource, [place]);
        } else {
          this.#addConflicts(earlier, resource, accesses.modes[index] as AccessMode, predecessors);
          earlier.push(place);
        }
      }
      const clock: number[] = [];
      if (awaits === 'all') raise(clock, counts);
      if (awaits === 'all before')
        for (let before = 0; before <= enabledBy; before += 1) raise(clock, this.#clocks[before] as number[]);
      for (const predecessor of predecessors) raise(clock, this.#clocks[predecessor] as number[]);
      const number = (counts[client] ?? 0) + 1;
      counts[client] = number;
      clock[client] = number;
      this.#numbers.push(number);
      this.#clocks.push(clock);
      this.#predecessors.push(predecessors);
    }
  }

  /** Adds the steps with a conflicting use, back to a write: what is before that is before all of it. */
  #addConflicts(places: readonly number[], resource: string, mode: AccessMode, predecessors: number[]): void {
    for (let index = places.length - 1; index >= 0; index -= 1) {
      const place = places[index] as number;
      const other = this.#run[place]?.accesses.modeOf(resource) as AccessMode;
      if (areConflicting(other, mode) && !predecessors.includes(place)) predecessors.push(place);
      if (other === 'write') return;
    }
  }

  /** Whether one step is before another, later one. */
  isBefore(first: number, second: number): boolean {
    const client = this.#clientOf[first] as number;
    return (this.#clocks[second]?.[client] ?? 0) >= (this.#numbers[first] as number);
  }

  /** Of the steps before this one, those that could have come after it: nothing in between orders the two. */
  racesOf(second: number): Race[] {
    const { awaits, enabledBy } = this.#run[second] as ExecutedStep;
    if (awaits === 'all') return [];
    const predecessors = this.#predecessors[second] as number[];
    const isReversible = (first: number): boolean =>
      first !== enabledBy &&
      !(awaits === 'all before' && first <= enabledBy) &&
      !predecessors.some((between) => between !== first && between > first && this.isBefore(first, between));
    return predecessors.filter(isReversible).map((first) => ({ first, second }));
  }

  /**
   * The steps that can come first where the second of a race is to come before the first: those between that do not come after
   * the first, and the second itself, as far as none of the others is before them. Places in the run.
   */
  initialsOf({ first, second }: Race): number[] {
    const others: number[] = [];
    for (let place = first + 1; place < second; place += 1) if (!this.isBefore(first, place)) others.push(place);
    others.push(second);
    return others.filter((place, index) => !others.slice(0, index).some((earlier) => this.isBefore(earlier, place)));
  }

  /** A number for a step and what is before it: the same where independent steps come in another order. */
  hashOf(place: number): number {
    const { step } = this.#run[place] as ExecutedStep;
    let hash = hashText(step.id);
    // A sum, since clients may begin in another order.
    for (const [client, count] of (this.#clocks[place] as number[]).entries()) {
      if (count > 0) hash += mixHashes(this.#clientHashes[client] as number, count);
    }
    return hash;
  }
}

function raise(clock: number[], other: readonly number[]): void {
  for (let client = 0; client < other.length; client += 1) {
    const count = other[client] ?? 0;
    if (count > (clock[client] ?? 0)) clock[client] = count;
  }
}
