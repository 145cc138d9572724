import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createClient, createCluster } from '@redis/client';

/** Where redis-server is installed, if it is. */
export function findRedisServer(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => isExecutable(path));
}

/** Tests that need a server. Without one they are left out, and the reporter says so. */
export const describeWithRedis: jest.Describe = findRedisServer() === undefined ? describe.skip : describe;

/** A server of a test's own, on a free port of this machine, with a folder that is removed at the end. */
export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'redis-server-'));
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly options: readonly string[],
  ) {}

  static async start(...options: string[]): Promise<RedisServer> {
    for (let attempt = 1; ; attempt += 1) {
      const server = new RedisServer(await findFreePort(), options);
      try {
        await server.launch();
        return server;
      } catch (error) {
        // Another one has taken the port meanwhile, or that of the cluster bus.
        await server.stop();
        if (attempt === 5) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, again after `kill`. Resolves when it answers. */
  async launch(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', '', ...this.options];
    this.#process = spawn(findRedisServer() as string, args, { stdio: 'ignore' });
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (this.#process.exitCode !== null) break;
      if (await this.command('PING').then(Boolean, () => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`redis-server does not answer on port ${this.port}`);
  }

  /** Runs one command on a connection of its own. */
  async command(...args: string[]): Promise<unknown> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } }).on('error', () => {});
    await client.connect();
    try {
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    const ended = this.#process?.exitCode === null && once(this.#process, 'exit');
    this.signal('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Three masters, which share the keys between them. */
export async function startCluster() {
  const servers = await Promise.all(
    [1, 2, 3].map(() => RedisServer.start('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000')),
  );
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'], {
    stdio: 'ignore',
  });
  for (const server of servers) {
    while (!String(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    client: createCluster({ rootNodes: servers.map(({ url }) => ({ url })) }),
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

let namespaces = 0;

/** A namespace that nobody else uses. */
export function newNamespace(): string {
  namespaces += 1;
  return `test-${process.pid}-${namespaces}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A server of a cluster uses this port and the one 10,000 above it. Linux gives ports from 32,768 on to outgoing connections: both are below. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  server.close();
  return listening;
}
