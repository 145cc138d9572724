import { json, KeyedMemoryBackend, SharedMemoryRegistry, structured } from 'shared-memory-registry';
import { METADATA, nest, ROUTES, rejection, stage, thrown } from '../support/refusals';

const CODECS = [
  ['structured', structured, 'ERR_UNCLONEABLE'],
  ['json', json, 'ERR_UNSERIALIZABLE'],
] as const;

/** An object with a member that is made at each reading. */
function made(make: () => unknown): object {
  return Object.defineProperty({}, 'made', { enumerable: true, get: make });
}

describe.each(CODECS)('under %s', (_name, codec, code) => {
  describe.each(ROUTES)('by %s', (_route, store) => {
    it('a getter that throws is refused, and its error kept as the cause', async () => {
      const { backend, refuses } = await stage({ codec });
      const cause = new Error('no');

      const error = await refuses(code, () =>
        store(backend, {
          revision: '8',
          data: made(() => {
            throw cause;
          }),
        }),
      );

      expect(error.cause).toBe(cause);
    });

    it('a getter that gives something else each time is read once', async () => {
      const { registry, backend } = await stage({ codec });
      let reads = 0;

      await store(backend, { revision: '8', data: made(() => ++reads) });

      expect(registry.peek('key')?.snapshot.data).toStrictEqual({ made: 1 });
      expect((await backend.load())?.data).toStrictEqual({ made: 1 });
      expect(await backend.stat()).toMatchObject({ sizeBytes: '{"revision":"8","data":{"made":1}}'.length });
      expect(reads).toBe(1);
    });

    it('a getter that saves through the same handle comes after the save that it interrupts', async () => {
      const { registry, backend, changes } = await stage({ codec });
      let inner: Promise<void> | undefined;

      await store(backend, {
        revision: '8',
        data: made(() => {
          inner ??= backend.save({ revision: '9', data: 'inner' });
          return 'outer';
        }),
      });
      await inner;

      expect(changes.map(({ previousRevision, revision }) => [previousRevision, revision])).toEqual([
        ['7', '8'],
        ['8', '9'],
      ]);
      expect(registry.peek('key')?.snapshot).toStrictEqual({ revision: '9', data: 'inner' });
    });

    it('a getter that saves through the same handle and then throws leaves the inner save alone', async () => {
      const { registry, backend } = await stage({ codec });
      let inner: Promise<void> | undefined;

      const outer = store(backend, {
        revision: '8',
        data: made(() => {
          inner ??= backend.save({ revision: '9', data: 'inner' });
          throw new Error('no');
        }),
      });

      expect(await rejection(outer)).toMatchObject({ code });
      await inner;
      expect(registry.peek('key')?.snapshot).toStrictEqual({ revision: '9', data: 'inner' });
    });

    it('a getter that saves through another handle leaves whole entries only', async () => {
      const { registry, backend } = await stage({ codec });
      const other = registry.getBackend('key');
      let inner: Promise<void> | undefined;

      await store(backend, {
        revision: '8',
        data: made(() => {
          inner ??= other.save({ revision: '6', data: 'inner' });
          return 'outer';
        }),
      });
      await inner;

      expect(registry.peek('key')?.snapshot).toStrictEqual({ revision: '8', data: { made: 'outer' } });
      expect(registry.getUsage().used).toBe((await backend.getUsage()).used);
    });

    it('a getter that clears everything leaves the save whole', async () => {
      const { registry, backend } = await stage({ codec });

      await store(backend, {
        revision: '8',
        data: made(() => {
          registry.clearAll();
          return 1;
        }),
      });

      expect(registry.peek('key')?.snapshot).toStrictEqual({ revision: '8', data: { made: 1 } });
      expect(registry.getUsage().used).toBe('key{"revision":"8","data":{"made":1}}'.length);
    });

    it('100,000 levels are saved, or refused with a coded error', async () => {
      const { backend, refuses } = await stage({ codec });

      await refuses(code, () => store(backend, { revision: '8', data: nest(100_000) }));
    });

    it('an own __proto__, constructor or toString is plain data', async () => {
      const { registry, backend } = await stage({ codec });
      const data = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"a":1},"toString":"text"}');

      await store(backend, { revision: '8', data });

      for (const loaded of [(await backend.load())?.data, registry.peek('key')?.snapshot.data] as object[]) {
        expect(Object.keys(loaded)).toEqual(['__proto__', 'constructor', 'toString']);
        expect(JSON.stringify(loaded)).toBe(JSON.stringify(data));
        expect(Object.getPrototypeOf(loaded)).toBe(Object.prototype);
      }
      expect('polluted' in {}).toBe(false);
    });
  });

  it('a getter that throws is refused by initial', () => {
    const cause = new Error('no');
    const data = made(() => {
      throw cause;
    });

    const error = thrown(() => new SharedMemoryRegistry<unknown>({ codec, initial: { key: { revision: '1', data } } }));

    expect(error).toMatchObject({ code, key: 'key' });
    expect((error as Error).cause).toBe(cause);
  });

  it('100,000 levels are refused by initial', () => {
    const initial = { key: { revision: '1', data: nest(100_000) } };

    expect(thrown(() => new SharedMemoryRegistry<unknown>({ codec, initial }))).toMatchObject({ code });
  });

  it('no depth makes anything but a coded error or a copy that can be loaded or is refused', async () => {
    const { registry, backend } = await stage({ codec });

    for (let depth = 500; depth <= 16_000; depth += 500) {
      const outcome = await backend.save({ revision: '8', data: nest(depth) }).then(
        () => 'saved',
        (error) => error.code,
      );
      expect(['saved', code]).toContain(outcome);
      if (outcome === 'saved') {
        expect((await backend.stat())?.sizeBytes).toBe('{"revision":"8","data":}'.length + 2 * depth + 4);
        expect(registry.getUsage().used).toBe((await backend.getUsage()).used);
      }
    }
  });
});

