import {
  type Awaitable,
  KeyedMemoryBackend,
  type KeyedMemoryBackendOptions,
  type Operation,
  type OperationOptions,
  type PersistedSnapshot,
  reference,
  SharedMemoryRegistry,
  type SharedMemoryRegistryOptions,
  type SnapshotEnvelope,
  type SnapshotInput,
  type SnapshotMetadata,
  type StorageChange,
  type StorageChangeListener,
  type StorageRecord,
  type StorageStat,
  type StorageUsage,
  structured,
  type TrackedRecord,
  type Unsubscribe,
  type WriteCondition,
  type WriteOptions,
} from 'shared-memory-registry';
import type { OpenMedium } from 'shared-memory-registry/testing';

/** Backends with one thing wrong each, the way real ones go wrong, and the contract test that must notice. */
export interface BrokenBackend {
  readonly fault: string;
  readonly noticedBy: string;
  readonly open: OpenMedium<unknown>;
}

type Settings = SharedMemoryRegistryOptions<unknown>;

/** A registry whose handles are of a broken class. */
function handles(Backend: new (options: KeyedMemoryBackendOptions<unknown>) => KeyedMemoryBackend<unknown>): OpenMedium<unknown> {
  return (settings) => new SharedMemoryRegistry<unknown>({ ...settings, Backend });
}

/** A registry with other settings than it was asked for. */
function registry(change: (settings: Settings) => Settings): OpenMedium<unknown> {
  return (settings) => new SharedMemoryRegistry<unknown>(change(settings));
}

class Backend extends KeyedMemoryBackend<unknown> {}

const now = (deliver: () => void) => deliver();
const soon = (deliver: () => void) => void Promise.resolve().then(deliver).catch(ignore);
const late = (deliver: () => void) => void new Promise((resolve) => setTimeout(resolve)).then(deliver).catch(ignore);
const ignore = () => {};

interface Announcing {
  readonly schedule: (deliver: () => void) => void;
  readonly beforeCommit?: boolean;
  readonly toItself?: boolean;
  readonly everyClear?: boolean;
}

/** Handles that tell of changes themselves, in another way than they should. */
function announcing({ schedule, beforeCommit, toItself, everyClear }: Announcing): OpenMedium<unknown> {
  return (settings) => {
    const subscribers: { backend: Backend; listener: StorageChangeListener }[] = [];
    return new SharedMemoryRegistry<unknown>({
      ...settings,
      Backend: class extends Backend {
        override subscribe(listener: StorageChangeListener): Unsubscribe {
          const subscriber = { backend: this, listener };
          subscribers.push(subscriber);
          return () => void subscribers.splice(subscribers.indexOf(subscriber), 1);
        }

        protected override write(record: StorageRecord, condition: WriteCondition): Awaitable<void> {
          this.#announce('save', record, () => super.write(record, condition));
        }

        protected override erase(condition: WriteCondition): Awaitable<void> {
          if (this.read() === null && !everyClear) return;
          this.#announce('clear', null, () => super.erase(condition));
        }

        #announce(type: StorageChange['type'], record: StorageRecord | null, commit: () => void): void {
          const { key, client } = this;
          const previousRevision = (this.read() as StorageRecord | null)?.revision ?? null;
          const change: StorageChange = { type, key, client, revision: record?.revision ?? null, previousRevision };
          const tell = () => {
            for (const { backend, listener } of subscribers) {
              if (backend.key === key && (toItself || backend !== this)) listener(change);
            }
          };
          if (beforeCommit) schedule(tell);
          commit();
          if (!beforeCommit) schedule(tell);
        }
      },
    });
  };
}

