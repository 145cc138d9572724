import { reportUncaught } from '../store/report-uncaught';

/**
 * Runs tasks in order, each in a microtask of its own, never in the stack of whoever adds one. Microtasks and no timers,
 * which a test may have faked; but tasks that go on making tasks give timers a chance from time to time, so that a test
 * that never ends runs into its time limit.
 */
export class EventQueue {
  #tasks: { readonly task: () => void; readonly turn: (() => Promise<unknown>) | undefined }[] = [];
  #running: Promise<void> | undefined;

  /** @param turn resolves when it may be run; everything behind it waits as well */
  add(task: () => void, turn?: () => Promise<unknown>): void {
    this.#tasks.push({ task, turn });
    this.#running ??= this.#run();
  }

  get isSettled(): boolean {
    return this.#running === undefined;
  }

  /** Resolves when no task is left. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    for (let round = 1; this.#tasks.length > 0; round += 1) {
      if (round % ROUNDS_WITHOUT_PAUSE === 0) await new Promise<void>((resolve) => setTimeout(resolve));
      for (const { task, turn } of this.#tasks.splice(0)) {
        await turn?.();
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
