/**
 * One operation's place in the order of its handle: it takes effect after those that were called before it, however long
 * the hooks around them take. A turn is over when the effect has happened, or when it is certain that it won't.
 */
export class Turn {
  #previous: Turn | undefined;
  finished = false;
  #waiting: (() => void)[] = [];

  constructor(previous: Turn | undefined) {
    this.#previous = previous;
  }

  /** Resolves when every earlier turn is over; `undefined` if they all are. */
  arrival(): Promise<void> | undefined {
    const earlier = this.earlier();
    return earlier && new Promise<void>((resolve) => earlier.#waiting.push(resolve)).then(() => this.arrival());
  }

  finish(): void {
    this.finished = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The nearest earlier turn that is not over. A finished one in between may have given up out of order. */
  earlier(): Turn | undefined {
    while (this.#previous?.finished) this.#previous = this.#previous.#previous;
    return this.#previous;
  }
}
