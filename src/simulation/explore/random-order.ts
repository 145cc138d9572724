import { type Random, randomFrom } from '../random';
import type { EnabledSteps, ExecutedStep, Step } from './step';

export type Order = (enabled: EnabledSteps, run: readonly ExecutedStep[]) => Step;

/** Any enabled step, each as likely as the others. */
export function uniformOrder(random: Random): Order {
  return (enabled) => enabled[random.below(enabled.length)] ?? enabled[0];
}

/**
 * Priorities by chance: the client with the highest one goes on, and at a few steps the client of that step falls to the
 * lowest. A bug that needs `depth` orderings is found with a probability of at least 1 / (clients × steps^(depth - 1)) in each
 * run (S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs", ASPLOS 2010).
 * @param steps how many steps a run has, about
 * @param maxFaults how many faults are injected, at places by chance
 */
export function priorityOrder(random: Random, depth: number, steps: number, maxFaults: number): Order {
  const priorities = new Map<string, number>();
  const drops = new Set(Array.from({ length: depth - 1 }, () => random.below(steps)));
  const faults = new Set(Array.from({ length: maxFaults }, () => random.below(steps)));
  let lowest = 0;
  const priorityOf = ({ client }: Step): number => {
    const known = priorities.get(client) ?? 1 + random.next();
    priorities.set(client, known);
    return known;
  };
  return (enabled, run) => {
    const highest = enabled.reduce((best, step) => (priorityOf(step) > priorityOf(best) ? step : best));
    if (drops.has(run.length)) {
      lowest -= 1;
      priorities.set(highest.client, lowest);
    }
    const next = enabled.reduce((best, step) => (priorityOf(step) > priorityOf(best) ? step : best));
    if (!faults.has(run.length)) return next;
    const faulty = enabled.filter(({ fault, client }) => fault !== undefined && client === next.client);
    return faulty[random.below(Math.max(1, faulty.length))] ?? next;
  };
}

/** The order of a run of a random search: by turns any step, and priorities of depth 1, 2 and 3. */
export function randomOrder(seed: number, run: number, steps: number, maxFaults: number): Order {
  const random = randomFrom(seed + run * 7919);
  return run % 2 === 0 ? uniformOrder(random) : priorityOrder(random, 1 + ((run >> 1) % 3), Math.max(1, steps), maxFaults);
}
