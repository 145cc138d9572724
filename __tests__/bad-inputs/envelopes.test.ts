import { SharedMemoryRegistry } from 'shared-memory-registry';
import { ROUTES, stage, thrown } from '../support/refusals';

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const INVALID: [name: string, snapshot: unknown, received: string | RegExp][] = [
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['a number', 5, '5'],
  ['text', '{"revision":"1","data":1}', /^"/],
  ['an array', ['1', 1], 'an array'],
  ['an array with the fields of a snapshot', Object.assign([], { revision: '1', data: 1 }), 'an array'],
  ['a function', () => {}, 'a function'],
  ['an empty object', {}, 'an object without data'],
  ['an object without data', { revision: '1' }, 'an object without data'],
  ['a promise of a snapshot', Promise.resolve({ revision: '1', data: 1 }), 'an instance of Promise'],
  ['a revoked Proxy', revoked.proxy, /^TypeError: /],
];

describe.each(ROUTES)('by %s', (_route, store) => {
  it.each(INVALID)('%s is refused', async (_name, snapshot, received) => {
    const { backend, refuses } = await stage();

    const error = await refuses('ERR_INVALID_SNAPSHOT', () => store(backend, snapshot));

    expect(error).toMatchObject({
      expected: expect.stringContaining('a snapshot { revision, data }'),
      received: expect.stringMatching(received),
    });
  });

  it.each(['revision', 'data'])('what a getter of %s threw is kept as the cause', async (field) => {
    const { backend, refuses } = await stage();
    const cause = new Error('no');
    const get = () => {
      throw cause;
    };

    const error = await refuses('ERR_INVALID_SNAPSHOT', () =>
      store(backend, Object.defineProperty({ revision: '8', data: 1 }, field, { get })),
    );

    expect(error.cause).toBe(cause);
  });

  it('data: undefined, when it is there, is a value', async () => {
    const { registry, backend } = await stage();

    await store(backend, { revision: '8', data: undefined });

    expect(registry.peek('key')?.snapshot).toStrictEqual({ revision: '8', data: undefined });
    expect(await backend.load()).toStrictEqual({ revision: '8', data: undefined });
  });

  it.each(['', 0, false, null])('data %p is a value', async (data) => {
    const { backend } = await stage();

    await store(backend, { revision: '8', data });

    expect(await backend.load()).toStrictEqual({ revision: '8', data });
  });

  it('other fields of an envelope are not kept', async () => {
    const { backend } = await stage();

    await store(backend, { revision: '8', data: 1, extra: true });

    expect(await backend.load()).toStrictEqual({ revision: '8', data: 1 });
  });
});

it.each(INVALID)('%s is refused in initial', (_name, snapshot) => {
  expect(thrown(() => new SharedMemoryRegistry({ initial: { key: snapshot as never } }))).toMatchObject({
    code: 'ERR_INVALID_SNAPSHOT',
    operation: 'initial',
    key: 'key',
  });
});

it('data: undefined is a value in initial', () => {
  expect(new SharedMemoryRegistry({ initial: { key: { revision: '1', data: undefined } } }).has('key')).toBe(true);
});
