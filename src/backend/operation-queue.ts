import type { Operation } from './operation';

/** The place of one operation in the queue of its handle. */
export class Ticket {
  /** What `perform` is given. */
  operation: Operation | undefined;
  /** Whether its `perform` is on the stack, and has not called its action. */
  isPerforming = false;
  /** Whether the store is writing for it. Those behind it wait until that is settled, whatever its caller is answered meanwhile. */
  isWriting = false;
  /** Whether its caller has a result or an error. */
  isAnswered = false;
  /** Whether it has left the queue. */
  isOver = false;
  /** Called when it is the first, or over. */
  wake: (() => void) | undefined;
}

/**
 * The operations of one handle, first in, first out: each takes effect after those that were called before it, however long
 * the hooks around them take. The first one needs no ticket if nothing is around it: most go that way, and an object for each
 * would add a tenth to a tiny save.
 */
export class OperationQueue {
  #isHeld = false;
  #tickets: Ticket[] | undefined;

  /** Takes the queue if nobody is in it. @returns whether it did */
  hold(): boolean {
    if (this.#isHeld || this.#tickets !== undefined) return false;
    this.#isHeld = true;
    return true;
  }

  /** Ends what `hold` began. */
  release(): void {
    this.#isHeld = false;
    if (this.#tickets !== undefined) this.#tickets[0]?.wake?.();
  }

  enter(): Ticket {
    const ticket = new Ticket();
    this.#tickets ??= [];
    this.#tickets.push(ticket);
    return ticket;
  }

  /** The one that takes effect now; the others wait for it. */
  get first(): Ticket | undefined {
    return this.#tickets?.[0];
  }

  get isPerforming(): boolean {
    return this.#tickets?.some(({ isPerforming }) => isPerforming) ?? false;
  }

  /** Resolves when every earlier operation is over, or this one is; `undefined` if so already. */
  reached(ticket: Ticket): Promise<void> | undefined {
    if (ticket.isOver || (!this.#isHeld && this.first === ticket)) return undefined;
    return new Promise((resolve) => {
      ticket.wake = resolve;
    });
  }

  /** Idempotent. */
  leave(ticket: Ticket): void {
    if (ticket.isOver || this.#tickets === undefined) return;
    ticket.isOver = true;
    ticket.wake?.();
    this.#tickets.splice(this.#tickets.indexOf(ticket), 1);
    if (this.#tickets.length === 0) this.#tickets = undefined;
    else if (!this.#isHeld) this.first?.wake?.();
  }
}
