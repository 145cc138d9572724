import type { Operation } from '../backend/operation';

/** What a journal knows of one operation. */
export interface JournalEntry {
  /** Counts from 1, in the order of the calls. */
  readonly number: number;
  readonly type: Operation['type'];
  readonly client: string;
  readonly key: string;
  /** Of a conditional write: what had to be stored; `null` for nothing. */
  readonly ifMatch?: string | null;
  /**
   * Of a save or an update: the revision that it stored, or was to store. Of a load and a stat: the one that it found;
   * `null` for nothing. Absent where that is not known.
   */
  readonly revision?: string | null;
  /** Places in the order of everything that the journal has recorded. Absent: it has not come to that. */
  readonly begin: number;
  readonly effect?: number;
  readonly end?: number;
  /** Times, in ms, of the journal's clock. */
  readonly beganAt: number;
  readonly endedAt?: number;
  readonly outcome: 'pending' | 'done' | 'failed';
  /** Why it failed. */
  readonly error?: unknown;
}

/** Something else that a client did. */
export interface JournalNote {
  readonly client: string;
  readonly text: string;
  /** In the order of everything that the journal has recorded. */
  readonly place: number;
  /** @internal All of the value that the text shows in a few characters, if there is one. */
  readonly whole?: () => string;
}
