import { reportUncaught } from '../store/change-feed';

/**
 * Runs tasks in order, each in a microtask of its own, never in the stack of whoever adds one. Microtasks and no timers,
 * which a test may have faked; but tasks that go on making tasks give timers a chance from time to time, so that a test
 * that never ends runs into its time limit.
 */
export class EventQueue {
  #tasks: (() => void)[] = [];
  #running: Promise<void> | undefined;

  add(task: () => void): void {
    this.#tasks.push(task);
    this.#running ??= this.#run();
  }

  /** Resolves when no task is left. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    for (let round = 1; this.#tasks.length > 0; round += 1) {
      if (round % ROUNDS_WITHOUT_PAUSE === 0) await new Promise<void>((resolve) => setTimeout(resolve));
      for (const task of this.#tasks.splice(0)) {
        await undefined;
        try {
          task();
        } catch (error) {
          reportUncaught(error);
        }
      }
    }
    this.#running = undefined;
  }
}

/** A round is what the tasks of the round before it have added. */
const ROUNDS_WITHOUT_PAUSE = 1000;
