import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type CallOptions, type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { rejection } from '../../support/refusals';

/** A store of somebody else: nothing is known of it but what its calls declare. */
class Store {
  readonly values = new Map<string, number>();

  async get(key: string): Promise<number | undefined> {
    return this.values.get(key);
  }

  async set(key: string, value: number): Promise<void> {
    this.values.set(key, value);
  }

  /** Sorted: writes of different keys are declared not to depend on each other, so their order must not be seen. */
  async keys(): Promise<string[]> {
    return [...this.values.keys()].sort();
  }

  async clear(): Promise<void> {
    this.values.clear();
  }
}

/** How often the same exploration is repeated. */
const TIMES = process.env['LONG'] === '1' ? 10 : 2;

const DECLARED: CallOptions = { reads: ['get', 'keys'], writes: ['set', 'clear'] };
const clientsOf = (count: number) => [...'abcd'].slice(0, count);

async function count(
  { calls }: ExploreContext<unknown>,
  clients: number,
  options: CallOptions,
  keyOf = (_client: string) => 'x',
) {
  const store = new Store();
  await Promise.all(
    clientsOf(clients).map(async (client) => {
      const own = calls(client, store, options);
      const key = keyOf(client);
      await own.set(key, ((await own.get(key)) ?? 0) + 1);
    }),
  );
  return store;
}

const ORDERS: [clients: number, declared: number, undeclared: number][] = [
  [2, 4, 6],
  [3, 36, 90],
  [4, 576, 2520],
];

// The most of them in CI.
test.each(process.env['LONG'] === '1' ? ORDERS : ORDERS.slice(0, 2))(
  '%i clients that read and write take %i orders where the calls are declared, %i where they are not',
  async (clients, declared, undeclared) => {
    const options = { maxSchedules: 5000, timeoutMs: 60_000 };
    const one = await explore((context) => count(context, clients, DECLARED), options);
    const other = await explore((context) => count(context, clients, {}), options);
    expect([one.schedules, one.complete, one.clients]).toEqual([declared, true, clients]);
    expect([other.schedules, other.complete, other.clients]).toEqual([undeclared, true, clients]);
  },
);

test('calls on keys of their own, by name, are independent of each other; those on all keys are not', async () => {
  expect((await explore((context) => count(context, 4, DECLARED, (client) => client))).schedules).toBe(1);
  const clear = async (context: ExploreContext<unknown>) => {
    const store = new Store();
    const [a, b] = ['a', 'b'].map((client) => context.calls(client, store, DECLARED)) as [Store, Store];
    await Promise.all([a.set('x', 1), b.clear()]);
  };
  expect((await explore(clear)).schedules).toBe(2);
  const list = async (context: ExploreContext<unknown>) => {
    const store = new Store();
    const [a, b, c] = ['a', 'b', 'c'].map((client) => context.calls(client, store, DECLARED)) as [Store, Store, Store];
    await Promise.all([a.keys(), b.keys(), c.get('x')]);
  };
  expect((await explore(list)).schedules).toBe(1);
});

test('an update that is lost is found, and the timeline has arguments and results', async () => {
  const error = await rejection(
    explore(async (context) => {
      const store = await count(context, 2, { ...DECLARED, name: 'store' });
      expect(store.values.get('x')).toBe(2);
    }),
  );
  expect(error).toMatchObject({ code: 'ERR_SCHEDULE_FAILED' });
  expect((error as Error).message).toContain('store.get("x") → undefined');
  expect((error as Error).message).toContain('store.set("x", 1) → undefined');
});

test('a function is called as a client as well, and what it throws is answered late', async () => {
  const seen: unknown[] = [];
  const request = async (url: string, value: number) => {
    if (value === 1) throw new Error(`no ${url}`);
    return value;
  };
  const report = await explore(async ({ calls }) => {
    const [a, b] = ['a', 'b'].map((client) => calls(client, request, { writes: () => true }));
    const results = await Promise.allSettled([a?.('/x', 1), b?.('/x', 2)]);
    seen.push(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)));
  });
  expect(report).toMatchObject({ schedules: 2, complete: true });
  expect(seen[0]).toEqual(['no /x', 2]);
});

