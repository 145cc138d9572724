import { type Awaitable, StorageError } from '../index';
import { changeCases } from './contract/changes';
import { isolationCases } from './contract/isolation';
import { mediumCases } from './contract/medium';
import { metadataCases } from './contract/metadata';
import { storageCases } from './contract/storage';
import { writingCases } from './contract/writing';
import {
  CONTRACT_FEATURES,
  type CompleteBackend,
  type ContractCase,
  type ContractFeature,
  type ContractMedium,
  type ContractSettings,
} from './contract-case';
import { ContractViolation } from './expectations';

/** Gives a fresh, empty medium. Called once for each test. */
export type OpenMedium<T> = (settings: ContractSettings) => Awaitable<ContractMedium<T>>;

export interface BackendContractOptions<T> {
  /** What the backend does not promise: its tests are left out. Default: nothing. */
  readonly without?: readonly ContractFeature[];
  /** Sample data, different for different numbers, that JSON can say. Give it if the backend doesn't take just any data. */
  readonly data?: (n: number) => T;
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

/** The tests of the contract, for a runner of your own. */
export function backendContract<T>(open: OpenMedium<T>, options: BackendContractOptions<T> = {}): ContractTest[] {
  const { without = [], data } = options;
  const unknown = without.find((feature) => !CONTRACT_FEATURES.includes(feature));
  if (unknown !== undefined) {
    throw new StorageError('ERR_INVALID_OPTION', {
      operation: 'backendContract',
      expected: `without to name some of ${CONTRACT_FEATURES.join(', ')}`,
      received: String(unknown),
    });
  }
  return CASES.filter(({ features }) => !features.some((feature) => without.includes(feature)))
    .filter(({ sampleDataOnly }) => !(sampleDataOnly && data))
    .map((contractCase) => ({
      name: contractCase.name,
      features: contractCase.features,
      run: () => runCase(contractCase, open, data ?? sampleData, without),
    }));
}

/**
 * Registers the contract's tests with the test runner: Jest, Vitest, Mocha or node:test.
 *
 * @param open gives a fresh, empty medium for each test; a registry is one
 * @throws {StorageError} `ERR_INVALID_OPTION` if `describe` and `it` are neither handed in nor global
 * @example
 * describeBackendContract('AuditedBackend', (settings) => new SharedMemoryRegistry({ ...settings, Backend: AuditedBackend }));
 */
export function describeBackendContract<T>(
  name: string,
  open: OpenMedium<T>,
  options: BackendContractOptions<T> & Partial<TestRunner> = {},
): void {
  const { describe, it } = findRunner(options);
  describe(`${name} keeps the backend contract`, () => {
    for (const test of backendContract(open, options)) it(test.name, () => test.run());
  });
}

function findRunner(handedIn: Partial<TestRunner>): TestRunner {
  const globals = globalThis as Partial<TestRunner>;
  const { describe = globals.describe, it = globals.it } = handedIn;
  if (typeof describe === 'function' && typeof it === 'function') return { describe, it };
  throw new StorageError('ERR_INVALID_OPTION', {
    operation: 'describeBackendContract',
    expected: 'describe and it, handed in as options or global',
    received: 'neither',
  });
}

const CASES: readonly ContractCase[] = [
  ...storageCases,
  ...isolationCases,
  ...writingCases,
  ...metadataCases,
  ...changeCases,
  ...mediumCases,
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

async function runCase<T>(
  { features, quota, run }: ContractCase,
  open: OpenMedium<T>,
  data: (n: number) => unknown,
  without: readonly ContractFeature[],
): Promise<void> {
  const listenerErrors: unknown[] = [];
  const opened = await open({
    ...(quota && { quota: quota(data) }),
    onListenerError: (error) => listenerErrors.push(error),
  });
  const medium = requireMedium(opened);
  try {
    const backend = medium.getBackend('key');
    // Also what this test is not about: it may look whether something else has stayed as it was.
    const needed = new Set([...features, ...LOOKED_AT.filter((feature) => !without.includes(feature))]);
    for (const feature of needed) requireMethods(feature, medium, backend);
    await run({
      // Complete as far as this test goes: requireMethods has looked.
      medium: medium as Required<ContractMedium<unknown>>,
      open: (key = 'key', client?: string) => medium.getBackend(key, { client }) as CompleteBackend,
      data,
      listenerErrors,
      promises: (feature) => !without.includes(feature),
    });
  } finally {
    await medium.dispose?.();
  }
}

function requireMedium<T>(opened: ContractMedium<T>): ContractMedium<T> {
  if (typeof opened?.getBackend === 'function') return opened;
  throw new ContractViolation(`expected open to give a medium { getBackend }, got ${String(opened)}`);
}

/** What tests of other promises look at. */
const LOOKED_AT: readonly ContractFeature[] = ['metadata', 'stat', 'usage', 'changes'];

function requireMethods(feature: ContractFeature, ...owners: readonly object[]): void {
  for (const method of METHODS[feature] ?? []) {
    if (owners.some((owner) => typeof Reflect.get(owner, method) === 'function')) continue;
    throw new ContractViolation(`expected a method ${method}(); if '${feature}' is not promised, name it in \`without\``);
  }
}

function sampleData(n: number): unknown {
  return { count: n, text: `naïve ☃ ${n}`, nested: { list: [n, { id: `item-${n}`, done: false }], nothing: null } };
}
