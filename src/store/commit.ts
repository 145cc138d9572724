import type { TrackedRecord } from './storage-record';

/** Who writes or reads: a handle or a window. */
export interface CommitOrigin {
  readonly client: string;
}

/** What one key held before a commit, and holds since; `null` for nothing. */
export interface KeyChange {
  readonly key: string;
  readonly before: TrackedRecord | null;
  readonly after: TrackedRecord | null;
}

/** One atomic change of a store: a write of one key, the removal of every key, or a restored checkpoint. */
export interface Commit {
  readonly type: 'write' | 'clear' | 'restore';
  /** `null` for the registry itself. */
  readonly origin: CommitOrigin | null;
  readonly changes: readonly KeyChange[];
}

export interface StoreObserver {
  /** Called in the stack of the one who writes. What it throws is reported: the store has changed. */
  readonly onCommit?: (commit: Commit) => void;
  /** Called before a read. The key is `null` where all keys are read; the reader is `null` for the registry itself. */
  readonly onRead?: (key: string | null, reader: CommitOrigin | null) => void;
  /** Called before another observer is added. */
  readonly onObserve?: (other: StoreObserver) => void;
}
