import { decodeWith, type StorageCodec } from '../codec/storage-codec';
import type { SnapshotInput } from '../contracts';
import type { KeyChange } from '../store/commit';
import type { JournalEntry, JournalNote } from './journal-entry';
import { clientsOf, type DataOf, rowsOf, whole } from './timeline';

/** One run of a scenario, step by step, as data that JSON can write: a page can draw it, a worker can send it. */
export interface Recording {
  /** In the order in which they began. */
  readonly clients: readonly string[];
  /** What the registry held before the first step. */
  readonly initial: readonly StoredValue[];
  /** The rows of the timeline. */
  readonly steps: readonly RecordedStep[];
}

/** What a key holds. */
export interface StoredValue {
  readonly key: string;
  readonly revision: string;
  /** As text: that of a string, otherwise JSON. */
  readonly data: string;
}

export interface RecordedStep {
  readonly client: string;
  /** What goes from a client to the storage, what comes back later than that, or what a client does by itself. */
  readonly type: 'request' | 'answer' | 'note';
  /** As the timeline shows it. */
  readonly text: string;
  /** All of what was found, stored or answered, as text. */
  readonly data?: string;
  /** What the registry holds since this step. */
  readonly stored: readonly StoredValue[];
  /** The keys that were written or removed in it. */
  readonly changed: readonly string[];
}

/** A commit of the registry, and the place of what was recorded before it. */
export interface RecordedCommit {
  readonly place: number;
  readonly changes: readonly KeyChange[];
}

/** What a run began with, and what was committed in it. */
export interface RecordedContents {
  readonly initial: Readonly<Record<string, SnapshotInput<unknown>>>;
  readonly commits: readonly RecordedCommit[];
  readonly codec: StorageCodec<unknown>;
}

export function recordingOf(
  entries: readonly JournalEntry[],
  notes: readonly JournalNote[],
  dataOf: DataOf,
  { initial: snapshots, commits, codec }: RecordedContents,
): Recording {
  const contents = new Map(
    Object.entries(snapshots).map(([key, { revision, data }]) => [key, toStoredValue(key, revision, () => data)]),
  );
  let next = 0;
  /** What was committed before something has its place. */
  const commitUntil = (place: number) => {
    const changed = new Set<string>();
    for (let commit = commits[next]; commit !== undefined && commit.place < place; commit = commits[next]) {
      next += 1;
      for (const { key, after } of commit.changes) {
        changed.add(key);
        if (after === null) {
          contents.delete(key);
          continue;
        }
        const { revision, data } = after;
        contents.set(
          key,
          toStoredValue(key, revision, () => decodeWith(codec, data)),
        );
      }
    }
    return { stored: [...contents.values()], changed: [...changed] };
  };
  const { stored: initial } = commitUntil(1);
  const steps = rowsOf(entries, notes, dataOf).map(({ client, type, text, place, whole }) => ({
    ...{ client, type, text },
    ...(whole !== undefined && { data: limited(whole()) }),
    ...commitUntil(place),
  }));
  return { clients: clientsOf(entries, notes), initial, steps };
}

function toStoredValue(key: string, revision: string, data: () => unknown): StoredValue {
  return { key, revision, data: limited(whole(data, 2)) };
}

function limited(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

/** The longest text that is kept whole, in UTF-16 code units. */
const LONGEST = 2000;
