import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Keyv from 'keyv';
import { JSONFile } from 'lowdb/node';
import { type CallOptions, type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';
import { rejection } from '../../support/refusals';

const nodePersist = require('node-persist');

/** One counter, as a client reads and writes it. */
interface Counter {
  get(): Promise<number>;
  set(count: number): Promise<void>;
}

type Open = (context: ExploreContext<unknown>, client: string) => Counter | Promise<Counter>;

/** Makes what clients of one run share. */
type Share = (context: ExploreContext<unknown>) => Open | Promise<Open>;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calls-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of its own for each run. */
function newFolder({ afterRun }: ExploreContext<unknown>): string {
  const own = mkdtempSync(join(folder, 'run-'));
  afterRun(() => rmSync(own, { recursive: true, force: true }));
  return own;
}

const METHODS: CallOptions = { reads: ['get', 'getItem', 'read'], writes: ['set', 'setItem', 'write'] };

const lowdb: Share = (context) => {
  const file = join(newFolder(context), 'db.json');
  writeFileSync(file, '{"count":0}');
  return ({ calls }, client) => {
    // The file that several instances of the database share.
    const adapter = calls(client, new JSONFile<{ count: number }>(file), { ...METHODS, name: 'lowdb' });
    return { get: async () => (await adapter.read())?.count ?? 0, set: (count) => adapter.write({ count }) };
  };
};

const persist: Share = async (context) => {
  const dir = newFolder(context);
  return async ({ calls }, client) => {
    const storage = nodePersist.create({ dir, writeQueue: false, expiredInterval: false });
    await storage.init();
    const own = calls(
      client,
      storage as { getItem(key: string): Promise<number>; setItem(key: string, value: number): Promise<void> },
      {
        ...METHODS,
        name: 'node-persist',
        methods: ['getItem', 'setItem'],
      },
    );
    return { get: async () => (await own.getItem('count')) ?? 0, set: async (count) => void (await own.setItem('count', count)) };
  };
};

const keyv: Share = () => {
  const store = new Map();
  return ({ calls }, client) => {
    const own = calls(client, new Keyv<number>({ store }), { ...METHODS, methods: ['get', 'set'], name: 'keyv' });
    return { get: async () => (await own.get('count')) ?? 0, set: async (count) => void (await own.set('count', count)) };
  };
};

const localforage: Share = async ({ afterRun }) => {
  afterRun(new WebStorageArea().openWindow().install());
  return async ({ calls }, client) => {
    // A copy for each client, as each tab has one.
    let copy: typeof import('localforage') | undefined;
    await jest.isolateModulesAsync(async () => {
      copy = require('localforage');
    });
    const storage = (copy as typeof import('localforage')).createInstance({
      driver: (copy as typeof import('localforage')).LOCALSTORAGE,
    });
    await storage.ready();
    const own = calls(client, storage, { ...METHODS, methods: ['getItem', 'setItem'], name: 'localforage' });
    return {
      get: async () => (await own.getItem<number>('count')) ?? 0,
      set: async (count) => void (await own.setItem('count', count)),
    };
  };
};

const unstorage: Share = (context) => {
  const base = newFolder(context);
  return ({ calls }, client) => {
    const storage = createStorage<number>({ driver: fsDriver({ base }) });
    const own = calls(client, storage, { ...METHODS, methods: ['getItem', 'setItem'], name: 'unstorage' });
    return { get: async () => (await own.getItem('count')) ?? 0, set: (count) => own.setItem('count', count) };
  };
};

let server: Server;
let address: string;
let served = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === 'PUT') served = Number(request.headers['x-count']);
    response.end(String(served));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/count`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const isPut = (init: unknown) => (init as RequestInit | undefined)?.method === 'PUT';

const requests: Share = () => {
  served = 0;
  return ({ calls }, client) => {
    const own = calls(client, (url: string, init?: RequestInit) => fetch(url, init).then((response) => response.text()), {
      name: 'fetch',
      reads: ({ args }) => !isPut(args[1]),
      writes: ({ args }) => isPut(args[1]),
      show: (value) => (typeof value === 'string' && /^\d+$/.test(value) ? value : isPut(value) ? 'PUT' : 'count'),
    });
    return {
      get: async () => Number(await own(address)),
      set: async (count) => void (await own(address, { method: 'PUT', headers: { 'x-count': String(count) } })),
    };
  };
};

/** A file whose reads and writes are given to the scheduler of the scenario. */
const scheduled: Share = (context) => {
  const file = join(newFolder(context), 'count');
  writeFileSync(file, '0');
  return async ({ registry, scheduler }, client) => {
    await registry.getBackend('settings', { client }).load();
    const turn = (label: string) =>
      scheduler.schedule(Promise.resolve(), `${client}: ${label}`, { client, key: null, phase: 'turn', handle: scheduler });
    return {
      get: async () => {
        await turn('reads');
        return Number(await readFile(file, 'utf8'));
      },
      set: async (count) => {
        await turn('writes');
        await writeFile(file, String(count));
      },
    };
  };
};

const PACKAGES: [name: string, share: Share, schedules: number][] = [
  ['lowdb on a file', lowdb, 4],
  ['node-persist on files', persist, 4],
  ['unstorage on files', unstorage, 4],
  ['keyv', keyv, 4],
  ['localforage', localforage, 4],
  ['fetch, and a server', requests, 4],
  // Nothing is known of what it does.
  ['a file, by the public scheduler', scheduled, 6],
];

/** How often each exploration is repeated. */
const LONG = process.env['LONG'] === '1';
const TIMES = LONG ? 10 : 3;

/** Two clients add one each. @returns the total */
async function count(share: Share, context: ExploreContext<unknown>): Promise<number> {
  const open = await share(context);
  const [a, b] = [await open(context, 'a'), await open(context, 'b')];
  await Promise.all([a, b].map(async (counter) => counter.set((await counter.get()) + 1)));
  return a.get();
}

test.each(PACKAGES)('%s: two clients lose a count, and the order is found', async (_name, share) => {
  const error = await rejection(explore(async (context) => expect(await count(share, context)).toBe(2)));
  expect(error).toMatchObject({ code: 'ERR_SCHEDULE_FAILED', cause: { matcherResult: { expected: 2, actual: 1 } } });
});

// The last one waits for files of which nobody says when they are done.
test.each(LONG ? PACKAGES : PACKAGES.slice(0, -1))(
  '%s: each exploration has the same schedules',
  async (_name, share, schedules) => {
    const reports: unknown[] = [];
    for (let times = 0; times < TIMES; times += 1) {
      const totals = new Set<number>();
      const scenario = async (context: ExploreContext<unknown>) => totals.add(await count(share, context));
      const report = await explore(scenario, { timeoutMs: 30_000 });
      reports.push([report.schedules, report.complete, [...totals].sort()]);
    }
    expect(reports).toEqual(Array.from({ length: TIMES }, () => [schedules, true, [1, 2]]));
  },
);
