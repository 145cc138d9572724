import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { checkHistory, type JournalEntry } from 'shared-memory-registry/simulation';
import { LossyProxy } from '../redis/lossy-proxy';
import { describeWithRedis, newNamespace, RedisServer } from '../redis/redis-server';
import { InstalledPackage } from './installed-package';

jest.setTimeout(180_000);

const PROCESSES = 8;

interface Outcome {
  readonly heard: readonly string[];
  readonly losses: readonly unknown[];
  /** Begin and end in ms, by the clock of the machine. */
  readonly history: readonly JournalEntry[];
}

describeWithRedis('eight processes that share a registry', () => {
  let installed: InstalledPackage;
  let server: RedisServer;
  beforeAll(async () => {
    installed = new InstalledPackage();
    installed.addRedisClient();
    server = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
  });
  afterAll(async () => {
    await server.stop();
    installed.remove();
  });

  /** Starts the processes, and lets them begin when all of them listen. */
  async function run(namespace: string, updates: number, saves: number, url = server.url): Promise<Outcome[]> {
    const workers = Array.from({ length: PROCESSES }, (_, n) => {
      const numbers = [PROCESSES, updates, saves].map(String);
      const args = ['redis-worker.mjs', url, namespace, `worker-${n}`, ...numbers];
      const child = spawn(process.execPath, args, { cwd: installed.folder, stdio: ['pipe', 'pipe', 'inherit'] });
      return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
    });
    for (const { lines } of workers) expect((await lines.next()).value).toBe('ready');
    for (const { child } of workers) child.stdin.write('go\n');
    return Promise.all(workers.map(async ({ lines }) => JSON.parse((await lines.next()).value)));
  }

  /** Nothing lost, nothing doubled: in the counter, in what each process heard, in one order, and in what each was answered. */
  async function expectAll(namespace: string, outcomes: readonly Outcome[], updates: number, saves: number): Promise<void> {
    const [first] = outcomes as [Outcome];
    expect(first.heard).toHaveLength(PROCESSES * (updates + saves));
    expect(new Set(first.heard).size).toBe(first.heard.length);
    for (const { heard, losses } of outcomes) {
      expect(heard).toEqual(first.heard);
      expect(losses).toEqual([]);
    }
    const counted = first.heard.filter((line) => line.startsWith('counter ')).map((line) => Number(line.split(' ')[2]));
    expect(counted).toEqual(Array.from({ length: PROCESSES * updates }, (_, n) => n + 1));
    const counter = String(await server.command('HGET', `smr:{${namespace}}:head`, '"counter"'));
    expect(counter.split(' ')[0]).toBe(String(PROCESSES * updates));
    const history = outcomes.flatMap((outcome) => outcome.history);
    expect(history.filter(({ type }) => type === 'load')).toHaveLength((PROCESSES * updates) / 10);
    expect(checkHistory(history)).toEqual({ linearizable: true });
    // If the first look had found what was stored last, it would be found out.
    const look = history.find(({ type }) => type === 'load');
    const early = history.map((entry) => (entry === look ? { ...entry, revision: String(PROCESSES * updates) } : entry));
    expect(checkHistory(early)).toMatchObject({ linearizable: false, key: 'counter' });
  }

  test('lose no update and no save, and hear every change once and in one order', async () => {
    const namespace = newNamespace();
    await expectAll(namespace, await run(namespace, 200, 500), 200, 500);
  });

  test('also when their connections are killed every 250 ms', async () => {
    const namespace = newNamespace();
    let killing: Promise<unknown> = Promise.resolve();
    const kill = () => {
      killing = server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').catch(() => {});
    };
    const timer = setInterval(kill, 250);
    const outcomes = await run(namespace, 200, 500).finally(() => clearInterval(timer));
    // The last one must not close the connection that looks at the result.
    await killing;
    await expectAll(namespace, outcomes, 200, 500);
  });

  test('also when the server is killed and started again', async () => {
    const namespace = newNamespace();
    const running = run(namespace, 200, 500);
    for (let restarts = 0; restarts < 3; restarts += 1) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await server.kill();
      await server.launch();
    }
    await expectAll(namespace, await running, 200, 500);
  });

  test('also when a proxy cuts replies off after the server has done what was asked', async () => {
    const namespace = newNamespace();
    const proxy = new LossyProxy();
    const url = await proxy.start(server.port);
    const timer = setInterval(() => proxy.dropReplies(), 100);
    try {
      const outcomes = await run(namespace, 200, 500, url).finally(() => clearInterval(timer));
      expect(proxy.dropped).toBeGreaterThan(20);
      await expectAll(namespace, outcomes, 200, 500);
    } finally {
      proxy.stop();
    }
  });
});
