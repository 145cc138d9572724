import { type Awaitable, KeyedMemoryBackend, nextRevision, SharedMemoryRegistry } from 'shared-memory-registry';

class SlowBackend<T> extends KeyedMemoryBackend<T> {
  protected override async perform<R>(_operation: unknown, action: () => Awaitable<R>): Promise<R> {
    for (let step = this.client.length % 3; step >= 0; step -= 1) await null;
    return action();
  }
}

describe.each([
  ['plain handles', KeyedMemoryBackend],
  ['slow handles', SlowBackend],
])('on %s', (_name, Backend) => {
  function scene(count = 10) {
    const registry = new SharedMemoryRegistry<{ count: number }>({ quota: 100_000, Backend });
    const handles = Array.from({ length: count }, (_, index) => registry.getBackend('key', { client: 'x'.repeat(index) }));
    return { registry, handles };
  }

  /** A thousand saves, a hundred by each handle, all called before any is awaited. */
  function thousandSaves(handles: KeyedMemoryBackend<{ count: number }>[]): Promise<void>[] {
    return Array.from({ length: 1000 }, (_, index) => {
      const handle = handles[index % handles.length] as KeyedMemoryBackend<{ count: number }>;
      return handle.save({ revision: String(index), data: { count: index } });
    });
  }

  it('1,000 saves at once to one key all take effect, those of one handle in their order', async () => {
    const { registry, handles } = scene();
    const heard: { client: string | null; revision: string | null; previousRevision: string | null }[] = [];
    registry.subscribe((change) => heard.push(change));

    await Promise.all(thousandSaves(handles));

    expect(heard).toHaveLength(1000);
    heard.forEach((change, index) => {
      expect(change.previousRevision).toBe(heard[index - 1]?.revision ?? null);
    });
    for (const { client } of handles) {
      const revisions = heard.filter((change) => change.client === client).map(({ revision }) => Number(revision));
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    }
    expect(await handles[0]?.stat()).toMatchObject({ saveCount: 1000, revision: heard[999]?.revision });
    expect(registry.getUsage().used).toBe((await handles[0]?.getUsage())?.used);
  });

  it('clearAll in the middle leaves whole entries, and every save is fulfilled', async () => {
    const { registry, handles } = scene();
    const first = thousandSaves(handles);
    await null;
    registry.clearAll();

    await Promise.all([...first, ...thousandSaves(handles)]);
    registry.clearAll();

    expect(registry.size).toBe(0);
    expect(registry.getUsage().used).toBe(0);
    expect(await handles[0]?.load()).toBeNull();
  });

  it('dispose in the middle settles every promise once', async () => {
    const { registry, handles } = scene();
    let settled = 0;
    const before = thousandSaves(handles);
    const disposal = (async () => {
      await null;
      registry.dispose();
    })();
    await disposal;
    const after = thousandSaves(handles);

    const results = await Promise.all(
      [...before, ...after].map((promise) =>
        promise
          .then(
            () => 'fulfilled',
            (error) => error.code,
          )
          .finally(() => {
            settled += 1;
          }),
      ),
    );

    expect(settled).toBe(2000);
    expect(results.filter((result) => result !== 'fulfilled' && result !== 'ERR_DISPOSED')).toEqual([]);
    expect(results.slice(1000).every((result) => result === 'ERR_DISPOSED')).toBe(true);
  });

  it('update from 10 handles at once loses no update', async () => {
    const { registry, handles } = scene();

    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        handles[index % handles.length]?.update((current) => ({
          revision: nextRevision(current),
          data: { count: (current?.data.count ?? 0) + 1 },
        })),
      ),
    );

    expect(registry.peek('key')?.snapshot).toEqual({ revision: '200', data: { count: 200 } });
    expect(new Set(results.map((result) => result?.data.count)).size).toBe(200);
  });

  it('saves with ifMatch from 10 handles at once lose no update when each conflict is tried again', async () => {
    const { registry, handles } = scene();
    const increment = async (handle: KeyedMemoryBackend<{ count: number }>): Promise<void> => {
      const current = await handle.load();
      const next = { revision: nextRevision(current), data: { count: (current?.data.count ?? 0) + 1 } };
      await handle.save(next, { ifMatch: current?.revision ?? null }).catch((error) => {
        expect(error.code).toBe('ERR_REVISION_CONFLICT');
        return increment(handle);
      });
    };

    await Promise.all(handles.flatMap((handle) => [increment(handle), increment(handle)]));

    expect(registry.peek('key')?.snapshot).toEqual({ revision: '20', data: { count: 20 } });
  });

  it('of saves with one ifMatch at once, one is fulfilled', async () => {
    const { handles } = scene();

    const results = await Promise.allSettled(
      handles.map((handle, index) => handle.save({ revision: '1', data: { count: index } }, { ifMatch: null })),
    );

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('the quota holds, whatever is saved at once', async () => {
    const registry = new SharedMemoryRegistry<string>({ quota: 500, Backend });

    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        registry.getBackend(`key ${index % 20}`).save({ revision: '1', data: 'x'.repeat(index) }),
      ),
    );

    const sizes = registry.entries().map(([key, { snapshot }]) => Buffer.byteLength(key + JSON.stringify(snapshot)));
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);
    expect(registry.getUsage().used).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(registry.getUsage().used).toBeLessThanOrEqual(500);
  });
});
