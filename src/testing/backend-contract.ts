import { checkCallback, readOptions } from '../backend/input-validation';
import { describe, fail, withContext } from '../errors';
import { changeCases } from './contract/changes';
import { connectionCases } from './contract/connections';
import { isolationCases } from './contract/isolation';
import { metadataCases } from './contract/metadata';
import { saveAndLoadCases } from './contract/save-and-load';
import { storeCases } from './contract/store';
import { writingCases } from './contract/writing';
import {
  CONTRACT_FEATURES,
  type CompleteBackend,
  type ContractCase,
  type ContractFeature,
  type ContractSettings,
  type ContractStore,
} from './contract-case';
import { ContractViolation, isEqual } from './expectations';

/** Gives a fresh, empty store. Called once for each test. */
export type OpenStore<T, S = unknown> = (settings: ContractSettings) => Opened<S & ContractStore<T>>;

/** Not `Awaitable`: TypeScript would take the promise for the store. */
type Opened<S> = S | Promise<S>;

export interface BackendContractOptions<T, S = unknown> {
  /** What the backend does not promise: its tests are left out. Default: nothing. */
  readonly without?: readonly ContractFeature[] | undefined;
  /** Sample data, different for different numbers, that JSON can say. Give it if the backend doesn't take just any data. */
  readonly data?: ((n: number) => T) | undefined;
  /**
   * Opens the store that `open` gave once more: another connection to the same data, with the same settings. Give it if a store
   * can have several; without it, the tests of `connections` are left out. It is disposed of before the first one.
   */
  readonly reopen?: ((store: S & ContractStore<T>, settings: ContractSettings) => Opened<ContractStore<T>>) | undefined;
}

export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

export interface ContractTest {
  readonly name: string;
  /** The promises it is about; none: what every backend promises. */
  readonly features: readonly ContractFeature[];
  /** Rejects with a `ContractViolation` that says what was expected and what came. */
  run(): Promise<void>;
}

/**
 * The tests of the contract, for a runner of your own.
 * @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK`
 */
export function backendContract<T, S = unknown>(
  open: OpenStore<T, S>,
  options: BackendContractOptions<T, S> = {},
): ContractTest[] {
  const { without = [], data, reopen } = withContext('backendContract', () => checkContractOptions(open, options));
  const left = reopen === undefined ? [...without, 'connections'] : without;
  return CASES.filter(({ features }) => !features.some((feature) => left.includes(feature)))
    .filter(({ sampleDataOnly }) => !(sampleDataOnly && data))
    .map((contractCase) => ({
      name: contractCase.name,
      features: contractCase.features,
      run: () => runCase(contractCase, open, options, data ?? sampleData),
    }));
}

/**
 * Registers the contract's tests with the test runner: Jest, Vitest, Mocha or node:test.
 *
 * @param open gives a fresh, empty store for each test; a registry is one
 * @throws {StorageError} `ERR_INVALID_OPTION`, also if `describe` and `it` are neither handed in nor global; `ERR_INVALID_CALLBACK`
 * @example
 * describeBackendContract('AuditedBackend', (settings) => new SharedMemoryRegistry({ ...settings, Backend: AuditedBackend }));
 */
export function describeBackendContract<T, S = unknown>(
  name: string,
  open: OpenStore<T, S>,
  options: BackendContractOptions<T, S> & Partial<TestRunner> = {},
): void {
  const { describe, it, ...others } = options;
  const runner = findRunner({ describe, it });
  const tests = backendContract(open, others);
  runner.describe(`${name} keeps the backend contract`, () => {
    for (const test of tests) runner.it(test.name, () => test.run());
  });
}

function findRunner(handedIn: { [name in keyof TestRunner]: TestRunner[name] | undefined }): TestRunner {
  const globals = globalThis as Partial<TestRunner>;
  const { describe = globals.describe, it = globals.it } = handedIn;
  if (typeof describe === 'function' && typeof it === 'function') return { describe, it };
  return withContext('describeBackendContract', () =>
    fail('ERR_INVALID_OPTION', 'describe and it, handed in as options or global', undefined, 'neither'),
  );
}