describe('faults', () => {
  test.each([
    ['refused', ['set', 'fault'], undefined],
    ['lost reply', ['set', 'fault'], 1],
  ] as const)('a call is %s', async (kind, outcomes, stored) => {
    const seen = new Set<string>();
    await explore(
      async ({ calls }) => {
        const store = new Store();
        const outcome = await calls('a', store, DECLARED)
          .set('x', 1)
          .then(
            () => 'set',
            (error) => (error.name === 'SimulatedFault' ? 'fault' : String(error)),
          );
        seen.add(outcome);
        if (outcome === 'fault') expect(store.values.get('x')).toBe(stored);
      },
      { faults: { kinds: [kind] } },
    );
    expect([...seen].sort()).toEqual([...outcomes].sort());
  });

  test('a client crashes before a call and after it', async () => {
    const seen = new Set<unknown>();
    const report = await explore(
      async ({ calls, plan }) => {
        const store = new Store();
        await Promise.race([calls('a', store, DECLARED).set('x', 1), plan.crashed('a')]);
        seen.add(store.values.get('x'));
      },
      { faults: { kinds: ['crash'] } },
    );
    expect(report.schedules).toBe(3);
    expect(seen).toEqual(new Set([undefined, 1]));
  });
});

describe('real work', () => {
  test('on a file is waited for: every exploration is the same, and find the update that is lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calls-'));
    const path = join(folder, 'count.json');
    const file = {
      load: async () => Number(await readFile(path, 'utf8')),
      store: async (value: number) => {
        await writeFile(path, String(value));
      },
    };
    const lost = new Set<boolean>();
    const scenario = async ({ calls }: ExploreContext<unknown>) => {
      await writeFile(path, '0');
      const clients = clientsOf(2).map((client) => calls(client, file, { name: 'file', reads: ['load'], writes: ['store'] }));
      await Promise.all(clients.map(async (own) => own.store((await own.load()) + 1)));
      lost.add(readFileSync(path, 'utf8') === '1');
    };
    const reports = [];
    for (let time = 0; time < TIMES; time += 1) reports.push(await explore(scenario, { timeoutMs: 30_000 }));
    rmSync(folder, { recursive: true });
    expect(new Set(reports.map(({ schedules, complete }) => `${schedules} ${complete}`))).toEqual(new Set(['4 true']));
    expect(lost).toEqual(new Set([true, false]));
  });

  test('over fetch is waited for: two tabs refresh one token', async () => {
    let token = 0;
    const server = createServer((request, response) => {
      if (request.method === 'POST') token += 1;
      response.setHeader('connection', 'close').end(String(token));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    const before = globalThis.fetch;
    const refreshes = new Set<number>();
    const scenario = async ({ calls, afterRun }: ExploreContext<unknown>) => {
      token = 0;
      afterRun(() => {
        globalThis.fetch = before;
      });
      globalThis.fetch = (() => Promise.reject(new Error('not as a client'))) as never;
      const isWrite = ({ args }: { args: readonly unknown[] }) => (args[1] as { method?: string } | undefined)?.method === 'POST';
      const tab = async (client: string) => {
        const request = calls(client, before, { name: 'fetch', writes: isWrite, reads: (call) => !isWrite(call) });
        if ((await (await request(url)).text()) === '0') await request(url, { method: 'POST' });
      };
      await Promise.all(['tab-1', 'tab-2'].map(tab));
      refreshes.add(token);
    };
    const reports = [];
    for (let time = 0; time < TIMES; time += 1) reports.push((await explore(scenario, { timeoutMs: 60_000 })).schedules);
    server.close();
    expect(new Set(reports).size).toBe(1);
    expect(refreshes).toEqual(new Set([1, 2]));
    expect(globalThis.fetch).toBe(before);
  });
});

