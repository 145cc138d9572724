import { json, KeyedMemoryBackend, SharedMemoryRegistry, StorageError } from 'shared-memory-registry';
import { METADATA, rejection, thrown } from '../support/refusals';

type Hooks = Partial<Record<'perform' | 'read' | 'write' | 'validate' | 'now', (...args: never[]) => unknown>>;

/** A registry with one key in use, and a handle on it whose hooks are these. */
function scene(hooks: Hooks) {
  const registry = new SharedMemoryRegistry<unknown>({ quota: 10_000, initial: { key: { revision: '7', data: { kept: 1 } } } });
  class Hooked extends KeyedMemoryBackend<unknown> {}
  Object.assign(Hooked.prototype, hooks);
  const heard: unknown[] = [];
  registry.subscribe((change) => heard.push(change));
  return { registry, heard, backend: registry.getBackend('key', { Backend: Hooked }), look: () => look(registry) };
}

function look(registry: SharedMemoryRegistry<unknown>): string {
  return JSON.stringify([registry.entries(), registry.getUsage()]);
}

const SNAPSHOT = { revision: '8', data: 1 };
const cause = new Error('no');

function throws(): never {
  throw cause;
}
async function rejects(): Promise<never> {
  throw cause;
}

type Run = (backend: KeyedMemoryBackend<unknown>) => Promise<unknown>;
const SAVE: [string, Run] = ['save', (backend) => backend.save(SNAPSHOT)];
const SAVE_WITH: [string, Run] = [
  'saveWithMetadata',
  (backend) => backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata: METADATA }),
];
const UPDATE: [string, Run] = ['update', (backend) => backend.update(() => SNAPSHOT)];
const CLEAR: [string, Run] = ['clear', (backend) => backend.clear()];
const LOAD: [string, Run] = ['load', (backend) => backend.load()];
const LOAD_WITH: [string, Run] = ['loadWithMetadata', (backend) => backend.loadWithMetadata()];
const STAT: [string, Run] = ['stat', (backend) => backend.stat()];
const USAGE: [string, Run] = ['getUsage', (backend) => backend.getUsage()];
const ALL = [SAVE, SAVE_WITH, UPDATE, CLEAR, LOAD, LOAD_WITH, STAT, USAGE];
const CALLERS: [hook: keyof Hooks, operations: [string, Run][]][] = [
  ['perform', ALL],
  ['read', [UPDATE, LOAD, LOAD_WITH, STAT, USAGE]],
  ['write', [SAVE, SAVE_WITH, UPDATE, CLEAR]],
  ['validate', [SAVE, SAVE_WITH, UPDATE]],
  ['now', [SAVE, SAVE_WITH, UPDATE]],
];

describe.each(CALLERS)('%s', (hook, operations) => {
  it.each(operations)('that throws fails %s with its error as the cause, and nothing has changed', async (_name, run) => {
    const { backend, heard, look } = scene({ [hook]: throws });
    const before = look();

    const error = await rejection(run(backend));

    expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', key: 'key' });
    expect((error as Error).cause).toBe(cause);
    expect(look()).toBe(before);
    expect(heard).toEqual([]);
  });

  it.each(operations)('that throws a coded error fails %s with it', async (_name, run) => {
    const coded = new StorageError('CUSTOM', { expected: 'this', received: 'that' });
    const { backend } = scene({
      [hook]() {
        throw coded;
      },
    });

    expect(await rejection(run(backend))).toBe(coded);
    expect(coded.key).toBe('key');
  });
});

describe.each(CALLERS.filter(([hook]) => hook !== 'validate' && hook !== 'now'))('%s', (hook, operations) => {
  it.each(operations)('that rejects fails %s with its error as the cause, and nothing has changed', async (_name, run) => {
    const { backend, heard, look } = scene({ [hook]: rejects });
    const before = look();

    const error = await rejection(run(backend));

    expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', key: 'key' });
    expect((error as Error).cause).toBe(cause);
    expect(look()).toBe(before);
    expect(heard).toEqual([]);
  });
});

describe.each<[name: string, result: unknown]>([
  ['undefined', undefined],
  ['a number', 5],
  ['text', '{}'],
  ['an empty object', {}],
  ['an array', []],
  ['a record with a wrong revision', { revision: '01', data: 1 }],
  ['a record without data', { revision: '1' }],
])('a hook that returns %s', (_name, result) => {
  it.each([LOAD, LOAD_WITH, STAT, USAGE, UPDATE])('instead of a record from read fails %s', async (_operation, run) => {
    const { backend, look } = scene({ read: () => result });
    const before = look();

    expect(await rejection(run(backend))).toMatchObject({ code: 'ERR_INVALID_RECORD', key: 'key' });
    expect(look()).toBe(before);
  });

  it.each([LOAD, LOAD_WITH, STAT, USAGE])('instead of a record from perform fails %s', async (_operation, run) => {
    const { backend } = scene({ perform: async () => result });

    expect(await rejection(run(backend))).toMatchObject({ code: 'ERR_INVALID_RECORD', key: 'key' });
  });

  it('instead of nothing from write is ignored', async () => {
    const { registry, backend } = scene({ write: () => result });

    await backend.save(SNAPSHOT);
    await backend.clear();

    expect(registry.peek('key')?.snapshot.revision).toBe('7');
  });
});

it.each([false, true, null, 'no', Promise.resolve()])('a validate that returns %p is refused', async (verdict) => {
  const { backend, heard, look } = scene({ validate: () => verdict });
  const before = look();

  for (const [, run] of [SAVE, SAVE_WITH, UPDATE]) {
    expect(await rejection(run(backend))).toMatchObject({
      code: 'ERR_HOOK_FAILED',
      expected: 'Hooked.validate to throw or to return nothing',
    });
  }
  expect(look()).toBe(before);
  expect(heard).toEqual([]);
});

