import { checkTime } from '../backend/checks';
import { decodeWith, encodeWith } from '../codec/use-codec';
import type { Revision } from '../contracts';
import { attempt, QuotaExceededError, quote } from '../errors';
import { LARGEST, nextRevision } from '../revision';
import type { ChangeMaker, MemoryStore } from '../store/memory-store';
import { MeasuredRecord } from '../store/storage-record';

/** A change of a key, or of all of them if it is `null`. */
export type Broadcast = (key: string | null, oldValue: string | null, newValue: string | null) => void;

/**
 * A medium as one window sees it: an ordered map of strings, read and written at once. The order of its keys is that of
 * their first write (HTML Standard, "The Storage interface": any order that stays while the number of keys does).
 */
export class StorageMap {
  readonly #store: MemoryStore<string>;
  readonly #window: ChangeMaker;
  readonly #checkAccess: () => void;
  readonly #broadcast: Broadcast | undefined;

  /**
   * @param checkAccess throws where the window may not use its storage
   * @param broadcast tells the other windows
   */
  constructor(store: MemoryStore<string>, window: ChangeMaker, checkAccess: () => void, broadcast?: Broadcast) {
    this.#store = store;
    this.#window = window;
    this.#checkAccess = checkAccess;
    this.#broadcast = broadcast;
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
    const oldValue = textOf(this.#store, current);
    if (oldValue === value) return;
    const { codec, now } = this.#store;
    const time = attempt('ERR_HOOK_FAILED', 'now() to succeed', now);
    const record = new MeasuredRecord(revisionAfter(current), encodeWith(codec, value), checkTime(time), codec);
    try {
      this.#store.put(key, record, {}, this.#window);
    } catch (error) {
      throw error instanceof QuotaExceededError ? quotaExceeded(key, error) : error;
    }
    this.#broadcast?.(key, oldValue, value);
  }

  delete(key: string): void {
    const oldValue = this.get(key);
    if (oldValue === null) return;
    this.#store.delete(key, {}, this.#window);
    this.#broadcast?.(key, oldValue, null);
  }

  clear(): void {
    if (this.#records.size === 0) return;
    this.#store.clear(this.#window);
    this.#broadcast?.(null, null, null);
  }

  get #records(): ReadonlyMap<string, MeasuredRecord<string>> {
    this.#checkAccess();
    return this.#store.records;
  }
}

/** What a record holds; `null` without one. */
export function textOf(store: MemoryStore<string>, record: MeasuredRecord<string> | null | undefined): string | null {
  return record ? decodeWith(store.codec, record.data) : null;
}

/** Windows know of no revisions, so none can be too large for them. */
function revisionAfter(current: MeasuredRecord<string> | undefined): Revision {
  return nextRevision(current?.revision === LARGEST ? null : current);
}

/** Two bytes for each UTF-16 code unit of key and value, as browsers count. */
export function utf16Size(key: string, value: string): number {
  return 2 * (key.length + value.length);
}

function quotaExceeded(key: string, { quota, requested }: QuotaExceededError): DOMException {
  const message = `Setting the value of ${quote(key)} exceeds the quota: ${requested} of ${quota} bytes.`;
  return new DOMException(message, 'QuotaExceededError');
}
