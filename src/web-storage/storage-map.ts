import { checkTime } from '../backend/input-validation';
import { decodeWith, encodeWith } from '../codec/storage-codec';
import type { Revision } from '../contracts';
import { attempt, QuotaExceededError, quote } from '../errors';
import { LARGEST, nextRevision } from '../revision';
import type { CommitOrigin } from '../store/commit';
import type { MemoryStore } from '../store/memory-store';
import { TrackedRecord } from '../store/storage-record';
import type { Realm } from './realm';

/**
 * A store as one window sees it: an ordered map of strings, read and written at once. The order of its keys is that of
 * their first write (HTML Standard, "The Storage interface": any order that stays while the number of keys does).
 */
export class StorageMap {
  readonly #store: MemoryStore<string>;
  readonly #window: CommitOrigin;
  readonly #checkAccess: () => void;
  /** Whose errors it throws. */
  readonly realm: Realm;

  /** @param checkAccess throws where the window may not use its storage */
  constructor(store: MemoryStore<string>, window: CommitOrigin, realm: Realm, checkAccess: () => void) {
    this.#store = store;
    this.#window = window;
    this.realm = realm;
    this.#checkAccess = checkAccess;
  }

  get size(): number {
    return this.#records.size;
  }

  keys(): string[] {
    return [...this.#records.keys()];
  }

  has(key: string): boolean {
    return this.#records.has(key);
  }

  get(key: string): string | null {
    return textOf(this.#store, this.#records.get(key));
  }

  /** Does nothing if the key has that value. @throws {DOMException} `QuotaExceededError`; nothing has changed then */
  set(key: string, value: string): void {
    const current = this.#records.get(key);
    if (textOf(this.#store, current) === value) return;
    const { codec, now } = this.#store;
    const time = attempt('ERR_HOOK_FAILED', 'now() to succeed', now);
    const record = new TrackedRecord(revisionAfter(current), encodeWith(codec, value), checkTime(time));
    try {
      this.#store.write(key, record, {}, this.#window);
    } catch (error) {
      throw error instanceof QuotaExceededError ? quotaExceeded(this.realm, key, error) : error;
    }
  }

  delete(key: string): void {
    this.#checkAccess();
    this.#store.write(key, null, {}, this.#window);
  }

  clear(): void {
    this.#checkAccess();
    this.#store.clear(this.#window);
  }

  get #records(): ReadonlyMap<string, TrackedRecord> {
    this.#checkAccess();
    return this.#store.records(this.#window);
  }
}

/** What a record holds; `null` without one. */
export function textOf(store: MemoryStore<string>, record: TrackedRecord | null | undefined): string | null {
  return record ? decodeWith(store.codec, record.data) : null;
}

/** Windows know of no revisions, so none can be too large for them. */
function revisionAfter(current: TrackedRecord | undefined): Revision {
  return nextRevision(current?.revision === LARGEST ? null : current);
}

/** Two bytes for each UTF-16 code unit of key and value, as browsers count. */
export function utf16Size(key: string, value: string): number {
  return 2 * (key.length + value.length);
}

function quotaExceeded(realm: Realm, key: string, { quota, requested }: QuotaExceededError): DOMException {
  const message = `Setting the value of ${quote(key)} exceeded the quota (quota exceeded: ${requested} of ${quota} bytes).`;
  const { QuotaExceededError: Newer, DOMException } = realm;
  return Newer === undefined ? new DOMException(message, 'QuotaExceededError') : new Newer(message, { quota, requested });
}
