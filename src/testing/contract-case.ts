import type {
  Awaitable,
  OperationOptions,
  PersistedSnapshot,
  SnapshotEnvelope,
  SnapshotInput,
  SnapshotMetadata,
  StorageChangeListener,
  StorageStat,
  StorageUsage,
  Unsubscribe,
  WriteOptions,
} from '../index';

/** What a backend may promise beyond `save` and `load`. */
export const CONTRACT_FEATURES = [
  'clear',
  'isolation',
  'conditions',
  'signals',
  'update',
  'metadata',
  'stat',
  'usage',
  'changes',
  'clearAll',
  'quota',
  'disposal',
] as const;

export type ContractFeature = (typeof CONTRACT_FEATURES)[number];

/** A backend as the contract sees it. What it doesn't promise (see `without`) may be missing. */
export interface ContractBackend<T> {
  save(snapshot: SnapshotInput<T>, options?: WriteOptions): Promise<void>;
  load(options?: OperationOptions): Promise<SnapshotEnvelope<T> | null>;
  clear?(options?: WriteOptions): Promise<void>;
  update?(
    updater: (current: SnapshotEnvelope<T> | null) => SnapshotInput<T>,
    options?: WriteOptions,
  ): Promise<SnapshotEnvelope<T>>;
  saveWithMetadata?(snapshot: SnapshotInput<T>, metadata: SnapshotMetadata, options?: WriteOptions): Promise<void>;
  loadWithMetadata?(options?: OperationOptions): Promise<PersistedSnapshot<T> | null>;
  stat?(options?: OperationOptions): Promise<StorageStat | null>;
  getUsage?(options?: OperationOptions): Promise<StorageUsage>;
  subscribe?(listener: StorageChangeListener): Unsubscribe;
}

/** A medium and its handles. A `SharedMemoryRegistry` is one. */
export interface ContractMedium<T> {
  /** A new handle on a key: a new one at each call, over the data that all handles of that key share. */
  getBackend(key: string, options?: { readonly client?: string }): ContractBackend<T>;
  clearAll?(): Awaitable<void>;
  /** Called after each test; also a promise of its own (`disposal`): what comes later is refused. */
  dispose?(): Awaitable<void>;
}

/** What a test asks of the medium it is given. A registry takes these as its options. */
export interface ContractSettings {
  /** Bytes that may be held. Given only to the tests of `quota`. */
  readonly quota?: number;
  /** Must get what a listener throws. */
  readonly onListenerError?: (error: unknown) => void;
}

export type CompleteBackend = Required<ContractBackend<unknown>>;

/** What a contract test works with: one fresh, empty medium. */
export interface ContractContext {
  /** A handle of its own. */
  open(key?: string, client?: string): CompleteBackend;
  readonly medium: Required<ContractMedium<unknown>>;
  /** Sample data, the same for the same number. */
  data(n: number): unknown;
  /** Whether the backend promises this. */
  promises(feature: ContractFeature): boolean;
  /** What listeners have thrown so far. */
  readonly listenerErrors: readonly unknown[];
}

export interface ContractCase {
  readonly name: string;
  /** Promises that it is about. */
  readonly features: readonly ContractFeature[];
  /** The quota that it needs, in bytes. */
  readonly quota?: (data: (n: number) => unknown) => number;
  /** Saves values that only the built-in sample data's type allows. */
  readonly sampleDataOnly?: boolean;
  run(context: ContractContext): Promise<void>;
}