function checkContractOptions<T, S>(open: OpenStore<T, S>, options: BackendContractOptions<T, S>): BackendContractOptions<T, S> {
  checkCallback(open, 'open');
  const read = readOptions(options, ['without', 'data', 'reopen']);
  const { without, data, reopen } = read;
  if (without !== undefined && !Array.isArray(without)) fail('ERR_INVALID_OPTION', 'without to be a list of features', without);
  const unknown = without?.find((feature) => !CONTRACT_FEATURES.includes(feature));
  if (unknown !== undefined) fail('ERR_INVALID_OPTION', `without to name some of ${CONTRACT_FEATURES.join(', ')}`, unknown);
  if (reopen !== undefined) checkCallback(reopen, 'reopen');
  if (data === undefined) return read;
  checkCallback(data, 'data');
  if (isEqual(data(1), data(2)))
    fail('ERR_INVALID_OPTION', 'data(1) and data(2) to differ', data, 'the same sample data for both');
  return read;
}

const CASES: readonly ContractCase[] = [
  ...saveAndLoadCases,
  ...isolationCases,
  ...writingCases,
  ...metadataCases,
  ...changeCases,
  ...storeCases,
  ...connectionCases,
];

/** What must be there for a promise to be kept. */
const METHODS: { readonly [feature in ContractFeature]?: readonly string[] } = {
  clear: ['clear'],
  update: ['update'],
  metadata: ['saveWithMetadata', 'loadWithMetadata'],
  stat: ['stat'],
  usage: ['getUsage'],
  changes: ['subscribe'],
  clearAll: ['clearAll'],
  disposal: ['dispose'],
};

async function runCase<T, S>(
  { features, quota, run }: ContractCase,
  openStore: OpenStore<T, S>,
  { without = [], reopen }: BackendContractOptions<T, S>,
  data: (n: number) => unknown,
): Promise<void> {
  const listenerErrors: unknown[] = [];
  const settings: ContractSettings = {
    ...(quota && { quota: quota(data) }),
    onListenerError: (error) => listenerErrors.push(error),
  };
  const opened: ContractStore<T>[] = [];
  const connect = async <O extends ContractStore<T>>(name: string, open: () => Opened<O>) => {
    const store = requireStore(name, await open());
    opened.unshift(store);
    const backend = store.getBackend('key');
    // Also what this test is not about: it may look whether something else has stayed as it was.
    const needed = new Set([...features, ...LOOKED_AT.filter((feature) => !without.includes(feature))]);
    requireMethods(needed, store, backend);
    return {
      original: store,
      // Complete as far as this test goes: requireMethods has looked.
      store: store as ContractStore<unknown> as Required<ContractStore<unknown>>,
      open: (key = 'key', client?: string) => store.getBackend(key, { client }) as CompleteBackend,
    };
  };
  try {
    const first = await connect('open', () => openStore(settings));
    await run({
      ...first,
      reopen: () => connect('reopen', async () => (await reopen?.(first.original, settings)) as ContractStore<T>),
      data,
      listenerErrors,
      promises: (feature) => !without.includes(feature),
    });
  } finally {
    for (const store of opened) await store.dispose?.();
  }
}

function requireStore<O extends ContractStore<unknown>>(name: string, opened: O): O {
  if (typeof opened?.getBackend === 'function') return opened;
  throw new ContractViolation(`expected ${name} to give a store { getBackend }, got ${describe(opened)}`);
}

/** What tests of other promises look at. */
const LOOKED_AT: readonly ContractFeature[] = ['metadata', 'stat', 'usage', 'changes'];

function requireMethods(features: Iterable<ContractFeature>, ...owners: readonly object[]): void {
  const isMissing = (method: string) => !owners.some((owner) => typeof Reflect.get(owner, method) === 'function');
  const broken = [...features].filter((feature) => METHODS[feature]?.some(isMissing));
  if (broken.length === 0) return;
  const missing = broken.flatMap((feature) => METHODS[feature] ?? []).filter(isMissing);
  throw new ContractViolation(
    `expected the methods ${missing.map((method) => `${method}()`).join(', ')}; what is not promised belongs in \`without\`: ${broken.join(', ')}`,
  );
}

function sampleData(n: number): unknown {
  return { count: n, text: `naïve ☃ ${n}`, nested: { list: [n, { id: `item-${n}`, done: false }], nothing: null } };
}
