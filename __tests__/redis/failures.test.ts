import { createClient } from '@redis/client';
import { nextRevision, type StorageChange } from 'shared-memory-registry';
import { type RedisLoss, RedisRegistry } from 'shared-memory-registry/redis';
import { LossyProxy } from './lossy-proxy';
import { describeWithRedis, newNamespace } from './redis-server';
import { registriesOnAServer } from './registries-on-a-server';

const count = (current: { revision: string; data: number } | null) => ({
  revision: nextRevision(current),
  data: (current?.data ?? 0) + 1,
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const until = async (holds: () => boolean) => {
  for (let waits = 0; waits < 500 && !holds(); waits += 1) await pause(10);
};

describeWithRedis('a registry on Redis whose connections fail', () => {
  const scene = registriesOnAServer('--appendonly', 'yes', '--appendfsync', 'always');
  const { connect } = scene;

  test('counts every update once, whose connections are killed every 50 ms, and tells each change once and in order', async () => {
    const namespace = newNamespace();
    const [a, b, listening] = [
      await connect<number>({ namespace }),
      await connect<number>({ namespace }),
      await connect<number>({ namespace }),
    ];
    const heard: StorageChange[] = [];
    listening.subscribe((change) => heard.push(change));
    const timer = setInterval(
      () => void scene.server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').catch(() => {}),
      50,
    );
    const handles = [a, b, a, b].map((registry) => registry.getBackend('counter'));
    try {
      await Promise.all(
        handles.map(async (handle) => {
          for (let n = 0; n < 50; n += 1) await handle.update(count);
        }),
      );
    } finally {
      clearInterval(timer);
    }
    expect((await a.peek('counter'))?.snapshot).toEqual({ revision: '200', data: 200 });
    await until(() => heard.length >= 200);
    expect(heard.map(({ revision }) => revision)).toEqual(Array.from({ length: 200 }, (_, n) => String(n + 1)));
  });

  test("knows what has failed from the errors of another copy of the client's package", async () => {
    let other: { createClient: typeof createClient } | undefined;
    jest.isolateModules(() => {
      other = require('@redis/client');
    });
    expect(other?.createClient).not.toBe(createClient);
    const registry = await connect<number>({ url: undefined, client: other?.createClient({ url: scene.server.url }) as never });
    // Refused, as certainly not run: then sent with the source of the script.
    await scene.server.command('SCRIPT', 'FLUSH');
    const handle = registry.getBackend('counter');
    await handle.update(count);
    await scene.server.kill();
    const saving = handle.update(count);
    await scene.server.launch();
    await saving;
    expect(await handle.load()).toEqual({ revision: '2', data: 2 });
  });

  test('looks up by its id what became of a save whose reply was lost', async () => {
    const namespace = newNamespace();
    const proxy = new LossyProxy();
    const url = await proxy.start(scene.server.port);
    try {
      const [registry, witness] = [await connect<number>({ namespace, url }), await connect<number>({ namespace })];
      const heard: unknown[] = [];
      witness.subscribe(({ revision }) => heard.push(revision));
      const handle = registry.getBackend('counter');
      for (let n = 0; n < 20; n += 1) {
        proxy.dropReplies();
        await handle.update(count);
        proxy.dropReplies();
        await handle.save({ revision: String(1000 + n), data: n + 1 });
      }
      expect(await witness.getBackend('counter').stat()).toMatchObject({ saveCount: 40, revision: '1019' });
      await until(() => heard.length >= 40);
      expect(heard).toHaveLength(40);
    } finally {
      proxy.stop();
    }
  });

  test('loses and doubles nothing when the server is killed and started again', async () => {
    const namespace = newNamespace();
    const losses: RedisLoss[] = [];
    const registry = await connect<number>({ namespace, onLoss: (loss) => losses.push(loss), timeoutMs: 20_000 });
    const other = await connect<number>({ namespace, timeoutMs: 20_000 });
    const heard: StorageChange[] = [];
    other.subscribe((change) => heard.push(change));
    const handles = [registry.getBackend('counter'), other.getBackend('counter')];
    const counting = Promise.all(
      handles.map(async (handle) => {
        for (let n = 0; n < 40; n += 1) {
          await handle.update(count);
          await pause(5);
        }
      }),
    );
    for (let restarts = 0; restarts < 2; restarts += 1) {
      await pause(50);
      await scene.server.kill();
      await scene.server.launch();
    }
    await counting;
    expect((await registry.peek('counter'))?.snapshot.data).toBe(80);
    await until(() => heard.length >= 80);
    expect(heard.map(({ revision }) => Number(revision))).toEqual(Array.from({ length: 80 }, (_, n) => n + 1));
    expect(losses).toEqual([]);
  });

  test('tells every registry that the server has lost the end of its log, and goes on', async () => {
    const namespace = newNamespace();
    const losses: Record<string, RedisLoss[]> = { idle: [], listening: [] };
    const idle = await connect<number>({ namespace, onLoss: (loss) => losses['idle']?.push(loss) });
    const listening = await connect<number>({ namespace, onLoss: (loss) => losses['listening']?.push(loss) });
    const heard: unknown[] = [];
    listening.subscribe(({ revision }) => heard.push(revision));
    const handle = idle.getBackend('counter');
    for (const revision of ['1', '2', '3']) await handle.save({ revision, data: 1 });
    await until(() => heard.length >= 3);
    await listening.getBackend('counter').load();
    // As after a restart from an older file: the third change was never made.
    const changes = `smr:{${namespace}}:changes`;
    const entries = (await scene.server.command('XRANGE', changes, '-', '+')) as [string, string[]][];
    const [, second, third] = entries as [unknown, [string, string[]], [string, string[]]];
    await scene.server.command('XDEL', changes, third[0]);
    await scene.server.command('HSET', `smr:{${namespace}}:state`, 'last', second[0], 'op', String(second[1][1]));
    await scene.server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until(() => Object.values(losses).every(({ length }) => length > 0));
    const loss = { kind: 'rewound', from: 3, to: 2 };
    expect(losses).toEqual({ idle: [loss], listening: [loss] });
    await handle.save({ revision: '9', data: 1 });
    await until(() => heard.length >= 4);
    expect(heard).toEqual(['1', '2', '3', '9']);
  });

  test('a save resolves at timeoutMs while the connection that brings changes is away; listeners are called later', async () => {
    const free = new LossyProxy();
    const away = new URL(await free.start(scene.server.port));
    free.stop();
    const places = [scene.server.url, away.href];
    const source = createClient({ url: scene.server.url });
    const duplicate = (overrides: object) => createClient({ ...overrides, url: String(places.shift() ?? away.href) });
    const registry = await connect<number>({ url: undefined, client: Object.assign(source, { duplicate }), timeoutMs: 1500 });
    const heard: unknown[] = [];
    registry.subscribe(({ revision }) => heard.push(revision));
    await registry.getBackend('key').save({ revision: '1', data: 1 });
    expect(heard).toEqual([]);
    const proxy = new LossyProxy();
    await proxy.start(scene.server.port, Number(away.port));
    try {
      await until(() => heard.length > 0);
      expect(heard).toEqual(['1']);
    } finally {
      await registry.dispose();
      proxy.stop();
    }
  });

  test('tells what the log no longer holds as a gap', async () => {
    const namespace = newNamespace();
    const losses: RedisLoss[] = [];
    const listening = await connect<number>({ namespace, onLoss: (loss) => losses.push(loss) });
    const heard: unknown[] = [];
    listening.subscribe(({ revision }) => heard.push(revision));
    const writer = (await connect<number>({ namespace })).getBackend('key');
    await writer.save({ revision: '1', data: 1 });
    await until(() => heard.length === 1);
    const changes = `smr:{${namespace}}:changes`;
    await scene.server.command(
      'EVAL',
      `for n = 2, 4 do redis.call('XADD', KEYS[1], '9999999999999-' .. n, 'op', 'x' .. n, 'origin', 'o', 'client', '"c"', 'changes', '1 ' .. n .. ' "key"') end
      redis.call('XTRIM', KEYS[1], 'MAXLEN', 1)`,
      '1',
      changes,
    );
    await until(() => heard.length === 2);
    expect([heard, losses]).toEqual([['1', '4'], [{ kind: 'gap', from: 1, to: 3 }]]);
  });

  test('begins anew with initial when everything was removed, and says so', async () => {
    const namespace = newNamespace();
    const losses: RedisLoss[] = [];
    const registry = await connect<number>({
      namespace,
      initial: { key: { revision: '5', data: 5 } },
      onLoss: (loss) => losses.push(loss),
    });
    await registry.getBackend('key').save({ revision: '6', data: 6 });
    await scene.server.command('DEL', ...['head', 'body', 'state', 'changes'].map((name) => `smr:{${namespace}}:${name}`));
    expect((await registry.peek('key'))?.snapshot).toEqual({ revision: '5', data: 5 });
    await until(() => losses.length > 0);
    expect(losses).toEqual([{ kind: 'rewound', from: 1, to: 0 }]);
  });

  test('vanishes when nobody has used it for so long', async () => {
    const namespace = newNamespace();
    const registry = await connect<number>({ namespace, idleTtlMs: 300 });
    await registry.getBackend('key').save({ revision: '1', data: 1 });
    for (let n = 0; n < 6; n += 1) {
      await pause(100);
      expect(await registry.has('key')).toBe(true);
    }
    await registry.dispose();
    await pause(400);
    expect(await scene.server.command('EXISTS', `smr:{${namespace}}:head`, `smr:{${namespace}}:state`)).toBe(0);
  });

  test('rejects with ERR_UNREACHABLE where the server is away, and recovers by itself; what was refused never takes effect', async () => {
    const namespace = newNamespace();
    const registry = await connect<number>({ namespace, timeoutMs: 1500 });
    const handle = registry.getBackend('key');
    await handle.save({ revision: '1', data: 1 });
    await scene.server.kill();
    await expect(handle.save({ revision: '2', data: 2 })).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_(UNREACHABLE|OUTCOME_UNKNOWN)$/),
    });
    await expect(handle.save({ revision: '3', data: 3 })).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
      operation: 'save',
      key: 'key',
    });
    await scene.server.launch();
    expect(await handle.load().catch(() => handle.load())).toEqual({ revision: '1', data: 1 });
  });

  test('says that the outcome is unknown where the server is stopped, and the save does not take effect when it goes on', async () => {
    const namespace = newNamespace();
    const registry = await connect<number>({ namespace, timeoutMs: 1500 });
    const handle = registry.getBackend('key');
    await handle.save({ revision: '1', data: 1 });
    scene.server.signal('SIGSTOP');
    const saving = handle.save({ revision: '2', data: 2 });
    await expect(saving).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', operation: 'save', key: 'key' });
    scene.server.signal('SIGCONT');
    await pause(100);
    expect(await handle.load()).toEqual({ revision: '1', data: 1 });
  });

  test('refuses a server that is not there, within its time', async () => {
    const nowhere = { url: 'redis://127.0.0.1:1', namespace: 'n', timeoutMs: 200 };
    await expect(RedisRegistry.connect(nowhere)).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
      operation: 'RedisRegistry.connect',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
