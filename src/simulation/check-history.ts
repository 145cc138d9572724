import { isWrite } from '../backend/operation';
import { fail, StorageError } from '../errors';
import { Journal } from './journal';
import type { JournalEntry } from './journal-entry';

const NEVER = Number.POSITIVE_INFINITY;

export interface HistoryReport {
  /** Whether there is an order of effects, each between its call and its answer, that explains every answer. */
  readonly linearizable: boolean;
  /** Where there is none: the key, */
  readonly key?: string;
  /** and a part that can't be explained, without most of what is not needed for that. In the order of the calls. */
  readonly entries?: readonly JournalEntry[];
}

/**
 * Whether a history is linearizable, key by key, as that of a register with conditional writes (M. Herlihy and J. Wing,
 * "Linearizability", 1990; the search is that of J. Wing and C. Gong, "Testing and Verifying Concurrent Objects", 1993). An
 * operation that was not answered, or failed with another error than a conflict, may take effect at any time from its call
 * on, or never. What was there before is not known. Of a journal that has dropped writes, only what began after their ends
 * is judged. What a journal does not record looks like an error: `clearAll`, `restore`, changes by windows, and expiry.
 */
export function checkHistory(journal: Journal | readonly JournalEntry[]): HistoryReport {
  const { entries, droppedUntil } = Journal.is(journal) ? journal : { entries: journal, droppedUntil: -NEVER };
  if (!Array.isArray(entries) || !entries.every(isEntry)) fail('ERR_INVALID_OPTION', 'a Journal or its entries', journal);
  const calls = entries.map((entry: JournalEntry): Call => {
    const isCertain = entry.begin > droppedUntil && (entry.outcome === 'done' || isConflict(entry));
    return { entry, certainBy: isCertain ? (entry.end ?? NEVER) : NEVER };
  });
  calls.sort((one, other) => one.entry.begin - other.entry.begin);
  for (const key of new Set(calls.map(({ entry }) => entry.key))) {
    const history = calls.filter(({ entry }) => entry.key === key);
    if (!isLinearizable(history)) return { linearizable: false, key, entries: smallestPart(history).map(({ entry }) => entry) };
  }
  return { linearizable: true };
}

function isEntry(entry: Partial<JournalEntry> | null): boolean {
  return typeof entry?.type === 'string' && typeof entry.key === 'string' && typeof entry.begin === 'number';
}

function isConflict(entry: JournalEntry): boolean {
  return isWrite(entry) && StorageError.is(entry.error) && entry.error.code === 'ERR_REVISION_CONFLICT';
}

interface Call {
  readonly entry: JournalEntry;
  /** By when it has had its effect. `NEVER`: it may have it at any time, or not at all. */
  readonly certainBy: number;
}

/** What is stored; or, where that is not known, what it is not. */
type Stored = { readonly is: string | null } | { readonly isNot: readonly (string | null)[] };

/** What it must find, if anything. */
function needed({ entry }: Call): string | null | undefined {
  return isWrite(entry) ? entry.ifMatch : entry.revision;
}

/** What it stores, if anything; `undefined` too where that is not known. */
function written({ entry }: Call): string | null | undefined {
  if (entry.type === 'clear') return null;
  return isWrite(entry) ? entry.revision : undefined;
}

/** What a call makes of what is stored; nothing where it could not have been answered so. */
function apply(call: Call, stored: Stored): Stored | undefined {
  const [value, revision] = [needed(call), written(call)];
  const isKnown = 'is' in stored;
  const canBe = value === undefined || (isKnown ? stored.is === value : !stored.isNot.includes(value));
  if (call.certainBy < NEVER && isConflict(call.entry)) {
    if (value === undefined) return stored;
    if (isKnown) return canBe ? undefined : stored;
    return { isNot: [...new Set([...stored.isNot, value])].sort() };
  }
  if (!canBe) return undefined;
  if (isWrite(call.entry)) return revision === undefined ? { isNot: [null] } : { is: revision };
  return isKnown || value === undefined ? stored : { is: value };
}

