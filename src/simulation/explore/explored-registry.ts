import { BaseStorageBackend } from '../../backend/base-storage-backend';
import { decodeWith } from '../../codec/storage-codec';
import type { StorageChangeListener, Unsubscribe } from '../../contracts';
import type { SharedMemoryRegistryOptions } from '../../registry/registry-options';
import { SharedMemoryRegistry, storeOf } from '../../registry/shared-memory-registry';
import { isSubscribed } from '../../store/change-notifier';
import type { Commit, CommitOrigin } from '../../store/commit';
import { brief } from '../brief';
import type { Journal } from '../journal';
import type { RecordedCommit } from '../recording';
import type { Dependencies } from './dependencies';
import type { Run } from './run';

/** The registry of one run: notes which keys are read and written, and by whom. */
export class ExploredRegistry<T> extends SharedMemoryRegistry<T> {
  readonly #run: Run;
  readonly #dependencies: Dependencies;
  /** Every write counts against the quota. */
  readonly #hasQuota: boolean;
  /** By key: what was stored, as the store keeps it, in order. */
  readonly written = new Map<string, unknown[]>();
  /** All that was stored and removed, in order. */
  readonly commits: RecordedCommit[] = [];
  /** Whether the scenario may have handed a scheduler to what observes the store. */
  isScheduled = false;

  constructor(options: SharedMemoryRegistryOptions<T>, run: Run, dependencies: Dependencies, journal: Journal) {
    super(options as never);
    this.#run = run;
    this.#dependencies = dependencies;
    this.#hasQuota = options.quota !== undefined;
    const store = storeOf<T>(this);
    store.observe({
      onObserve: (observer) => {
        // An area of windows, which calls their listeners at times of its own.
        if (observer !== store.notifying && !this.isScheduled) dependencies.learn('everything');
      },
      onRead: (key, reader) => this.#noteRead(key, reader),
      onCommit: (commit) => {
        this.#noteCommit(commit);
        const { type, origin, changes } = commit;
        this.commits.push({ place: journal.latestPlace, changes });
        const [change] = changes;
        if (origin === null || isBackend(origin) || change === undefined) return;
        const { key, after } = change;
        if (type === 'clear') journal.note(origin.client, 'clears everything');
        else if (after === null) journal.note(origin.client, `removes ${key}`);
        else journal.note(origin.client, `sets ${key} to ${brief(decodeWith(store.codec, after.data))}`);
      },
    });
  }

  override subscribe(listener: StorageChangeListener<T>): Unsubscribe {
    this.#run.use('listeners', 'write');
    if (typeof listener !== 'function') return super.subscribe(listener);
    const unsubscribe = super.subscribe((...change) => {
      const step = this.#run.current;
      if (step !== undefined) this.#dependencies.noteForeignCode(step, 'listeners of the registry');
      listener(...change);
    });
    const { [isSubscribed]: isActive } = unsubscribe as Unsubscribe & { readonly [isSubscribed]?: () => boolean };
    return Object.assign(
      () => {
        this.#run.use('listeners', 'write');
        unsubscribe();
      },
      { [isSubscribed]: isActive },
    );
  }

  #noteRead(key: string | null, reader: CommitOrigin | null): void {
    const { current, isAtRest } = this.#run;
    if (current === undefined) return;
    const { accesses, step } = current;
    if (reader === null) {
      if (step.phase !== 'effect' && !this.#dependencies.isOwnLook(step, isAtRest)) return;
    } else if (!isBackend(reader)) {
      this.#run.touch(reader.client);
    }
    accesses.use(key === null ? 'keys' : `key:${key}`, 'read');
    if (this.#hasQuota) accesses.use('usage', 'read');
  }

  #noteCommit({ origin, changes }: Commit): void {
    const { current, isAtRest } = this.#run;
    if (current === undefined) return;
    const { accesses, step } = current;
    if (origin === null && !this.#dependencies.isOwnLook(step, isAtRest)) return;
    for (const { key, after } of changes) {
      accesses.use(`key:${key}`, 'write');
      const values = this.written.get(key);
      if (values === undefined) this.written.set(key, [after?.data]);
      else values.push(after?.data);
    }
    accesses.use('keys', 'add');
    accesses.use('listeners', 'read');
    if (this.#hasQuota) accesses.use('usage', 'write');
  }
}

function isBackend(origin: CommitOrigin): boolean {
  return origin instanceof BaseStorageBackend;
}
