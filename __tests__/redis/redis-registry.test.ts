import { inspect } from 'node:util';
import { nextRevision, type Operation, SharedMemoryRegistry, type StorageChange } from 'shared-memory-registry';
import { RedisKeyedBackend, RedisRegistry } from 'shared-memory-registry/redis';
import { checkHistory, Journal, withJournal, withLatency } from 'shared-memory-registry/simulation';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import { describeWithRedis, newNamespace, RedisServer } from './redis-server';
import { registriesOnAServer } from './registries-on-a-server';

describeWithRedis('RedisRegistry', () => {
  const scene = registriesOnAServer();
  const { connect } = scene;

  test('keeps keys of any text, in the order in which they were first saved', async () => {
    const registry = await connect<number>();
    const keys = ['b', 'a', '', '\ud800', 'nul\0', 'a b\n"c"', '😀'];
    for (const key of keys) await registry.getBackend(key).save({ revision: '1', data: 1 });
    await registry.getBackend('b').save({ revision: '2', data: 2 });
    expect(await registry.keys()).toEqual(keys);
    expect((await registry.entries()).map(([key]) => key)).toEqual(keys);
    for (const key of keys) expect(await registry.has(key)).toBe(true);
  });

  test('the first registry writes initial; reset puts back that of the registry it is called on', async () => {
    const namespace = newNamespace();
    const first = await connect<string>({ namespace, initial: { who: { revision: '1', data: 'first' } } });
    const second = await connect<string>({ namespace, initial: { who: { revision: '2', data: 'second' } } });
    expect((await second.peek('who'))?.snapshot).toEqual({ revision: '1', data: 'first' });
    await second.reset();
    expect((await first.peek('who'))?.snapshot).toEqual({ revision: '2', data: 'second' });
  });

  test('refuses another quota, codec or idleTtlMs than that of the first registry', async () => {
    const namespace = newNamespace();
    await connect({ namespace, quota: 100 });
    await expect(connect({ namespace, quota: 200 })).rejects.toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'RedisRegistry.connect',
      expected: 'quota to be 100, as in the first registry of the namespace',
    });
    await expect(connect({ namespace, quota: 100, idleTtlMs: 5000 })).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
  });

  test('a listener hears what is committed after subscribe has returned, by whomever, and nothing from before', async () => {
    const namespace = newNamespace();
    const [a, b] = [await connect<number>({ namespace }), await connect<number>({ namespace })];
    for (let round = 1; round <= 20; round += 1) {
      await b.getBackend('key').save({ revision: String(2 * round), data: 0 });
      await a.peek('key'); // what this registry knows of is not told again
      const heard: StorageChange[] = [];
      const stop = a.subscribe((change) => heard.push(change));
      const revision = String(2 * round + 1);
      await b.getBackend('key', { client: 'b' }).save({ revision, data: 0 });
      for (let waits = 0; waits < 200 && heard.length === 0; waits += 1) await new Promise((resolve) => setTimeout(resolve, 5));
      stop();
      expect(heard).toEqual([{ type: 'save', key: 'key', client: 'b', revision, previousRevision: String(2 * round) }]);
    }
  });

  test('restores a checkpoint, tells only of what differs, and takes one of a registry in memory', async () => {
    const registry = await connect<number>();
    const [a, b] = [registry.getBackend('a'), registry.getBackend('b')];
    for (const handle of [a, b]) await handle.save({ revision: '1', data: 1 });
    const before = await registry.checkpoint();
    await b.save({ revision: '2', data: 2 });
    const heard: unknown[] = [];
    registry.subscribe(({ key, revision }) => heard.push([key, revision]));
    await registry.restore(before);
    await registry.getBackend('c').clear();
    expect(heard).toEqual([['b', '1']]);
    expect(await a.stat()).toMatchObject({ saveCount: 1 });
    const memory = new SharedMemoryRegistry<number>({ initial: { x: { revision: '7', data: 7 } } });
    await registry.restore(memory.checkpoint());
    expect(await registry.keys()).toEqual(['x']);
    memory.restore(before);
    expect(memory.keys()).toEqual(['a', 'b']);
    await expect(registry.restore({})).rejects.toMatchObject({ code: 'ERR_INVALID_CHECKPOINT', operation: 'restore' });
  });

  test('takes subclasses, mixins, a journal and latency; the history of two processes is linearizable', async () => {
    const journal = new Journal();
    const performed: Operation[] = [];
    class Audited<T> extends RedisKeyedBackend<T> {
      protected override perform<R>(operation: Operation, action: () => R | PromiseLike<R>): Promise<R> {
        performed.push(operation);
        return super.perform(operation, action);
      }
    }
    class Traced<T> extends withJournal(withLatency(Audited, { ms: [0, 2] }), journal)<T> {}
    const namespace = newNamespace();
    const [a, b] = [await connect<number>({ namespace }), await connect<number>({ namespace })];
    const handles = [a, b].map((registry, n) =>
      registry.getBackend('counter', { Backend: Traced<number>, client: `process-${n}` }),
    );
    await Promise.all(
      handles.flatMap((handle) =>
        [1, 2, 3].map(() => handle.update((current) => ({ revision: nextRevision(current), data: (current?.data ?? 0) + 1 }))),
      ),
    );
    expect((await a.peek('counter'))?.snapshot).toEqual({ revision: '6', data: 6 });
    expect(performed).toHaveLength(6);
    expect(checkHistory(journal)).toMatchObject({ linearizable: true });
  });

  test('works as an async storage', async () => {
    const storage = asAsyncStorage(await connect<string>());
    await storage.setItem('theme', 'dark');
    expect(await storage.getItem('theme')).toBe('dark');
    await storage.removeItem('theme');
    expect(await storage.getItem('theme')).toBeNull();
  });

  test('numbers its clients, after its name', async () => {
    const [plain, named] = [await connect(), await connect({ name: 'worker-3' })];
    expect([plain.getBackend('a').client, named.getBackend('a').client]).toEqual(['client-1', 'worker-3-client-1']);
  });

  test('is equal to itself alone', async () => {
    const namespace = newNamespace();
    const [a, b] = [await connect({ namespace }), await connect({ namespace })];
    expect(a).toEqual(a);
    expect(a).not.toEqual(b);
  });

  test('is printed with its namespace', async () => {
    expect(inspect(await connect({ namespace: 'run-42' }))).toBe('RedisRegistry { namespace: "run-42" }');
  });

  test('waits for as many replicas as it is told to', async () => {
    const master = await RedisServer.start('--repl-diskless-sync-delay', '0');
    const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(master.port));
    try {
      while (!String(await master.command('INFO', 'replication')).includes('state=online')) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const one = await connect<number>({ url: master.url, namespace: 'one', replicas: 1 });
      await one.getBackend('key').save({ revision: '1', data: 1 });
      expect(await replica.command('HLEN', 'smr:{one}:body')).toBe(1);
      const two = await connect<number>({ url: master.url, namespace: 'two', replicas: 2, timeoutMs: 1500 });
      await expect(two.getBackend('key').save({ revision: '1', data: 1 })).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' });
    } finally {
      await Promise.all([master.stop(), replica.stop()]);
    }
  });

  test('the log holds 10,000 changes or more', async () => {
    const namespace = newNamespace();
    const registry = await connect<number>({ namespace });
    const save = (_: unknown, n: number) => registry.getBackend('key').save({ revision: '1', data: n });
    for (let round = 0; round < 12; round += 1) await Promise.all(Array.from({ length: 1000 }, save));
    expect(Number(await scene.server.command('XLEN', `smr:{${namespace}}:changes`))).toBeGreaterThanOrEqual(10_000);
  });

  test('waits on disposal for what is under way, and refuses what comes later', async () => {
    const registry = await connect<number>();
    const handle = registry.getBackend('key');
    const saving = handle.save({ revision: '1', data: 1 });
    await registry.dispose();
    await expect(saving).resolves.toBeUndefined();
    await expect(registry.keys()).rejects.toMatchObject({ code: 'ERR_DISPOSED', operation: 'keys' });
    expect(() => registry.getBackend('key')).toThrow(/is disposed/);
    expect(() => registry.subscribe(() => {})).toThrow(/is disposed/);
  });

  test.each([
    [{ url: undefined }, 'url, the address of a server such as redis://localhost:6379, or client'],
    [{ url: 'localhost:6379' }, 'url, the address of a server'],
    [{ client: {}, url: undefined }, 'client to be what createClient or createCluster'],
    [{ namespace: '' }, 'namespace to be a text of 1 to 200 characters'],
    [{ namespace: 'a}b' }, 'namespace to be a text of 1 to 200 characters'],
    [{ namespace: undefined }, 'namespace to be a text of 1 to 200 characters'],
    [{ name: 5 }, 'name to be a string'],
    [{ timeoutMs: 0 }, 'timeoutMs to be a whole number, 1 or more'],
    [{ idleTtlMs: 1.5 }, 'idleTtlMs to be a whole number, 1 or more'],
    [{ replicas: -1 }, 'replicas to be a whole number, 0 or more'],
    [{ quota: '5' }, 'quota to be a finite number of bytes'],
    [{ Backend: Map }, 'Backend to be a class that extends RedisKeyedBackend'],
    [{ nmespace: 'x' }, 'no other options than'],
  ])('refuses %p', async (options, expected) => {
    await expect(connect(options as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'RedisRegistry.connect',
      expected: expect.stringContaining(expected),
    });
  });

  test('refuses a wrong key, listener, this and constructor call', async () => {
    const registry = await connect<number>();
    await expect(registry.peek(5 as never)).rejects.toMatchObject({ code: 'ERR_INVALID_KEY', operation: 'peek' });
    expect(() => registry.getBackend(null as never)).toThrow(/ERR_INVALID_KEY/);
    expect(() => registry.subscribe('x' as never)).toThrow(/ERR_INVALID_CALLBACK/);
    const { keys } = registry;
    await expect(keys()).rejects.toMatchObject({ code: 'ERR_INVALID_THIS' });
    expect(() => new RedisRegistry({} as never)).toThrow(/RedisRegistry.connect\(options\)/);
    expect(() => new RedisKeyedBackend({ key: 'a', id: 'b', store: {} as never })).toThrow(/ERR_INVALID_OPTION/);
  });
});
