import { nextTask } from '../real-time/next-task';
import { reportUncaught } from '../store/report-uncaught';

/** Delivers events in order: each in a task of its own, as browsers do, or when a scheduler says so. Fake timers do not stop it. */
export class EventQueue {
  #events: { readonly deliver: () => void; readonly turn: () => Promise<unknown> }[] = [];
  #running: Promise<void> | undefined;

  /** @param turn resolves when it may be delivered; everything behind it waits as well. Default: in the next task */
  add(deliver: () => void, turn: () => Promise<unknown> = nextTask): void {
    this.#events.push({ deliver, turn });
    this.#running ??= this.#run();
  }

  get isSettled(): boolean {
    return this.#running === undefined;
  }

  /** Resolves when no event is left. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      await event.turn();
      try {
        event.deliver();
      } catch (error) {
        reportUncaught(error);
      }
    }
    this.#running = undefined;
  }
}