export const brokenBackends: readonly BrokenBackend[] = [
  {
    fault: 'shares the saved object with the store',
    noticedBy: 'is not changed through the object that was saved',
    open: registry((settings) => ({ ...settings, codec: { encode: reference.encode, decode: structured.decode } })),
  },
  {
    fault: 'shares the stored object with every loader',
    noticedBy: 'is not changed through an object that was loaded',
    open: registry((settings) => ({ ...settings, codec: { encode: structured.encode, decode: reference.decode } })),
  },
  {
    fault: 'copies only when the save takes effect',
    noticedBy: 'stores what was there when save was called',
    open: handles(
      class extends Backend {
        override async save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          await Promise.resolve();
          return super.save(snapshot, options);
        }
      },
    ),
  },
  {
    fault: 'copies one level deep',
    noticedBy: 'shares nothing that can be changed between two loads',
    open: registry((settings) => ({
      ...settings,
      codec: {
        encode: structured.encode,
        decode: (data: unknown) => (typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : data),
      },
    })),
  },
  {
    fault: 'gives out the metadata it was given',
    noticedBy: 'copies data and metadata in saveWithMetadata and loadWithMetadata',
    open: handles(
      class extends Backend {
        #metadata: SnapshotMetadata | undefined;
        override saveWithMetadata(snapshot: SnapshotInput<unknown>, metadata: SnapshotMetadata): Promise<void> {
          this.#metadata = metadata;
          return super.saveWithMetadata(snapshot, metadata);
        }
        override async loadWithMetadata(): Promise<PersistedSnapshot<unknown> | null> {
          const loaded = await super.loadWithMetadata();
          return loaded && { ...loaded, metadata: this.#metadata ?? loaded.metadata };
        }
      },
    ),
  },
  {
    fault: 'clear clears all keys',
    noticedBy: 'clear removes its own key alone, for every handle of it',
    open: (settings) => {
      const medium = new SharedMemoryRegistry<unknown>(settings);
      return {
        getBackend: (key, options) => {
          const backend = medium.getBackend(key, options);
          backend.clear = async () => medium.clearAll();
          return backend;
        },
        clearAll: () => medium.clearAll(),
        dispose: () => medium.dispose(),
      };
    },
  },
  {
    fault: 'clear does nothing',
    noticedBy: 'clear removes its own key alone, for every handle of it',
    open: handles(
      class extends Backend {
        protected override erase(): void {}
      },
    ),
  },
  {
    fault: 'normalizes keys',
    noticedBy: 'keeps keys apart, whatever strings they are',
    open: handles(
      class extends Backend {
        constructor(options: KeyedMemoryBackendOptions<unknown>) {
          super({ ...options, key: options.key.toLowerCase().trim() });
        }
      },
    ),
  },
  {
    fault: 'takes empty values for missing ones',
    noticedBy: 'keeps empty text, zero, false and null as data',
    open: handles(
      class extends Backend {
        override async load(options?: OperationOptions): Promise<SnapshotEnvelope<unknown> | null> {
          const snapshot = await super.load(options);
          return snapshot?.data ? snapshot : null;
        }
      },
    ),
  },
  {
    fault: 'throws in the stack of its caller',
    noticedBy: 'refuses a revision that is not canonical, and changes nothing',
    open: handles(
      class extends Backend {
        override save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          if (snapshot?.revision !== undefined && !/^\d+$/.test(snapshot.revision)) throw new TypeError('bad revision');
          return super.save(snapshot, options);
        }
      },
    ),
  },
  {
    fault: 'turns revisions into numbers',
    noticedBy: 'takes every canonical revision, from 0 to 18446744073709551615',
    open: handles(
      class extends Backend {
        override save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          const { revision } = snapshot ?? {};
          const number = String(Number(revision));
          const rounded = typeof revision === 'string' && /^[1-9]\d*$/.test(revision) ? number : revision;
          return super.save(snapshot && { ...snapshot, revision: rounded }, options);
        }
      },
    ),
  },
  {
    fault: 'refuses older revisions without being asked to',
    noticedBy: 'lets the last save win, whatever its revision',
    open: handles(
      class extends Backend {
        protected override write(record: StorageRecord, condition: WriteCondition): Awaitable<void> {
          const current = this.read() as StorageRecord | null;
          if (current !== null && Number(current.revision) > Number(record.revision)) return;
          return super.write(record, condition);
        }
      },
    ),
  },
  {
    fault: 'lets loads overtake saves',
    noticedBy: 'takes effect in the order in which a handle was called',
    open: handles(
      class extends Backend {
        override async save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          const copy = structured.encode(snapshot);
          await Promise.resolve();
          return super.save(copy as SnapshotInput<unknown>, options);
        }
      },
    ),
  },
  {
    fault: 'half-writes a save that is refused',
    noticedBy: 'refuses what is not a snapshot, and changes nothing',
    open: handles(
      class extends Backend {
        override async save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          if (snapshot?.revision === '1' && !('data' in snapshot)) await super.save({ revision: '1', data: undefined });
          return super.save(snapshot, options);
        }
      },
    ),
  },
  {
    fault: 'replaces what was there before it checks the quota',
    noticedBy: 'refuses a save that is one byte over the quota, as browsers do, and changes nothing',
    open: handles(
      class extends Backend {
        override async save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          try {
            await super.save(snapshot, options);
          } catch (error) {
            if ((error as { code: unknown }).code === 22) await this.clear();
            throw error;
          }
        }
      },
    ),
  },
  {
    fault: 'has no quota',
    noticedBy: 'refuses a save that is one byte over the quota, as browsers do, and changes nothing',
    open: registry(({ quota: _quota, ...settings }) => settings),
  },
  {
    fault: 'has a quota for each key instead of one for all',
    noticedBy: 'shares the quota between keys, and frees what is cleared and what is replaced',
    open: (settings) => {
      const registries = new Map<string, SharedMemoryRegistry<unknown>>();
      return {
        getBackend: (key, options) => {
          const own = registries.get(key) ?? new SharedMemoryRegistry<unknown>(settings);
          registries.set(key, own);
          return own.getBackend(key, options);
        },
      };
    },
  },
  {
    fault: 'ignores ifMatch on a save',
    noticedBy: 'refuses a save that comes with another ifMatch, and changes nothing',
    open: handles(
      class extends Backend {
        protected override write(record: StorageRecord): Awaitable<void> {
          return super.write(record, {});
        }
      },
    ),
  },
  {
    fault: 'ignores ifMatch on a clear',
    noticedBy: 'clears only if the stored revision is what ifMatch says',
    open: handles(
      class extends Backend {
        protected override erase(): Awaitable<void> {
          return super.erase({});
        }
      },
    ),
  },
  {
    fault: 'takes ifMatch null for no condition',
    noticedBy: 'refuses a save that comes with another ifMatch, and changes nothing',
    open: handles(
      class extends Backend {
        protected override write(record: StorageRecord, { ifMatch }: WriteCondition): Awaitable<void> {
          return super.write(record, { ifMatch: ifMatch ?? undefined });
        }
      },
    ),
  },
  {
    fault: 'checks ifMatch, waits, and then writes',
    noticedBy: 'lets exactly one of ten conditional saves at once through',
    open: handles(
      class extends Backend {
        protected override async write(record: StorageRecord, { ifMatch }: WriteCondition): Promise<void> {
          const current = (await this.read())?.revision ?? null;
          await Promise.resolve();
          return super.write(record, { ifMatch: current === ifMatch ? undefined : ifMatch });
        }
      },
    ),
  },
  {
    fault: 'updates by a load and a save',
    noticedBy: 'update loses nothing when ten handles update at once',
    open: handles(
      class extends Backend {
        override async update(
          updater: (current: SnapshotEnvelope<unknown> | null) => SnapshotInput<unknown>,
        ): Promise<SnapshotEnvelope<unknown>> {
          await this.save(updater(await this.load()));
          return (await this.load()) as SnapshotEnvelope<unknown>;
        }
      },
    ),
  },
  {
    fault: 'ignores an aborted signal',
    noticedBy: 'rejects with the reason of a signal that is aborted already, and changes nothing',
    open: handles(
      class extends Backend {
        override save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          return super.save(snapshot, options && { ...options, signal: undefined });
        }
      },
    ),
  },
  {
    fault: 'loses metadata that it does not know',
    noticedBy: 'keeps the metadata it is given to the letter, with fields it does not know',
    open: handles(
      class extends Backend {
        override saveWithMetadata(snapshot: SnapshotInput<unknown>, metadata: SnapshotMetadata): Promise<void> {
          const { savedAt, schemaVersion, sizeBytes, compressed, checksum, ttlMs } = metadata;
          return super.saveWithMetadata(snapshot, { savedAt, schemaVersion, sizeBytes, compressed, checksum, ttlMs });
        }
      },
    ),
  },
  {
    fault: 'loses the metadata it was given',
    noticedBy: 'keeps the metadata it is given to the letter, with fields it does not know',
    open: handles(
      class extends Backend {
        override saveWithMetadata(snapshot: SnapshotInput<unknown>): Promise<void> {
          return this.save(snapshot);
        }
      },
    ),
  },
  {
    fault: 'keeps the metadata of the save before',
    noticedBy: 'forgets the metadata of the save before',
    open: handles(
      class extends Backend {
        protected override async write(record: StorageRecord, condition: WriteCondition): Promise<void> {
          const [before, next] = [(await this.read()) as TrackedRecord | null, record as TrackedRecord];
          return super.write({ ...next, metadata: next.metadata ?? before?.metadata } as TrackedRecord, condition);
        }
      },
    ),
  },
  {
    fault: 'measures UTF-16 units for bytes',
    noticedBy: 'stamps a plain save with savedAt, schemaVersion 1, its measured size, and compressed false',
    open: registry((settings) => ({
      ...settings,
      codec: { ...structured, measure: (data: unknown) => JSON.stringify(data).length },
    })),
  },
  {
    fault: 'believes the size that metadata claims',
    noticedBy: 'stat tells what was measured and tracked, whatever the metadata claims',
    open: handles(
      class extends Backend {
        override async stat(): Promise<StorageStat | null> {
          const [stat, loaded] = [await super.stat(), await this.loadWithMetadata()];
          return stat && loaded && { ...stat, sizeBytes: loaded.metadata.sizeBytes };
        }
      },
    ),
  },
  {
    fault: 'counts no saves',
    noticedBy: 'stat counts saves and keeps the time of creation, and starts anew after a clear',
    open: handles(
      class extends Backend {
        override async stat(): Promise<StorageStat | null> {
          const stat = await super.stat();
          return stat && { ...stat, saveCount: 1 };
        }
      },
    ),
  },
  {
    fault: 'leaves the key out of its usage',
    noticedBy: 'getUsage gives the measured bytes of its own key and entry',
    open: handles(
      class extends Backend {
        override async getUsage(): Promise<StorageUsage> {
          return { ...(await super.getUsage()), used: (await this.stat())?.sizeBytes ?? 0 };
        }
      },
    ),
  },
  {
    fault: 'tells a handle of its own saves',
    noticedBy: 'tells the other handles of the key, by the time save returns, and never its own',
    open: announcing({ schedule: soon, toItself: true }),
  },
  {
    fault: 'tells in the stack of who saves, before the commit',
    noticedBy: 'tells after the commit, and not in the stack of who saves',
    open: announcing({ schedule: now, beforeCommit: true }),
  },
  {
    fault: 'tells some time after save has returned',
    noticedBy: 'tells the other handles of the key, by the time save returns, and never its own',
    open: announcing({ schedule: late }),
  },
  {
    fault: 'lets a throwing listener fail the save',
    noticedBy: "a listener that throws fails nobody's save and keeps nobody from hearing",
    open: announcing({ schedule: now }),
  },
  {
    fault: 'tells of a clear where nothing was stored',
    noticedBy: 'tells of a clear, and not of a clear where nothing is stored',
    open: announcing({ schedule: soon, everyClear: true }),
  },
  {
    fault: 'goes on telling who has unsubscribed',
    noticedBy: 'tells nothing once unsubscribed, even in the middle of a delivery',
    open: handles(
      class extends Backend {
        override subscribe(listener: StorageChangeListener): Unsubscribe {
          super.subscribe(listener);
          return () => {};
        }
      },
    ),
  },
  {
    fault: 'tells of the newest change first',
    noticedBy: 'tells of changes in the order of their commits',
    open: handles(
      class extends Backend {
        override subscribe(listener: StorageChangeListener): Unsubscribe {
          const held: StorageChange[] = [];
          return super.subscribe((change) => {
            held.push(change);
            if (held.length === 1) soon(() => held.reverse().forEach(listener));
          });
        }
      },
    ),
  },
  {
    fault: 'makes held handles useless by clearAll',
    noticedBy: 'clearAll removes every key, and handles already held stay valid',
    open: (settings) => {
      let current = new SharedMemoryRegistry<unknown>(settings);
      return {
        getBackend: (key, options) => current.getBackend(key, options),
        clearAll: () => {
          current = new SharedMemoryRegistry<unknown>(settings);
        },
        dispose: () => current.dispose(),
      };
    },
  },
  {
    fault: 'clears all without telling anybody',
    noticedBy: 'clearAll is heard by every handle of a key that was stored',
    open: (settings) => {
      const medium = new SharedMemoryRegistry<unknown>(settings);
      return {
        getBackend: (key, options) => {
          const backend = medium.getBackend(key, options);
          const subscribe = backend.subscribe.bind(backend);
          backend.subscribe = (listener) => subscribe((change) => change.client !== null && listener(change));
          return backend;
        },
        clearAll: () => medium.clearAll(),
        dispose: () => medium.dispose(),
      };
    },
  },
  {
    fault: 'ignores ifMatch when it saves with metadata',
    noticedBy: 'keeps every way of writing to its ifMatch, and refuses one that is no revision',
    open: handles(
      class extends Backend {
        override saveWithMetadata(snapshot: SnapshotInput<unknown>, metadata: SnapshotMetadata): Promise<void> {
          return super.saveWithMetadata(snapshot, metadata);
        }
      },
    ),
  },
  {
    fault: 'lets a clear jump the queue',
    noticedBy: 'a clear takes its turn among the other operations of its handle',
    open: handles(
      class extends Backend {
        override async clear(options?: WriteOptions): Promise<void> {
          await Promise.resolve();
          return super.clear(options);
        }
      },
    ),
  },
  {
    fault: 'keeps the metadata of the save before an update',
    noticedBy: 'update is a plain save to the metadata, and refuses a malformed revision',
    open: handles(
      class extends Backend {
        protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
          const before = (await this.read()) as TrackedRecord | null;
          const result = await super.perform(operation, action);
          if (operation.type === 'update')
            await super.write({ ...(await this.read()), metadata: before?.metadata } as TrackedRecord, {});
          return result;
        }
      },
    ),
  },
  {
    fault: 'tells nobody of an update',
    noticedBy: 'tells of an update',
    open: handles(
      class extends Backend {
        override subscribe(listener: StorageChangeListener): Unsubscribe {
          return super.subscribe((change) =>
            change.previousRevision === null && change.revision === '1' ? undefined : listener(change),
          );
        }
      },
    ),
  },
  {
    fault: 'moves the time of creation with each save',
    noticedBy: 'stat counts saves and keeps the time of creation, and starts anew after a clear',
    open: handles(
      class extends Backend {
        override async stat(): Promise<StorageStat | null> {
          const stat = await super.stat();
          return stat && { ...stat, createdAt: stat.updatedAt };
        }
      },
    ),
  },
  {
    fault: 'goes on working after disposal',
    noticedBy: 'refuses every operation after disposal, however often it is disposed of',
    open: (settings) => {
      const medium = new SharedMemoryRegistry<unknown>(settings);
      return {
        getBackend: (key, options) => medium.getBackend(key, options),
        clearAll: () => medium.clearAll(),
        dispose: () => {},
      };
    },
  },
];
