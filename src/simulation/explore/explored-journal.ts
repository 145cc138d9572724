import { Journal, type JournalOptions } from '../journal';
import type { JournalEntry } from '../journal-entry';

/** A journal that calls back when its order is looked at. */
export class ExploredJournal extends Journal {
  readonly #onRead: () => void;

  constructor(options: JournalOptions, onRead: () => void) {
    super(options);
    this.#onRead = onRead;
  }

  override get entries(): readonly JournalEntry[] {
    this.#onRead();
    return super.entries;
  }

  override toString(): string {
    this.#onRead();
    return super.toString();
  }

  override toMermaid(): string {
    this.#onRead();
    return super.toMermaid();
  }
}
