import { SharedMemoryRegistry } from 'shared-memory-registry';
import {
  backendContract,
  type ContractFeature,
  ContractViolation,
  describeBackendContract,
} from 'shared-memory-registry/testing';
import { brokenBackends } from './broken-backends';

const openRegistry = (settings: object) => new SharedMemoryRegistry<unknown>(settings);

/** Names of the tests that fail, with what they say. */
async function failures(...[open, options]: Parameters<typeof backendContract>): Promise<Map<string, unknown>> {
  const failed = new Map<string, unknown>();
  for (const { name, run } of backendContract(open, options)) {
    await run().catch((error: unknown) => failed.set(name, error));
  }
  return failed;
}

describe('the backend contract', () => {
  test('is kept by a registry', async () => {
    await expect(failures(openRegistry)).resolves.toEqual(new Map());
  });

  test.each(brokenBackends)('notices a backend that $fault', async ({ noticedBy, open, reopen }) => {
    expect([...(await failures(open, { reopen })).keys()]).toContain(noticedBy);
  });

  test('has a broken backend for nearly every test, so that hardly one could be left out', async () => {
    const names = backendContract(openRegistry, { reopen: (store) => store }).map(({ name }) => name);
    const proven = new Set(brokenBackends.map(({ noticedBy }) => noticedBy));
    expect([...proven].filter((name) => !names.includes(name))).toEqual([]);
    expect(brokenBackends.length).toBeGreaterThanOrEqual(15);
    expect(proven.size / names.length).toBeGreaterThan(0.6);
  });

  test('says what was expected and what came', async () => {
    const failed = await failures((settings) => {
      const registry = openRegistry(settings);
      return { getBackend: (key, options) => Object.assign(registry.getBackend(key, options), { save: async () => {} }) };
    });
    const error = failed.get('loads on one handle what another handle of the key has saved');
    expect(error).toBeInstanceOf(ContractViolation);
    expect(String(error)).toMatch(
      /ContractViolation: what another handle loads\n {2}expected: \{"revision":"7","data":.*\}\n {2}got: {6}null/,
    );
  });

  test('tells which method a promise needs, and how to make no such promise', async () => {
    const failed = await failures((settings) => {
      const registry = openRegistry(settings);
      return { getBackend: (key, options) => Object.assign(registry.getBackend(key, options), { subscribe: undefined }) };
    });
    expect(String(failed.get('notifies of changes in the order of their commits'))).toBe(
      'ContractViolation: expected the methods subscribe(); what is not promised belongs in `without`: changes',
    );
  });

  test('tells so before anything else fails for it, in every test that looks at what is promised', async () => {
    const failed = await failures((settings) => {
      const registry = openRegistry(settings);
      return { getBackend: (key, options) => Object.assign(registry.getBackend(key, options), { stat: undefined }) };
    });
    expect(String(failed.get('refuses what is not a snapshot, and changes nothing'))).toMatch(/expected the methods stat\(\)/);
  });

  test('refuses a promise it does not know, and says what an open must give', async () => {
    expect(() => backendContract(openRegistry, { without: ['quotas' as never] })).toThrow(
      /^backendContract: expected without to name/,
    );
    const failed = await failures(() => undefined as never);
    expect(String([...failed.values()][0])).toBe(
      'ContractViolation: expected open to give a store { getBackend }, got undefined',
    );
    const reopened = await failures(openRegistry, { reopen: () => undefined as never });
    expect(String([...reopened.values()][0])).toMatch(/expected reopen to give a store { getBackend }, got undefined/);
  });

  test.each<[string, unknown[], RegExp]>([
    ['a registry in the place of open', [openRegistry({})], /expected open that is a function, got an instance of Shared/],
    ['an option that there is not', [openRegistry, { skip: [] }], /no other options than without, data, reopen, got "skip"/],
    [
      'features that are no list',
      [openRegistry, { without: 'changes' }],
      /expected without to be a list of features, got "changes"/,
    ],
    ['data that is no function', [openRegistry, { data: { a: 1 } }], /expected data that is a function, got an object/],
    ['the same data for every number', [openRegistry, { data: () => 'same' }], /expected data\(1\) and data\(2\) to differ/],
    ['a reopen that is no function', [openRegistry, { reopen: true }], /expected reopen that is a function, got true/],
  ])('refuses %s at once', (_name, args, message) => {
    expect(() => Reflect.apply(backendContract, undefined, args)).toThrow(message);
    const { describe, it } = { describe: () => {}, it: () => {} };
    const [open, options] = args;
    expect(() => Reflect.apply(describeBackendContract, undefined, ['x', open, { ...Object(options), describe, it }])).toThrow(
      message,
    );
  });

  test('takes an open that gives a promise', async () => {
    const open = async (settings: object) => ({ ...connect(openRegistry(settings)), extra: 1 });
    const connect = (registry: SharedMemoryRegistry<unknown>) => ({
      registry,
      getBackend: (key: string, options?: { readonly client?: string | undefined }) => registry.getBackend(key, options),
      clearAll: async () => registry.clearAll(),
      dispose: async () => registry.dispose(),
    });
    const tests = backendContract(open, {
      reopen: async ({ registry, extra }) => (extra === 1 ? connect(registry) : openRegistry({})),
    });
    for (const { run } of tests) await run();
    expect(
      backendContract<{ n: number }>(async () => new SharedMemoryRegistry<{ n: number }>(), { data: (n) => ({ n }) }),
    ).not.toEqual([]);
    const openCounts = async () => new SharedMemoryRegistry<{ n: number }>();
    // @ts-expect-error -- sample data of something else than the store's
    backendContract<{ n: number }>(openCounts, { data: (n: number) => ({ n: String(n) }) });
  });

  test('leaves out what is not promised, and nothing else', () => {
    const without: ContractFeature[] = ['quota', 'changes'];
    const all = backendContract(openRegistry);
    const some = backendContract(openRegistry, { without });
    const left = all.filter(({ features }) => features.some((feature) => without.includes(feature)));
    expect(some.length).toBe(all.length - left.length);
    expect(some.some(({ features }) => features.some((feature) => without.includes(feature)))).toBe(false);
  });

  test('runs on backends that take only data of their own kind', async () => {
    const open = (settings: object) => new SharedMemoryRegistry<{ n: number }>(settings);
    await expect(failures(open, { data: (n: number) => ({ n }) })).resolves.toEqual(new Map());
  });

  test('disposes of each medium, also after a failed test', async () => {
    let [opened, disposed] = [0, 0];
    const tests = backendContract(() => {
      opened += 1;
      return {
        getBackend: () => ({ save: async () => {}, load: async () => null }),
        dispose: () => {
          disposed += 1;
        },
      };
    });
    await Promise.allSettled(tests.map(({ run }) => run()));
    expect(disposed).toBeGreaterThanOrEqual(opened);
    expect(opened).toBe(tests.length);
  });
});

describe('describeBackendContract', () => {
  test('registers one test for each of the contract, with the describe and it that it is handed', () => {
    const registered: string[] = [];
    describeBackendContract('memory', openRegistry, {
      describe: (name, body) => {
        registered.push(name);
        body();
      },
      it: (name) => registered.push(name),
    });
    expect(registered).toEqual(['memory keeps the backend contract', ...backendContract(openRegistry).map(({ name }) => name)]);
  });

  test('refuses to run where there is no describe and it', () => {
    const { describe: found } = globalThis;
    Reflect.deleteProperty(globalThis, 'describe');
    try {
      expect(() => describeBackendContract('memory', openRegistry)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_OPTION', operation: 'describeBackendContract' }),
      );
    } finally {
      globalThis.describe = found;
    }
  });
});
