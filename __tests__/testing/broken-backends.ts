import {
  type Awaitable,
  KeyedMemoryBackend,
  type KeyedMemoryBackendOptions,
  type Operation,
  type OperationOptions,
  type PersistedSnapshot,
  type PersistedSnapshotInput,
  type PersistedSnapshotMetadata,
  type ReadContext,
  RevisionConflictError,
  reference,
  SharedMemoryRegistry,
  type SharedMemoryRegistryOptions,
  type SnapshotEnvelope,
  type SnapshotInput,
  type StorageChange,
  type StorageChangeListener,
  type StorageRecord,
  type StorageStat,
  type StorageUsage,
  structured,
  type Unsubscribe,
  type WriteCondition,
  type WriteOptions,
} from 'shared-memory-registry';
import type { BackendContractOptions, ContractStore, OpenStore } from 'shared-memory-registry/testing';

/** Backends with one thing wrong each, the way real ones go wrong, and the contract test that must notice. */
export interface BrokenBackend {
  readonly fault: string;
  readonly noticedBy: string;
  readonly open: OpenStore<unknown>;
  readonly reopen?: BackendContractOptions<unknown>['reopen'];
}

type Settings = SharedMemoryRegistryOptions<unknown>;

/** A registry whose handles are of a broken class. */
function handles(Backend: new (options: KeyedMemoryBackendOptions<unknown>) => KeyedMemoryBackend<unknown>): OpenStore<unknown> {
  return (settings) => new SharedMemoryRegistry<unknown>({ ...settings, Backend });
}

/** A registry with other settings than it was asked for. */
function registry(change: (settings: Settings) => Settings): OpenStore<unknown> {
  return (settings) => new SharedMemoryRegistry<unknown>(change(settings));
}

class Backend extends KeyedMemoryBackend<unknown> {}

const now = (deliver: () => void) => deliver();
const soon = (deliver: () => void) => void Promise.resolve().then(deliver).catch(ignore);
const late = (deliver: () => void) => void new Promise((resolve) => setTimeout(resolve)).then(deliver).catch(ignore);
const ignore = () => {};
const NOTHING = { before: () => null, after: () => null };

interface Announcing {
  readonly schedule: (deliver: () => void) => void;
  readonly beforeCommit?: boolean;
  readonly toItself?: boolean;
  readonly everyClear?: boolean;
}

