import type { ReadContext, StorageRecord } from 'shared-memory-registry';
import { RedisKeyedBackend } from 'shared-memory-registry/redis';
import { describeWithRedis, newNamespace, RedisServer } from './redis-server';
import { registriesOnAServer } from './registries-on-a-server';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describeWithRedis('a registry on Redis', () => {
  const scene = registriesOnAServer();
  const { connect } = scene;

  test('tells its usage: with a quota as the server counts it, without one of what it reads', async () => {
    const weigh = (key: string, data: number) => key.length + data;
    const registries = [await connect<number>({ weigh }), await connect<number>({ weigh, quota: 100 })];
    for (const registry of registries) {
      await registry.getBackend('ab').save({ revision: '1', data: 5 });
      await registry.getBackend('c').save({ revision: '1', data: 10 });
      await registry.getBackend('c').save({ revision: '2', data: 22 });
    }
    const [without, withQuota] = await Promise.all(registries.map((registry) => registry.getUsage()));
    expect([without, withQuota]).toEqual([{ used: 30 }, { used: 30, quota: 100, percentage: 30 }]);
    const full = registries[1]?.getBackend('d').save({ revision: '1', data: 70 });
    await expect(full).rejects.toMatchObject({ code: 22, quota: 100, requested: 101 });
    await expect(registries[1]?.restore(await registries[1].checkpoint())).resolves.toBeUndefined();
  });

  test('refuses initial and a restore that are over the quota', async () => {
    const big = { a: { revision: '1', data: 'x'.repeat(100) } };
    await expect(connect({ quota: 50, initial: big })).rejects.toMatchObject({ code: 22, operation: 'RedisRegistry.connect' });
    const [large, small] = [await connect<string>({ initial: big }), await connect<string>({ quota: 50 })];
    await expect(small.restore(await large.checkpoint())).rejects.toMatchObject({ code: 22, operation: 'restore' });
  });

  test('an update finds the record that a subclass has made anew, by its contents', async () => {
    class Anew<T> extends RedisKeyedBackend<T> {
      protected override async read(context: ReadContext = {}): Promise<StorageRecord | null> {
        const record = await super.read(context);
        return record && { ...record };
      }
    }
    const handle = (await connect<number>({ Backend: Anew as never })).getBackend('key');
    for (const revision of ['1', '2']) await handle.update(() => ({ revision, data: 1 }));
    expect((await handle.load())?.revision).toBe('2');
    expect(await handle.stat()).toMatchObject({ saveCount: 2 });
  });

  test('reset drops listeners where it is told to, and refuses anything but true and false', async () => {
    const registry = await connect<number>({ initial: { a: { revision: '1', data: 1 } } });
    const heard: unknown[] = [];
    registry.subscribe((change) => heard.push(change));
    await registry.getBackend('a').save({ revision: '2', data: 2 });
    await registry.reset({ listeners: true });
    await registry.getBackend('a').save({ revision: '3', data: 3 });
    expect(heard).toHaveLength(1);
    await expect(registry.reset({ listeners: 'yes' as never })).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
  });

  test('gives handles of another class, and refuses one of a registry in memory', async () => {
    class Other<T> extends RedisKeyedBackend<T> {}
    const registry = await connect<number>();
    expect(registry.getBackend('key', { Backend: Other, client: 'me' })).toBeInstanceOf(Other);
    expect(() => registry.getBackend('key', { Backend: Map as never })).toThrow(/a class that extends RedisKeyedBackend/);
    const { subscribe } = registry.getBackend('key');
    expect(() => Reflect.apply(subscribe, {}, [() => {}])).toThrow(/ERR_INVALID_THIS/);
    expect(() => registry.getBackend('key').subscribe(5 as never)).toThrow(/ERR_INVALID_CALLBACK/);
  });

  test('is disposed of at the end of a block', async () => {
    const registry = await connect<number>();
    await registry[Symbol.asyncDispose]();
    await expect(registry.has('key')).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });

  test('says what is wrong with a record that somebody else has written', async () => {
    const namespace = newNamespace();
    const registry = await connect<number>({ namespace });
    await scene.server.command('HSET', `smr:{${namespace}}:head`, '"key"', '01 1 1 0 op 1.0 1');
    await expect(registry.peek('key')).rejects.toMatchObject({ code: 'ERR_INVALID_RECORD', key: 'key', operation: 'peek' });
  });

  test('refuses a server that wants a password', async () => {
    const guarded = await RedisServer.start();
    try {
      await guarded.command('CONFIG', 'SET', 'requirepass', 'secret');
      const connecting = connect({ url: guarded.url, timeoutMs: 300 });
      await expect(connecting).rejects.toMatchObject({ code: 'ERR_UNREACHABLE' });
    } finally {
      await guarded.stop();
    }
  });

  test('notifies listeners of what is saved at once after everything was removed', async () => {
    const namespace = newNamespace();
    const losses: unknown[] = [];
    const registry = await connect<number>({ namespace, onLoss: (loss) => losses.push(loss) });
    const heard: unknown[] = [];
    registry.subscribe(({ revision }) => heard.push(revision));
    const handle = registry.getBackend('key');
    for (const revision of ['1', '2', '3']) await handle.save({ revision, data: 1 });
    await scene.server.command('DEL', ...['head', 'body', 'state', 'changes'].map((name) => `smr:{${namespace}}:${name}`));
    for (const revision of ['7', '8']) await handle.save({ revision, data: 1 });
    for (let waits = 0; waits < 100 && heard.length < 5; waits += 1) await pause(20);
    expect([heard, losses]).toEqual([['1', '2', '3', '7', '8'], [{ kind: 'rewound', from: 3, to: 0 }]]);
  });

  test('removes the log as well where the only change is that of a key from initial', async () => {
    const namespace = newNamespace();
    const registry = await connect<number>({ namespace, idleTtlMs: 200, initial: { key: { revision: '1', data: 1 } } });
    await registry.getBackend('key').save({ revision: '2', data: 2 });
    await registry.dispose();
    await pause(300);
    expect(await scene.server.command('KEYS', `smr:{${namespace}}:*`)).toEqual([]);
  });

  test('tells listeners that everything was removed, and of what comes then', async () => {
    const namespace = newNamespace();
    const losses: unknown[] = [];
    const registry = await connect<number>({ namespace, idleTtlMs: 600, onLoss: (loss) => losses.push(loss) });
    const heard: unknown[] = [];
    registry.subscribe(({ revision }) => heard.push(revision));
    const handle = registry.getBackend('key');
    for (const revision of ['1', '2', '3']) await handle.save({ revision, data: 1 });
    await scene.server.command('DEL', ...['head', 'body', 'state', 'changes'].map((name) => `smr:{${namespace}}:${name}`));
    for (let waits = 0; waits < 100 && losses.length === 0; waits += 1) await pause(20);
    expect(losses).toEqual([{ kind: 'rewound', from: 3, to: 0 }]);
    await handle.save({ revision: '7', data: 1 });
    for (let waits = 0; waits < 100 && heard.length < 4; waits += 1) await pause(20);
    expect(heard).toEqual(['1', '2', '3', '7']);
  });
});
