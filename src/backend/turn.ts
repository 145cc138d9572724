/**
 * One operation's place in the order of its handle: it takes effect after those that were called before it, however long
 * the hooks around them take. A turn is over when the effect has happened, or when it is certain that it won't.
 */
export class Turn {
  /** Of the handle: it keeps its turns and its client's name in one field. */
  readonly client: string | number;
  finished = false;
  /** Whether `perform` runs and has not called its action yet. */
  performing = false;
  /** The operation within whose `perform` this one was called, if there is one. */
  readonly outer: Turn | undefined;
  private previous: Turn | undefined;
  private waiting: (() => void)[] | undefined;

  constructor(client: string | number, previous: Turn | undefined) {
    this.client = client;
    this.previous = previous;
    this.outer = previous?.performing ? previous : previous?.outer?.performing ? previous.outer : undefined;
  }

  /** Resolves when every earlier turn is over; `undefined` if they all are. */
  arrival(): Promise<void> | undefined {
    const earlier = this.earlier();
    return earlier === undefined ? undefined : earlier.end().then(() => this.arrival());
  }

  finish(): void {
    this.finished = true;
    if (this.waiting === undefined) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** The nearest earlier turn that is not over. A finished one in between may have given up out of order. */
  earlier(): Turn | undefined {
    while (this.previous?.finished) this.previous = this.previous.previous;
    return this.previous;
  }

  private end(): Promise<void> {
    this.waiting ??= [];
    const waiting = this.waiting;
    return new Promise((resolve) => waiting.push(resolve));
  }
}