/** Handles that tell of changes themselves, in another way than they should. */
function announcing({ schedule, beforeCommit, toItself, everyClear }: Announcing): OpenStore<unknown> {
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

        protected override write(record: StorageRecord | null, condition?: WriteCondition): Awaitable<void> {
          if (record === null && this.read() === null && !everyClear) return;
          this.#announce(record === null ? 'clear' : 'save', record, () => super.write(record, condition));
        }

        #announce(type: StorageChange['type'], record: StorageRecord | null, commit: () => void): void {
          const { key, client } = this;
          const previousRevision = (this.read() as StorageRecord | null)?.revision ?? null;
          const change: StorageChange = { type, key, client, revision: record?.revision ?? null, previousRevision };
          const tell = () => {
            for (const { backend, listener } of subscribers) {
              if (backend.key === key && (toItself || backend !== this)) listener(change, NOTHING);
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

/** A store that can be opened several times; `connect` breaks one more connection to it. */
function connections(
  connect: (registry: SharedMemoryRegistry<unknown>, settings: Settings) => ContractStore<unknown>,
): Pick<BrokenBackend, 'open' | 'reopen'> {
  return {
    open: (settings) => new SharedMemoryRegistry<unknown>(settings),
    reopen: (store, settings) => connect(store as SharedMemoryRegistry<unknown>, settings),
  };
}

/** One more connection to a registry, with handles of its own making. */
function connection(
  registry: SharedMemoryRegistry<unknown>,
  change: (backend: KeyedMemoryBackend<unknown>) => void = () => {},
): ContractStore<unknown> {
  return {
    getBackend(key, options) {
      const backend = registry.getBackend(key, options);
      change(backend);
      return backend;
    },
    clearAll: () => registry.clearAll(),
  };
}

export const brokenBackends: readonly BrokenBackend[] = [
  {
    fault: 'gives out one handle for a key',
    noticedBy: 'gives a new handle at each call',
    open(settings) {
      const registry = new SharedMemoryRegistry<unknown>(settings);
      const handles = new Map<string, KeyedMemoryBackend<unknown>>();
      return {
        getBackend(key) {
          const handle = handles.get(key) ?? registry.getBackend(key);
          handles.set(key, handle);
          return handle;
        },
      };
    },
  },
  {
    fault: 'keeps as JSON text what its codec has not made text',
    noticedBy: 'refuses undefined as data, or keeps it',
    open: handles(
      class extends Backend {
        protected override read(context?: ReadContext): Awaitable<StorageRecord | null> {
          return JSON.parse(JSON.stringify(super.read(context)));
        }
      },
    ),
  },
  {
    fault: 'knows a record again by its revision and its count of saves',
    noticedBy: 'update starts again where its record was removed, and another one of its revision was stored',
    open: handles(
      class extends Backend {
        protected override async write(
          record: StorageRecord | null,
          { replaces, ...condition }: WriteCondition = {},
        ): Promise<void> {
          if (replaces !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
          const current = this.read() as StorageRecord | null;
          const isReplaced = current?.revision === replaces?.revision && current?.saveCount === replaces?.saveCount;
          if (replaces !== undefined && !isReplaced) throw new RevisionConflictError('1', current?.revision ?? null);
          return super.write(record, condition);
        }
      },
    ),
  },
  {
    fault: 'finds no two records with a Date equal',
    noticedBy: 'update takes effect over data that JSON cannot say',
    open: handles(
      class extends Backend {
        protected override read(context?: ReadContext): Awaitable<StorageRecord | null> {
          const record = super.read(context) as StorageRecord | null;
          return record && { ...record };
        }

        protected override write(record: StorageRecord | null, { replaces, ...condition }: WriteCondition = {}): Awaitable<void> {
          if (replaces && Object(replaces.data).at instanceof Date) throw new RevisionConflictError('1', '1');
          return super.write(record, condition);
        }
      },
    ),
  },
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
        #metadata: PersistedSnapshotMetadata | undefined;
        override saveWithMetadata(persisted: PersistedSnapshotInput<unknown>): Promise<void> {
          this.#metadata = persisted.metadata as PersistedSnapshotMetadata;
          return super.saveWithMetadata(persisted);
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
        protected override write(record: StorageRecord | null, condition?: WriteCondition): Awaitable<void> {
          if (record !== null) return super.write(record, condition);
        }
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
        protected override write(record: StorageRecord | null, condition?: WriteCondition): Awaitable<void> {
          const current = this.read() as StorageRecord | null;
          if (current !== null && record !== null && Number(current.revision) > Number(record.revision)) return;
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
        protected override write(record: StorageRecord | null, condition?: WriteCondition): Awaitable<void> {
          return super.write(record, record === null ? condition : {});
        }
      },
    ),
  },
  {
    fault: 'ignores ifMatch on a clear',
    noticedBy: 'clears only if the stored revision is what ifMatch says',
    open: handles(
      class extends Backend {
        protected override write(record: StorageRecord | null, condition?: WriteCondition): Awaitable<void> {
          return super.write(record, record === null ? {} : condition);
        }
      },
    ),
  },
  {
    fault: 'takes ifMatch null for no condition',
    noticedBy: 'refuses a save that comes with another ifMatch, and changes nothing',
    open: handles(
      class extends Backend {
        protected override write(record: StorageRecord | null, { ifMatch }: WriteCondition = {}): Awaitable<void> {
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
        protected override async write(record: StorageRecord | null, { ifMatch }: WriteCondition = {}): Promise<void> {
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
        override saveWithMetadata({ snapshot, metadata }: PersistedSnapshotInput<unknown>): Promise<void> {
          const { savedAt, schemaVersion, sizeBytes, compressed, hash, ttlMs } = metadata;
          return super.saveWithMetadata({ snapshot, metadata: { savedAt, schemaVersion, sizeBytes, compressed, hash, ttlMs } });
        }
      },
    ),
  },
  {
    fault: 'loses the metadata it was given',
    noticedBy: 'keeps the metadata it is given to the letter, with fields it does not know',
    open: handles(
      class extends Backend {
        override saveWithMetadata({ snapshot }: PersistedSnapshotInput<unknown>): Promise<void> {
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
        protected override async write(record: StorageRecord | null, condition?: WriteCondition): Promise<void> {
          const before = await this.read();
          return super.write(record && { ...record, metadata: record.metadata ?? before?.metadata }, condition);
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
    noticedBy: 'stat gives what was measured and tracked, whatever the metadata claims',
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
    noticedBy: 'notifies the other handles of the key, by the time save returns, and never its own',
    open: announcing({ schedule: soon, toItself: true }),
  },
  {
    fault: 'tells in the stack of who saves, before the commit',
    noticedBy: 'notifies after the commit, and not in the stack of who saves',
    open: announcing({ schedule: now, beforeCommit: true }),
  },
  {
    fault: 'tells some time after save has returned',
    noticedBy: 'notifies the other handles of the key, by the time save returns, and never its own',
    open: announcing({ schedule: late }),
  },
  {
    fault: 'lets a throwing listener fail the save',
    noticedBy: "a listener that throws fails nobody's save and keeps nobody from hearing",
    open: announcing({ schedule: now }),
  },
  {
    fault: 'tells of a clear where nothing was stored',
    noticedBy: 'notifies of a clear, and not of a clear where nothing is stored',
    open: announcing({ schedule: soon, everyClear: true }),
  },
  {
    fault: 'goes on telling who has unsubscribed',
    noticedBy: 'notifies of nothing once unsubscribed, even in the middle of a delivery',
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
    noticedBy: 'notifies of changes in the order of their commits',
    open: handles(
      class extends Backend {
        override subscribe(listener: StorageChangeListener): Unsubscribe {
          const held: StorageChange[] = [];
          return super.subscribe((change, contents) => {
            held.push(change);
            if (held.length === 1) soon(() => held.reverse().map((change) => listener(change, contents)));
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
          backend.subscribe = (listener) => subscribe((change, contents) => change.client !== null && listener(change, contents));
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
        override saveWithMetadata(persisted: PersistedSnapshotInput<unknown>): Promise<void> {
          return super.saveWithMetadata(persisted);
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
          const before = await this.read();
          const result = await super.perform(operation, action);
          if (operation.type === 'update')
            await super.write({ ...(await this.read()), metadata: before?.metadata } as StorageRecord, {});
          return result;
        }
      },
    ),
  },
  {
    fault: 'tells nobody of an update',
    noticedBy: 'notifies of an update',
    open: handles(
      class extends Backend {
        override subscribe(listener: StorageChangeListener): Unsubscribe {
          return super.subscribe((change, contents) =>
            change.previousRevision === null && change.revision === '1' ? undefined : listener(change, contents),
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
  {
    fault: 'takes a revision for a record when it updates',
    noticedBy: 'update loses nothing where every update keeps the revision',
    open: handles(
      class extends Backend {
        protected override async read(): Promise<StorageRecord | null> {
          const record = await super.read();
          await null;
          return record;
        }
        protected override async write(record: StorageRecord | null, { replaces, ...condition }: WriteCondition): Promise<void> {
          const ifMatch = replaces === undefined ? condition.ifMatch : (replaces?.revision ?? null);
          await null;
          return super.write(record, { ...condition, ifMatch });
        }
      },
    ),
  },
  {
    fault: 'lets a load run on when its signal is aborted',
    noticedBy: 'rejects a load at once with the reason of its signal, and goes on with the next operation',
    open: handles(
      class extends Backend {
        override load(options?: OperationOptions): Promise<SnapshotEnvelope<unknown> | null> {
          return options?.signal?.aborted ? super.load(options) : super.load();
        }
      },
    ),
  },
  {
    fault: 'says that nothing has changed when it does not know',
    noticedBy: 'rejects a save at once when its signal is aborted, and says whether its outcome is known',
    open: handles(
      class extends Backend {
        override save(snapshot: SnapshotInput<unknown>, options?: WriteOptions): Promise<void> {
          return super.save(snapshot, options).catch((error) => {
            throw error.code === 'ERR_OUTCOME_UNKNOWN' ? error.cause : error;
          });
        }
      },
    ),
  },
  {
    fault: 'keeps the data of each connection apart',
    noticedBy: 'loads in one connection what another one has saved',
    ...connections((_registry, settings) => new SharedMemoryRegistry<unknown>(settings)),
  },
  {
    fault: 'checks ifMatch only against what its own connection has stored',
    noticedBy: 'refuses a conditional save where another connection was faster',
    ...connections((registry) =>
      connection(registry, (backend) => {
        const save = backend.save.bind(backend);
        backend.save = (snapshot) => save(snapshot);
      }),
    ),
    open: (settings) => {
      const own = new Map<string, string>();
      return new SharedMemoryRegistry<unknown>({
        ...settings,
        Backend: class extends Backend {
          protected override write(
            record: StorageRecord | null,
            { ifMatch, ...condition }: WriteCondition = {},
          ): Awaitable<void> {
            const isMet = ifMatch !== undefined && own.get(this.key) === ifMatch;
            if (record !== null && this.client !== 'there') own.set(this.key, record.revision);
            return super.write(record, isMet ? condition : { ...condition, ifMatch });
          }
        },
      });
    },
  },
  {
    fault: 'updates without a look at other connections',
    noticedBy: 'update loses nothing when handles of two connections update at once',
    ...connections((registry) =>
      connection(registry, (backend) => {
        backend.update = async (updater) => {
          const next = updater(await backend.load());
          await backend.save(next);
          return next as SnapshotEnvelope<unknown>;
        };
      }),
    ),
  },
  {
    fault: 'notifies only listeners of its own connection',
    noticedBy: 'notifies listeners of the changes that another connection makes, in the order of the commits',
    ...connections((registry) => connection(registry)),
    open: (settings) => {
      const opened = new SharedMemoryRegistry<unknown>(settings);
      const getBackend: typeof opened.getBackend = opened.getBackend.bind(opened);
      opened.getBackend = (key: string, options?: object) => {
        const backend = getBackend(key, options);
        const subscribe = backend.subscribe.bind(backend);
        backend.subscribe = (listener) =>
          subscribe((change, contents) => change.client !== 'there' && listener(change, contents));
        return backend as never;
      };
      return opened;
    },
  },
  {
    fault: 'has a quota for each connection instead of one for all',
    noticedBy: 'shares one quota between connections',
    ...connections((registry, settings) => {
      const own = new SharedMemoryRegistry<unknown>(settings);
      return { getBackend: (key, options) => (key === 'b' ? own : registry).getBackend(key, options) };
    }),
  },
  {
    fault: 'clears all of one connection without telling the others',
    noticedBy: 'clearAll in one connection removes what another one has saved, and notifies its listeners',
    ...connections((registry) => ({
      ...connection(registry),
      async clearAll() {
        for (const key of registry.keys()) await registry.getBackend(key, { client: 'there' }).clear();
      },
    })),
  },
];