describe('toJSON', () => {
  it('that throws is refused under json, and its error kept as the cause', async () => {
    const { backend, refuses } = await stage({ codec: json });
    const cause = new Error('no');
    const toJSON = () => {
      throw cause;
    };

    const error = await refuses('ERR_UNSERIALIZABLE', () => backend.save({ revision: '8', data: { deep: [{ toJSON }] } }));

    expect(error.cause).toBe(cause);
  });

  it('that gives something else each time is called once under json', async () => {
    const { registry, backend } = await stage({ codec: json });
    let calls = 0;

    await backend.save({ revision: '8', data: { toJSON: () => ++calls } });

    expect(registry.peek('key')?.snapshot.data).toBe(1);
    expect((await backend.load())?.data).toBe(1);
    expect(calls).toBe(1);
  });

  it('that saves through the same handle comes after the save that it interrupts', async () => {
    const { registry, backend } = await stage({ codec: json });
    let inner: Promise<void> | undefined;

    await backend.save({
      revision: '8',
      data: {
        toJSON() {
          inner ??= backend.save({ revision: '9', data: 'inner' });
          return 'outer';
        },
      },
    });
    await inner;

    expect(registry.peek('key')?.snapshot).toStrictEqual({ revision: '9', data: 'inner' });
  });

  it('of an instance is not called under structured', async () => {
    class Point {
      readonly x = 1;
      toJSON(): never {
        throw new Error('not called');
      }
    }
    const { backend } = await stage();

    await backend.save({ revision: '8', data: new Point() });

    expect((await backend.load())?.data).toStrictEqual({ x: 1 });
  });
});

describe('what its owner changes after the call', () => {
  class SlowBackend<T> extends KeyedMemoryBackend<T> {
    protected override async perform<R>(_operation: unknown, action: () => R | PromiseLike<R>): Promise<R> {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return action();
    }
  }

  it.each(ROUTES.filter(([route]) => route !== 'update'))('by %s is stored as it was at the call', async (_route, store) => {
    const registry = new SharedMemoryRegistry<unknown>({ Backend: SlowBackend });
    const snapshot = { revision: '1', data: { list: [1], when: new Date(0) } };

    const saved = store(registry.getBackend('key'), snapshot);
    snapshot.revision = '2';
    snapshot.data.list.push(2);
    snapshot.data.when.setTime(1);
    await saved;

    expect(registry.peek('key')?.snapshot).toStrictEqual({ revision: '1', data: { list: [1], when: new Date(0) } });
  });

  it('in metadata is stored as it was at the call', async () => {
    const registry = new SharedMemoryRegistry<unknown>({ Backend: SlowBackend });
    const metadata = { ...METADATA, tags: ['a'] };

    const saved = registry.getBackend('key').saveWithMetadata({ snapshot: { revision: '1', data: 1 }, metadata });
    metadata.savedAt = 6;
    metadata.tags.push('b');
    await saved;

    expect(registry.peek('key')?.metadata).toStrictEqual({ ...METADATA, tags: ['a'] });
  });

  it('in what an updater returned and was given is not seen', async () => {
    const registry = new SharedMemoryRegistry<unknown>({ Backend: SlowBackend });
    const next = { revision: '1', data: { list: [1] } };

    const result = await registry.getBackend('key').update(() => next);
    next.data.list.push(2);
    (result.data as typeof next.data).list.push(3);

    expect(registry.peek('key')?.snapshot.data).toStrictEqual({ list: [1] });
  });

  it('in options is not seen', async () => {
    const registry = new SharedMemoryRegistry<unknown>({ Backend: SlowBackend });
    const options: { ifMatch: string | null } = { ifMatch: null };

    const saved = registry.getBackend('key').save({ revision: '1', data: 1 }, options);
    options.ifMatch = '5';
    await saved;

    expect(registry.has('key')).toBe(true);
  });
});
