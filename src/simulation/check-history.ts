import { refuse, StorageError } from '../errors';
import { Journal } from './journal';
import type { JournalEntry } from './journal-entry';

export interface HistoryReport {
  /** Whether there is an order of effects, each between its call and its answer, that explains every answer. */
  readonly linearizable: boolean;
  /** Where there is none: the key, */
  readonly key?: string;
  /** and the fewest operations that can't be explained. */
  readonly entries?: readonly JournalEntry[];
}

/**
 * Whether a history is linearizable, key by key, as that of a register with conditional writes (M. Herlihy and J. Wing,
 * "Linearizability", 1990; the search is that of J. Wing and C. Gong, "Testing and Verifying Concurrent Objects", 1993). An
 * operation that was not answered, or failed with another error than a conflict, may have taken effect or not.
 */
export function checkHistory(journal: Journal | readonly JournalEntry[]): HistoryReport {
  const entries = journal instanceof Journal ? journal.entries : journal;
  if (!Array.isArray(entries) || !entries.every(isEntry)) refuse('ERR_INVALID_OPTION', 'a Journal or its entries', journal);
  for (const key of new Set(entries.map((entry: JournalEntry) => entry.key))) {
    const history = entries.filter((entry: JournalEntry) => entry.key === key);
    if (!isLinearizable(history)) return { linearizable: false, key, entries: smallestPart(history) };
  }
  return { linearizable: true };
}

function isEntry(entry: Partial<JournalEntry> | null): boolean {
  return typeof entry?.type === 'string' && typeof entry.key === 'string' && typeof entry.begin === 'number';
}

/** A revision; `null` for nothing; `undefined` for any revision that the history does not name. */
type Stored = string | null | undefined;

/** What an operation makes of what is stored; nothing where it could not have been answered so. */
function apply(entry: JournalEntry, stored: Stored): { readonly stored: Stored } | undefined {
  const { type, outcome, ifMatch, revision = null } = entry;
  const isMet = ifMatch === undefined || ifMatch === stored;
  if (outcome === 'failed' && isConflict(entry)) return isMet ? undefined : { stored };
  switch (type) {
    case 'load':
    case 'stat':
      return outcome !== 'done' || entry.revision === undefined || revision === stored ? { stored } : undefined;
    case 'save':
    case 'update':
      return isMet ? { stored: revision } : undefined;
    case 'clear':
      return isMet ? { stored: null } : undefined;
    default:
      return { stored };
  }
}

function isConflict({ error }: JournalEntry): boolean {
  return StorageError.is(error) && error.code === 'ERR_REVISION_CONFLICT';
}

/** Whether it must have taken effect. */
function isCertain(entry: JournalEntry): boolean {
  return entry.outcome === 'done' || (entry.outcome === 'failed' && isConflict(entry));
}

/** Tries one operation after another as the next in order: any that was called before the first of the others was answered. */
function isLinearizable(history: readonly JournalEntry[]): boolean {
  const seen = new Set<string>();
  const search = (left: readonly JournalEntry[], stored: Stored): boolean => {
    const certain = left.filter(isCertain);
    if (certain.length === 0) return true;
    const state = `${left.map(({ number }) => number).join(' ')} ${stored}`;
    if (seen.has(state)) return false;
    seen.add(state);
    const firstAnswer = Math.min(...certain.map(({ end = Number.POSITIVE_INFINITY }) => end));
    return left
      .filter(({ begin }) => begin < firstAnswer)
      .some((next) => {
        const after = apply(next, stored);
        return (
          after !== undefined &&
          search(
            left.filter((other) => other !== next),
            after.stored,
          )
        );
      });
  };
  // What was there before the journal began is not known: the first answer says it.
  const before = new Set<Stored>([undefined, null, ...history.flatMap(({ revision, ifMatch }) => [revision, ifMatch])]);
  return [...before].some((stored) => search(history, stored));
}

/** The shortest beginning that can't be explained, without operations that change nothing about that. */
function smallestPart(history: readonly JournalEntry[]): readonly JournalEntry[] {
  const answers = history.flatMap(({ end }) => (end === undefined ? [] : [end])).sort((a, b) => a - b);
  const until = answers.find((end) => !isLinearizable(beginning(history, end))) ?? Number.POSITIVE_INFINITY;
  let part = beginning(history, until);
  for (let size = 0; size !== part.length; ) {
    size = part.length;
    for (const entry of part) {
      const without = part.filter((other) => other !== entry);
      // A write that somebody has read is part of the explanation.
      const isRead = without.some(
        ({ revision, ifMatch }) => entry.revision !== undefined && [revision, ifMatch].includes(entry.revision),
      );
      const isWrite = entry.type === 'save' || entry.type === 'update';
      if (!(isWrite && isRead) && !isLinearizable(without)) part = without;
    }
  }
  return part;
}

/** What had been called by then; what had not been answered is pending. */
function beginning(history: readonly JournalEntry[], until: number): readonly JournalEntry[] {
  return history
    .filter(({ begin }) => begin <= until)
    .map((entry) => (entry.end !== undefined && entry.end <= until ? entry : { ...entry, outcome: 'pending' as const }));
}