test('afterRun is called after each run, the last one first, also where the run fails', async () => {
  const order: string[] = [];
  await explore(async ({ registry, afterRun }) => {
    afterRun(() => order.push('first'));
    afterRun(async () => order.push('last'));
    await registry.getBackend('x').load();
  });
  expect(order).toEqual(['last', 'first']);
  const failing = explore(async ({ registry, afterRun }) => {
    await registry.getBackend('x').load();
    afterRun(() => {
      throw new Error('can not be put back');
    });
  });
  expect(await rejection(failing)).toMatchObject({ code: 'ERR_SCHEDULE_FAILED', cause: new Error('can not be put back') });
});

test.each([
  [(context: ExploreContext<unknown>) => context.calls(5 as never, {}), 'a client to be a string'],
  [(context: ExploreContext<unknown>) => context.calls('a', 5 as never), 'an object with asynchronous methods, or a function'],
  [(context: ExploreContext<unknown>) => context.calls('a', {}, { methods: 'get' } as never), 'methods to be a list of names'],
  [(context: ExploreContext<unknown>) => context.calls('a', {}, { reads: 5 } as never), 'reads to be a list of methods'],
  [(context: ExploreContext<unknown>) => context.calls('a', {}, { key: 5 } as never), 'key that is a function'],
  [(context: ExploreContext<unknown>) => context.calls('a', {}, { kinds: [] } as never), 'no other options than'],
  [(context: ExploreContext<unknown>) => context.afterRun(5 as never), 'a callback that is a function'],
])('%s is refused', async (use, expected) => {
  const error = await rejection(explore(async (context) => void use(context)));
  expect((error as Error & { cause: { expected: string } }).cause.expected).toContain(expected);
});

/** Programs of calls by three clients: what each does one after another, some of it at once. */
const anyCall = fc.record({
  method: fc.constantFrom('get', 'set', 'keys', 'clear', 'increase'),
  key: fc.constantFrom('x', 'y'),
  isAtOnce: fc.boolean(),
});
const anyProgram = fc.array(fc.array(anyCall, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 });

async function outcomesOf(
  program: readonly (readonly { method: string; key: string; isAtOnce: boolean }[])[],
  options: CallOptions,
  reduction: boolean,
  faults: boolean,
) {
  const outcomes = new Set<string>();
  const report = await explore(
    async ({ calls }) => {
      const store = new Store();
      const run = async (commands: (typeof program)[number], index: number) => {
        const own = calls(`client-${index}`, store, options);
        const results: unknown[] = [];
        const act = async ({ method, key }: (typeof commands)[number]) => {
          const value = 10 * index + results.length + 1;
          if (method === 'get') results.push(await own.get(key));
          else if (method === 'set') await own.set(key, value);
          else if (method === 'keys') results.push(await own.keys());
          else if (method === 'clear') await own.clear();
          else await own.set(key, ((await own.get(key)) ?? 0) + 1);
        };
        const pending: Promise<void>[] = [];
        for (const command of commands) {
          const done = act(command).catch(() => void results.push('fault'));
          if (command.isAtOnce) pending.push(done);
          else await done;
        }
        await Promise.all(pending);
        return results;
      };
      const results = await Promise.all(program.map(run));
      outcomes.add(JSON.stringify([results, [...store.values].sort()]));
    },
    { reduction, maxSchedules: 600, timeoutMs: 60_000, ...(faults && { faults: { kinds: ['refused', 'lost reply'] } }) },
  );
  return { outcomes: [...outcomes].sort(), complete: report.complete };
}

test.each([
  ['declared', DECLARED, false],
  ['undeclared', {}, false],
  ['declared, with faults', DECLARED, true],
] as const)(
  'random programs of %s calls have the same outcomes with reduction as without',
  async (_name, options, faults) => {
    const numRuns = process.env['LONG'] === '1' ? 80 : 2;
    const property = fc.asyncProperty(anyProgram, async (program) => {
      const every = await outcomesOf(program, options, false, faults);
      fc.pre(every.complete);
      expect(await outcomesOf(program, options, true, faults)).toEqual(every);
    });
    await fc.assert(property, { numRuns });
  },
  600_000,
);
