/**
 * Runs tasks in order, each after the promise jobs of the one before it, never in the stack of whoever adds one. A promise
 * job and no timer, which a test may have faked; but tasks that go on making tasks give timers a chance from time to time,
 * so that a test that never ends runs into its time limit.
 */
export class EventQueue {
  readonly #tasks: (() => void)[] = [];
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
    for (let count = 1; this.#tasks.length > 0; count += 1) {
      await (count % MANY === 0 ? new Promise<void>((resolve) => setTimeout(resolve)) : undefined);
      this.#tasks.shift()?.();
    }
    this.#running = undefined;
  }
}

const MANY = 1000;
