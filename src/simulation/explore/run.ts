import { nextTask, realSleep } from '../next-task';
import type { ScheduledTurn, Scheduler } from '../scheduling';
import type { Step } from './step';

/** How a run of a scenario has ended. */
export type Outcome =
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly error: unknown }
  /** It waits for something that does not come. */
  | { readonly type: 'stuck' }
  /** Nobody wanted to see the rest of it. */
  | { readonly type: 'abandoned' };

interface Waiting extends Step {
  readonly turn: ScheduledTurn;
  readonly proceed: () => void;
}

/** One run of a scenario: asks whose turn it is, whenever nothing else can happen. */
export class Run implements Scheduler {
  /** What was done, in order. */
  readonly steps: Step[] = [];
  #waiting: Waiting[] = [];
  /** By handle: its operations that have not taken effect, in the order of their calls. */
  readonly #queues = new Map<object, ScheduledTurn['operation'][]>();
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<ScheduledTurn['operation'], string>();

  schedule<T>(task: Promise<T>, _label: string, turn: ScheduledTurn): Promise<T> {
    const { operation, phase } = turn;
    if (phase === 'effect') this.#enqueue(turn);
    const { client, key, type } = operation;
    const id = `${this.#names.get(operation)} ${phase}`;
    return new Promise((resolve) => {
      this.#waiting.push({ id, client, key, type, phase, turn, proceed: () => resolve(task) });
    });
  }

  /**
   * @param choose gives one of the steps that are possible, or nothing to abandon the run
   * @param patience how long to wait, in ms, for something else than a turn, such as a timer of the scenario's own
   */
  async execute(
    scenario: () => Promise<unknown>,
    choose: (possible: readonly Step[]) => Step | undefined,
    patience: number,
  ): Promise<Outcome> {
    let outcome: Outcome | undefined;
    void scenario().then(
      () => {
        outcome = { type: 'passed' };
      },
      (error) => {
        outcome = { type: 'failed', error };
      },
    );
    for (let waited = 0; ; ) {
      await nextTask();
      if (outcome !== undefined) return outcome;
      const possible = this.#possible();
      if (possible.length > 0) {
        waited = 0;
        const step = choose(possible);
        if (step === undefined) return { type: 'abandoned' };
        this.#take(step);
      } else {
        if (waited >= patience) return { type: 'stuck' };
        waited += 1;
        await realSleep(1);
      }
    }
  }

  /** In an order that is the same whenever the same steps are possible. */
  #possible(): Step[] {
    const possible = this.#waiting.filter(
      ({ phase, turn }) => phase === 'reply' || this.#queues.get(turn.handle)?.[0] === turn.operation,
    );
    return possible.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #take({ id, client, key, type, phase }: Step): void {
    const taken = this.#waiting.find((waiting) => waiting.id === id);
    if (taken === undefined) throw new TypeError(`No such step: ${id}`);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== taken);
    if (phase === 'effect') this.#queues.get(taken.turn.handle)?.shift();
    this.steps.push({ id, client, key, type, phase });
    taken.proceed();
  }

  #enqueue({ operation, handle }: ScheduledTurn): void {
    const place = `${operation.client}/${operation.key}`;
    const count = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, count);
    this.#names.set(operation, `${place}#${count}`);
    const queue = this.#queues.get(handle);
    if (queue === undefined) this.#queues.set(handle, [operation]);
    else queue.push(operation);
  }
}
