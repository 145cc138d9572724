import type { Awaitable, StorageHandle } from '../index';

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
  'connections',
] as const;

export type ContractFeature = (typeof CONTRACT_FEATURES)[number];

/** A backend as the contract sees it. What it doesn't promise (see `without`) may be missing. */
export interface ContractBackend<T>
  extends Pick<StorageHandle<T>, 'save' | 'load'>,
    Partial<Omit<StorageHandle<T>, 'save' | 'load' | 'key' | 'client'>> {}

/** A store and its handles. Every `StorageRegistry` is one. */
export interface ContractStore<T> {
  /** A handle on a key: a new one at each call, over the data that all handles of that key share. */
  getBackend(key: string, options?: { readonly client?: string | undefined }): ContractBackend<T>;
  clearAll?(): Awaitable<void>;
  /** Called after each test; also a promise of its own (`disposal`): what comes later is refused. */
  dispose?(): Awaitable<void>;
}

/** What a test asks of the store it is given. A registry takes these as its options. */
export interface ContractSettings {
  /** Bytes that may be held. Given only to the tests of `quota`. */
  readonly quota?: number | undefined;
  /** Must get what a listener throws. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

export type CompleteBackend = Required<ContractBackend<unknown>>;

/** What a contract test works with: one fresh, empty store. */
export interface ContractContext {
  /** A handle of its own. */
  open(key?: string, client?: string): CompleteBackend;
  readonly store: Required<ContractStore<unknown>>;
  /** Opens the store once more: another connection to the same data. */
  reopen(): Promise<Connection>;
  /** Sample data, the same for the same number. */
  data(n: number): unknown;
  /** Whether the backend promises this. */
  promises(feature: ContractFeature): boolean;
  /** What listeners have thrown so far. */
  readonly listenerErrors: readonly unknown[];
}

/** One more connection to the store of a test. */
export interface Connection {
  open(key?: string, client?: string): CompleteBackend;
  readonly store: Required<ContractStore<unknown>>;
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
