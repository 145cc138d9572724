import { KeyedMemoryBackend, QuotaExceededError, SharedMemoryRegistry, StorageError } from 'shared-memory-registry';
import { checkOptions } from '../../src/backend/input-validation';
import { rejection, stage, thrown } from '../support/refusals';

const SNAPSHOT = { revision: '8', data: 1 };

function construct(options: unknown): unknown {
  return thrown(() => new SharedMemoryRegistry(options as never));
}

describe('quota', () => {
  it.each([-1, -0.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 5n, {}, true])('%p is refused', (quota) => {
    expect(construct({ quota })).toMatchObject({ code: 'ERR_INVALID_OPTION', operation: 'new SharedMemoryRegistry' });
  });

  it('0 is a quota: everything is refused, reading and clearing work', async () => {
    const registry = new SharedMemoryRegistry<number>({ quota: 0 });
    const backend = registry.getBackend('key');

    const error = await rejection(backend.save(SNAPSHOT));

    expect(error).toBeInstanceOf(QuotaExceededError);
    expect(error).toMatchObject({ quota: 0, requested: 'key{"revision":"8","data":1}'.length });
    expect(await backend.load()).toBeNull();
    await backend.clear();
    expect(registry.getUsage()).toEqual({ used: 0, quota: 0, percentage: 100 });
  });

  it('0 refuses even the smallest entry', async () => {
    const { code } = (await rejection(
      new SharedMemoryRegistry({ quota: 0 }).getBackend('').save({ revision: '0', data: undefined }),
    )) as { code: unknown };

    expect(code).toBe(22);
  });

  it('that initial exceeds is refused', () => {
    expect(construct({ quota: 5, initial: { key: SNAPSHOT } })).toMatchObject({ code: 22, operation: 'initial' });
  });

  it('refuses a save that would hold one byte more, and takes one that fits to the byte', async () => {
    const size = 'key{"revision":"8","data":"xx"}'.length;
    const exact = new SharedMemoryRegistry<string>({ quota: size }).getBackend('key');
    const short = new SharedMemoryRegistry<string>({ quota: size - 1 }).getBackend('key');

    await exact.save({ revision: '8', data: 'xx' });

    expect(await exact.getUsage()).toEqual({ used: size, quota: size, percentage: 100 });
    expect(await rejection(short.save({ revision: '8', data: 'xx' }))).toMatchObject({ requested: size });
  });

  it.each(['save', 'update'] as const)('leaves everything as it was where %s exceeds it', async (method) => {
    const { backend, refuses } = await stage({ quota: 100 });
    const large = { revision: '8', data: 'x'.repeat(100) };

    await refuses(22, () => (method === 'save' ? backend.save(large) : backend.update(() => large)));
  });
});

describe('the options of a registry', () => {
  it.each([null, 5, 'options', true])('%p are refused', (options) => {
    expect(construct(options)).toMatchObject({ code: 'ERR_INVALID_OPTION', expected: 'options to be an object' });
  });

  it.each([null, 5, 'initial'])('initial: %p is refused', (initial) => {
    expect(construct({ initial })).toMatchObject({ code: 'ERR_INVALID_OPTION' });
  });

  it.each([null, 5, {}, { encode() {} }, { decode() {} }, { encode: 1, decode: 2 }])('codec: %p is refused', (codec) => {
    expect(construct({ codec })).toMatchObject({ code: 'ERR_INVALID_OPTION', expected: expect.stringContaining('codec') });
  });

  it.each(['now', 'onListenerError'])('%s that is no function is refused', (name) => {
    for (const value of [null, 5, {}, 'now']) {
      expect(construct({ [name]: value })).toMatchObject({
        code: 'ERR_INVALID_CALLBACK',
        expected: `${name} that is a function`,
      });
    }
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'null'],
    ['an object', {}, 'an object'],
    ['a class that is no subclass', class Other {}, 'a function named "Other"'],
    ['a function without a name', (() => () => {})(), 'a function named ""'],
    ['an instance', new SharedMemoryRegistry().getBackend('key'), 'an instance of KeyedMemoryBackend'],
  ])('Backend that is %s is refused', (_name, Backend, received) => {
    const refusal = { code: 'ERR_INVALID_OPTION', expected: 'Backend to be a class that extends KeyedMemoryBackend', received };

    expect(construct({ Backend })).toMatchObject(refusal);
    expect(thrown(() => new SharedMemoryRegistry().getBackend('key', { Backend } as never))).toMatchObject(refusal);
  });

  it('undefined ones are as if not given', async () => {
    const none = { initial: undefined, quota: undefined, codec: undefined, now: undefined, Backend: undefined };
    const registry = new SharedMemoryRegistry<number>({ ...none, onListenerError: undefined });

    await registry.getBackend('key', { client: undefined }).save(SNAPSHOT, { ifMatch: undefined, signal: undefined });

    expect(registry.getUsage()).toEqual({ used: 'key{"revision":"8","data":1}'.length });
  });

  it('ones that are inherited count', () => {
    expect(new SharedMemoryRegistry(Object.create({ quota: 5 })).getUsage().quota).toBe(5);
  });
});