interface State {
  /** The first certain call that has no place in the order yet, and those behind it, uncertain ones too, that have one. */
  readonly first: number;
  readonly behind: readonly number[];
  readonly stored: Stored;
  /** After an uncertain call, that is only worth its place if the next one finds what it has stored. */
  readonly isToBeFound: boolean;
}

/** Whether the calls, which are in the order of their begins, have an order of effects. */
function isLinearizable(history: readonly Call[]): boolean {
  const certain = history.filter(({ certainBy }) => certainBy < NEVER);
  const uncertain = history.filter(({ certainBy, entry }) => certainBy === NEVER && isWrite(entry));
  const seen = new Set<string>();
  const left: State[] = [{ first: 0, behind: [], stored: { isNot: [] }, isToBeFound: false }];
  for (let state = left.pop(); state !== undefined; state = left.pop()) {
    if (state.first >= certain.length) return true;
    const name = JSON.stringify(state);
    if (!seen.has(name)) left.push(...following(state, certain, uncertain));
    seen.add(name);
  }
  return false;
}

/** The states after one more call: any that began before the first of the others was answered. The last is tried first. */
function following(state: State, certain: readonly Call[], uncertain: readonly Call[]): State[] {
  const states: State[] = [];
  let firstAnswer = NEVER;
  for (let index = state.first, call = certain[index]; call && call.entry.begin <= firstAnswer; call = certain[++index]) {
    if (state.behind.includes(index)) continue;
    firstAnswer = Math.min(firstAnswer, call.certainBy);
    const next = place(call, index, state);
    // What changes nothing may as well be next.
    if (next[0]?.stored === state.stored) return next;
    states.unshift(...next);
  }
  const kinds = new Set<string>();
  for (const [index, call] of uncertain.entries()) {
    // Of several that do the same, the one that began first is as good as any.
    const kind = JSON.stringify({ needed: needed(call), written: written(call) });
    if (call.entry.begin > firstAnswer || state.behind.includes(certain.length + index) || kinds.has(kind)) continue;
    kinds.add(kind);
    states.unshift(...place(call, certain.length + index, state));
  }
  return states;
}

function place(call: Call, index: number, { first, behind, stored, isToBeFound }: State): State[] {
  const after = isToBeFound && needed(call) === undefined ? undefined : apply(call, stored);
  if (after === undefined) return [];
  const placed = [...behind, index].sort((one, other) => one - other);
  let next = first;
  for (; placed[0] === next; next += 1) placed.shift();
  return [{ first: next, behind: placed, stored: after, isToBeFound: call.certainBy === NEVER }];
}

/** What leads to the first answer that can't be explained. */
function smallestPart(history: readonly Call[]): readonly Call[] {
  const answers = history.map(({ certainBy }) => certainBy).sort((one, other) => one - other);
  let [good, bad] = [-1, answers.length - 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isLinearizable(beginning(history, answers[middle]))) good = middle;
    else bad = middle;
  }
  let part = beginning(history, answers[bad]);
  for (let size = part.length; size >= 1; ) {
    const { length } = part;
    // From the end: a read goes before its write.
    for (let from = length - size; from > -size; from -= size) {
      const without = part.filter((_, index) => index < from || index >= from + size);
      const explained = without.filter(({ certainBy }) => certainBy !== answers[bad]);
      // A write that was found stays, and so does what explains all the other answers.
      const left = new Set([undefined, ...without.map(written)]);
      const lost = new Set(part.map(written).filter((value) => !left.has(value)));
      const keepsWrites = !without.some((call) => lost.has(needed(call)));
      if (keepsWrites && !isLinearizable(without) && isLinearizable(explained)) part = without;
    }
    if (part.length === length) size = Math.floor(size / 2);
  }
  return part;
}

/** What had begun by then; what had not been answered is uncertain. */
function beginning(history: readonly Call[], until = NEVER): readonly Call[] {
  const begun = history.filter(({ entry }) => entry.begin <= until);
  return begun.map((call) => (call.certainBy <= until ? call : { ...call, certainBy: NEVER }));
}