it('a validate that changes what it is given changes nothing that is stored', async () => {
  const { registry, backend } = scene({
    validate(snapshot: { data: { list: number[] } }) {
      snapshot.data.list.push(2);
    },
  });

  await backend.save({ revision: '8', data: { list: [1] } });

  expect(registry.peek('key')?.snapshot.data).toEqual({ list: [1] });
});

describe('a hook that never calls super', () => {
  it('in perform fails what writes, and leaves the store as it was', async () => {
    const { backend, heard, look } = scene({ perform: async () => undefined });
    const before = look();

    for (const [, run] of [SAVE, SAVE_WITH, UPDATE, CLEAR]) {
      expect(await rejection(run(backend))).toMatchObject({ code: 'ERR_HOOK_FAILED', key: 'key' });
    }

    expect(look()).toBe(before);
    expect(heard).toEqual([]);
  });

  it('in perform lets the next operation of the handle go on', async () => {
    let calls = 0;
    const { registry, backend } = scene({
      perform: async (_operation: never, action: () => unknown) => (++calls === 1 ? undefined : action()),
    });

    await Promise.allSettled([backend.save(SNAPSHOT), backend.save({ revision: '9', data: 2 })]);

    expect(registry.peek('key')?.snapshot).toEqual({ revision: '9', data: 2 });
  });
});

it('a failed operation does not hold up those after it', async () => {
  let calls = 0;
  const { registry, backend } = scene({
    async perform(_operation: never, action: () => unknown) {
      if (++calls === 1) throw cause;
      return action();
    },
  });

  const results = await Promise.allSettled([backend.save(SNAPSHOT), backend.save({ revision: '9', data: 2 })]);

  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(registry.peek('key')?.snapshot.revision).toBe('9');
});

it('an error after the effect does not undo it, and is reported', async () => {
  const { registry, backend } = scene({
    async perform(_operation: never, action: () => unknown) {
      await action();
      throw cause;
    },
  });

  expect(await rejection(backend.save(SNAPSHOT))).toMatchObject({ code: 'ERR_HOOK_FAILED', cause });
  expect(registry.peek('key')?.snapshot.revision).toBe('8');
  expect(registry.getUsage().used).toBe('key{"revision":"8","data":1}'.length);
});

it('a perform that gives its result without a promise serves with a signal as well', async () => {
  const { registry, backend } = scene({ perform: (_operation: never, action: () => unknown) => action() });

  await backend.save(SNAPSHOT, { signal: new AbortController().signal });

  expect(registry.peek('key')?.snapshot.revision).toBe('8');
  expect(await backend.load({ signal: new AbortController().signal })).toEqual(SNAPSHOT);
});

it('an operation in perform before its action is refused rather than waited for', async () => {
  const { backend, look } = scene({
    async perform(this: KeyedMemoryBackend<unknown>, _operation: never, action: () => unknown) {
      await this.load();
      return action();
    },
  });
  const before = look();

  expect(await rejection(backend.save(SNAPSHOT))).toMatchObject({ code: 'ERR_HOOK_FAILED', operation: 'load' });
  expect(look()).toBe(before);
});

it('hooks called after disposal reject, and nothing comes back to life', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { registry, backend, heard } = scene({
    async perform(_operation: never, action: () => unknown) {
      await released;
      return action();
    },
  });

  const results = ALL.map(([, run]) => rejection(run(backend)));
  registry.dispose();
  release();

  for (const result of results) expect(await result).toMatchObject({ code: 'ERR_DISPOSED', key: 'key' });
  expect(heard).toEqual([]);
  expect(registry.toJSON()).toEqual({});
});

describe('a codec', () => {
  it.each(ALL.slice(0, 3))('whose encode throws fails %s with its error as the cause', async (_name, run) => {
    const registry = new SharedMemoryRegistry<unknown>({ codec: { ...json, encode: throws } });

    const error = await rejection(run(registry.getBackend('key')));

    expect(error).toMatchObject({ code: 'ERR_CODEC_FAILED', key: 'key' });
    expect((error as Error).cause).toBe(cause);
    expect(registry.size).toBe(0);
  });

  it('whose decode throws fails loads and looks with its error as the cause', async () => {
    let broken = false;
    const decode = (text: string) => (broken ? throws() : json.decode<unknown>(text));
    const registry = new SharedMemoryRegistry<unknown>({ codec: { encode: json.encode, decode } as never });
    const backend = registry.getBackend('key');
    await backend.save(SNAPSHOT);
    broken = true;

    const errors = [
      await rejection(backend.load()),
      await rejection(backend.loadWithMetadata()),
      await rejection(backend.update(() => SNAPSHOT)),
      thrown(() => registry.peek('key')),
      thrown(() => registry.entries()),
    ];

    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_CODEC_FAILED' });
      expect((error as Error).cause).toBe(cause);
    }
  });

  it('whose measure throws fails what needs the size, with its error as the cause, and nothing has changed', async () => {
    const registry = new SharedMemoryRegistry<unknown>({ codec: { ...json, measure: throws }, quota: 100 });
    const unlimited = new SharedMemoryRegistry<unknown>({ codec: { ...json, measure: throws } });
    await unlimited.getBackend('key').save(SNAPSHOT);

    const errors = [
      await rejection(registry.getBackend('key').save(SNAPSHOT)),
      await rejection(unlimited.getBackend('key').stat()),
      thrown(() => unlimited.getUsage()),
      thrown(() => unlimited.peek('key')),
    ];

    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_CODEC_FAILED' });
      expect((error as Error).cause).toBe(cause);
    }
    expect(registry.size).toBe(0);
    expect(registry.getUsage().used).toBe(0);
  });
});