describe('now', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, '5', undefined, null, new Date(0)])(
    'that returns %p fails the save',
    async (time) => {
      let result: unknown = 5;
      const { backend, refuses } = await stage({ now: () => result as number });
      result = time;

      await refuses('ERR_INVALID_OPTION', () => backend.save(SNAPSHOT));
      await refuses('ERR_INVALID_OPTION', () => backend.update(() => SNAPSHOT));
    },
  );

  it('that throws fails the save, and its error is kept as the cause', async () => {
    let cause: Error | undefined;
    const { backend, refuses } = await stage({
      now() {
        if (cause) throw cause;
        return 5;
      },
    });
    cause = new Error('no');

    expect((await refuses('ERR_HOOK_FAILED', () => backend.save(SNAPSHOT))).cause).toBe(cause);
  });

  it('that returns NaN fails initial', () => {
    expect(construct({ now: () => Number.NaN, initial: { key: SNAPSHOT } })).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'initial',
      key: 'key',
    });
  });
});

describe('the options of getBackend', () => {
  it.each([null, 5, 'client'])('%p are refused', (options) => {
    expect(thrown(() => new SharedMemoryRegistry().getBackend('key', options as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'getBackend',
    });
  });

  it.each([null, 5, {}, Symbol('tab')])('client: %p is refused', (client) => {
    expect(thrown(() => new SharedMemoryRegistry().getBackend('key', { client } as never))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      key: 'key',
      expected: 'client to be a string',
    });
  });

  it('an empty client name is a name', () => {
    expect(new SharedMemoryRegistry().getBackend('key', { client: '' }).client).toBe('');
  });

  it('a constructor that throws is reported with its cause', () => {
    const cause = new Error('no');
    class Failing<T> extends KeyedMemoryBackend<T> {
      readonly broken = (() => {
        throw cause;
      })();
    }
    const registry = new SharedMemoryRegistry<unknown>();

    const error = thrown(() => registry.getBackend('key', { Backend: Failing }));

    expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', expected: 'the constructor of Failing to succeed' });
    expect((error as Error).cause).toBe(cause);
  });
});

describe('the options of an operation', () => {
  const OPERATIONS: [string, (backend: KeyedMemoryBackend<unknown>, options: never) => Promise<unknown>][] = [
    ['save', (backend, options) => backend.save(SNAPSHOT, options)],
    [
      'saveWithMetadata',
      (backend, options) =>
        backend.saveWithMetadata(
          { snapshot: SNAPSHOT, metadata: { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false } },
          options,
        ),
    ],
    ['update', (backend, options) => backend.update(() => SNAPSHOT, options)],
    ['clear', (backend, options) => backend.clear(options)],
    ['load', (backend, options) => backend.load(options)],
    ['loadWithMetadata', (backend, options) => backend.loadWithMetadata(options)],
    ['stat', (backend, options) => backend.stat(options)],
    ['getUsage', (backend, options) => backend.getUsage(options)],
  ];

  describe.each(OPERATIONS)('%s', (_name, run) => {
    it.each([null, 5, 'options', true])('refuses %p', async (options) => {
      const { backend, refuses } = await stage();

      await refuses('ERR_INVALID_OPTION', () => run(backend, options as never));
    });

    it.each([null, 5, {}, { aborted: false }, { aborted: 'no', addEventListener() {}, removeEventListener() {} }])(
      'refuses signal: %p',
      async (signal) => {
        const { backend, refuses } = await stage();

        const error = await refuses('ERR_INVALID_OPTION', () => run(backend, { signal } as never));

        expect(error.expected).toBe('signal to be an AbortSignal');
      },
    );

    it('refuses options that can not be read', async () => {
      const { backend, refuses } = await stage();
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();

      await refuses('ERR_INVALID_OPTION', () => run(backend, proxy as never));
    });

    it('rejects with the reason of an aborted signal, and nothing has changed', async () => {
      const { registry, backend, changes } = await stage();
      const before = JSON.stringify([registry, registry.getUsage()]);
      const reason = { any: 'reason' };

      expect(await rejection(run(backend, { signal: AbortSignal.abort(reason) } as never))).toBe(reason);

      expect(JSON.stringify([registry, registry.getUsage()])).toBe(before);
      expect(changes).toEqual([]);
    });

    it('rejects with an AbortError where no reason is given', async () => {
      const { backend } = await stage();

      expect(await rejection(run(backend, { signal: AbortSignal.abort() } as never))).toMatchObject({ name: 'AbortError' });
    });
  });

  it('a signal that nobody can stop listening to is refused', () => {
    const signal = { aborted: false, addEventListener() {} };

    expect(thrown(() => checkOptions({ signal } as never))).toMatchObject({ code: 'ERR_INVALID_OPTION' });
  });

  it('an updater that is no function is refused', async () => {
    const { backend, refuses } = await stage();

    for (const updater of [undefined, null, {}, SNAPSHOT]) {
      await refuses('ERR_INVALID_CALLBACK', () => backend.update(updater as never));
    }
  });

  it('an updater that throws is reported with its cause', async () => {
    const { backend, refuses } = await stage();
    const cause = new Error('no');

    const error = await refuses('ERR_UPDATER_FAILED', () =>
      backend.update(() => {
        throw cause;
      }),
    );

    expect(error.cause).toBe(cause);
  });

  it('an updater that returns a promise is refused', async () => {
    const { backend, refuses } = await stage();

    await refuses('ERR_INVALID_SNAPSHOT', () => backend.update((async () => SNAPSHOT) as never));
  });

  it('a frozen coded error of an updater comes as it is', async () => {
    const { backend } = await stage();
    const error = Object.freeze(new StorageError('CUSTOM', { expected: 'this', received: 'that' }));

    const update = backend.update(() => {
      throw error;
    });

    expect(await rejection(update)).toBe(error);
  });
});
