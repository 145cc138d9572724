import { json, KeyedMemoryBackend, QuotaExceededError, SharedMemoryRegistry, StorageError } from 'shared-memory-registry';
import { FaultPlan, SimulatedFault, VirtualClock, withFaults, withLatency } from 'shared-memory-registry/simulation';
import { METADATA, rejection, thrown } from '../support/refusals';

function open(plan = new FaultPlan()) {
  const registry = new SharedMemoryRegistry<unknown>({ Backend: withFaults(KeyedMemoryBackend<unknown>, plan) });
  const [a, b] = [registry.getBackend('note', { client: 'a' }), registry.getBackend('note', { client: 'b' })];
  return { plan, registry, a, b };
}

const snapshot = (revision: string) => ({ revision, data: `text ${revision}` });
const nextTask = () => new Promise((resolve) => setImmediate(resolve));

type Handle = ReturnType<typeof open>['a'];

const OPERATIONS = {
  save: (handle: Handle) => handle.save(snapshot('9')),
  load: (handle: Handle) => handle.load(),
  clear: (handle: Handle) => handle.clear(),
  update: (handle: Handle) => handle.update(() => snapshot('9')),
  stat: (handle: Handle) => handle.stat(),
  getUsage: (handle: Handle) => handle.getUsage(),
};
const TYPES = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];

/** Whether it is done, once everything has happened that can happen by itself. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  const settled = jest.fn();
  promise.then(settled, settled);
  await nextTask();
  return settled.mock.calls.length > 0;
}

describe('refused', () => {
  test.each(TYPES)('a %s has not happened, and its caller is told why', async (type) => {
    const { plan, registry, a } = open();
    await a.save(snapshot('1'));
    const error = new Error('no network');
    plan.failNext(type, { error });

    const refusal = await rejection(OPERATIONS[type](a));
    expect(StorageError.is(refusal)).toBe(true);
    expect(refusal).toMatchObject({ code: 'ERR_HOOK_FAILED', operation: type, key: 'note' });
    expect((refusal as Error).cause).toBe(error);
    expect(registry.peek('note')?.snapshot).toEqual(snapshot('1'));
    await OPERATIONS[type](a);
  });

  test('is what happens where nothing else was told', async () => {
    const { plan, a } = open();
    plan.failNext('save');
    const { cause } = (await rejection(a.save(snapshot('1')))) as StorageError;
    expect(cause).toBeInstanceOf(SimulatedFault);
    expect(cause).toMatchObject({ kind: 'refused', message: 'simulated fault: refused of save "note" by a' });
  });

  test('an error with a code of its own comes as it is', async () => {
    const { plan, a } = open();
    const error = new QuotaExceededError(10, 20);
    plan.failNext('save', { error });
    expect(await rejection(a.save(snapshot('1')))).toBe(error);
  });

  test('nobody hears of a save that was', async () => {
    const { plan, a, b } = open();
    const heard = jest.fn();
    b.subscribe(heard);
    plan.failNext('save');
    await rejection(a.save(snapshot('1')));
    expect(heard).not.toHaveBeenCalled();
  });

  test('what is wrong with the data is told first, and uses nothing up', async () => {
    const { plan, a } = open();
    plan.failNext('save');
    expect(await rejection(a.save({ revision: 'one', data: '' }))).toMatchObject({ code: 'ERR_INVALID_REVISION' });
    expect(await rejection(a.save(snapshot('1')))).toMatchObject({ code: 'ERR_HOOK_FAILED' });
  });
});

describe('a lost reply', () => {
  test.each([
    ['save', snapshot('9')],
    ['update', snapshot('9')],
    ['clear', undefined],
  ] as const)('a %s has happened, and its caller gets an error', async (type, stored) => {
    const { plan, registry, a, b } = open();
    await a.save(snapshot('1'));
    const heard = jest.fn();
    b.subscribe(heard);
    plan.failNext(type, { kind: 'lost reply' });

    const { cause } = (await rejection(OPERATIONS[type](a))) as StorageError;
    expect((cause as Error).message).toBe(`simulated fault: lost reply of ${type} "note" by a`);
    expect(registry.peek('note')?.snapshot).toEqual(stored);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('of what fails anyhow is the error that it fails with', async () => {
    const { plan, a } = open();
    plan.failNext('save', { kind: 'lost reply' });
    expect(await rejection(a.save(snapshot('1'), { ifMatch: '7' }))).toMatchObject({ code: 'ERR_REVISION_CONFLICT' });
  });
});

test.each(['save', 'clear'] as const)('a dropped %s is said to have happened', async (type) => {
  const { plan, registry, a, b } = open();
  await a.save(snapshot('1'));
  const heard = jest.fn();
  b.subscribe(heard);
  plan.failNext(type, { kind: 'dropped' });
  expect(await OPERATIONS[type](a)).toBeUndefined();
  expect(registry.peek('note')?.snapshot).toEqual(snapshot('1'));
  expect(heard).not.toHaveBeenCalled();
});

test('a save that is to be dropped is no update: that is left for the next save', async () => {
  const { plan, registry, a } = open();
  plan.failNext('save', { kind: 'dropped' });
  await a.update(() => snapshot('1'));
  await a.save(snapshot('2'));
  expect(registry.peek('note')?.snapshot).toEqual(snapshot('1'));
});

describe('a stale read', () => {
  test('finds what was there before the latest write, once', async () => {
    const { plan, a, b } = open();
    await a.save(snapshot('1'));
    await b.save(snapshot('2'));
    plan.failNext('load', { kind: 'stale read' });
    expect(await a.load()).toEqual(snapshot('1'));
    expect(await a.load()).toEqual(snapshot('2'));
  });

  test('finds nothing before the first write, and what was cleared after a clear', async () => {
    const { plan, a } = open();
    plan.fail('load', { kind: 'stale read' });
    await a.save(snapshot('1'));
    expect(await a.load()).toBeNull();
    await a.clear();
    expect(await a.load()).toEqual(snapshot('1'));
    await a.update(() => snapshot('2'));
    expect(await a.load()).toBeNull();
  });

  test('knows of writes alone, and of each key by itself', async () => {
    const { plan, registry, a } = open();
    await a.save(snapshot('1'));
    await a.save(snapshot('2'));
    await registry.getBackend('other').save(snapshot('3'));
    await a.stat();
    await a.getUsage();
    await a.load();
    plan.failNext('load', { kind: 'stale read' });
    expect(await a.load()).toEqual(snapshot('1'));
  });

  test('finds what is there where nothing was written', async () => {
    const plan = new FaultPlan();
    const Backend = withFaults(KeyedMemoryBackend<unknown>, plan);
    const registry = new SharedMemoryRegistry<unknown>({ Backend, initial: { note: snapshot('1') } });
    plan.failNext('load', { kind: 'stale read' });
    expect(await registry.getBackend('note').load()).toEqual(snapshot('1'));
  });

  test('knows of no write that failed', async () => {
    const { plan, a } = open();
    await a.save(snapshot('1'));
    await a.save(snapshot('2'));
    await rejection(a.save(snapshot('3'), { ifMatch: '7' }));
    plan.failNext('load', { kind: 'stale read' });
    expect(await a.load()).toEqual(snapshot('1'));
  });

  test('finds nothing of another registry, nor of the time before a reset', async () => {
    const plan = new FaultPlan();
    const Backend = withFaults(KeyedMemoryBackend<unknown>, plan);
    const [registry, other] = [new SharedMemoryRegistry<unknown>({ Backend }), new SharedMemoryRegistry<unknown>({ Backend })];
    const handle = registry.getBackend('note');
    await handle.save(snapshot('1'));
    await handle.save(snapshot('2'));
    registry.reset();
    plan.fail('load', { kind: 'stale read' });
    expect([await other.getBackend('note').load(), await handle.load()]).toEqual([null, null]);
  });

  test('shows nothing of another registry, though the class is one', async () => {
    const plan = new FaultPlan();
    const Backend = withFaults(KeyedMemoryBackend<unknown>, plan);
    const first = new SharedMemoryRegistry<unknown>({ Backend }).getBackend('note');
    await first.save(snapshot('1'));
    await first.save(snapshot('2'));
    await first.clear();
    plan.fail('load', { kind: 'stale read' });
    const second = new SharedMemoryRegistry<unknown>({ Backend }).getBackend('note');
    expect(await second.load()).toBeNull();
    await second.save(snapshot('2'));
    expect([await second.load(), await first.load()]).toEqual([null, snapshot('2')]);
  });

  test('has the metadata of its time', async () => {
    const { plan, a } = open();
    await a.saveWithMetadata({ snapshot: snapshot('1'), metadata: METADATA });
    await a.save(snapshot('2'));
    plan.failNext('load', { kind: 'stale read' });
    expect(await a.loadWithMetadata()).toEqual({ snapshot: snapshot('1'), metadata: METADATA });
  });
});

describe('a corrupted read', () => {
  test.each([
    ['a text', 'abcdef', 'abc'],
    ['a text of odd length', 'abcde', 'ab'],
    ['an object', { a: 1 }, '{"a'],
    ['a number', 1234, '12'],
    ['nothing at all', undefined, ''],
    ['a big number', 1234n, '12'],
    ['what has no JSON text', { big: 5n }, 'an o'],
  ])('of %s finds half of it, and what is stored is as it was', async (_name, data, half) => {
    const { plan, a } = open();
    await a.save({ revision: '1', data });
    plan.failNext('load', { kind: 'corrupted read' });
    expect(await a.load()).toEqual({ revision: '1', data: half });
    expect(await a.load()).toEqual({ revision: '1', data });
  });

  test('keeps the metadata', async () => {
    const { plan, a } = open();
    await a.saveWithMetadata({ snapshot: snapshot('1'), metadata: METADATA });
    plan.failNext('load', { kind: 'corrupted read' });
    expect(await a.loadWithMetadata()).toEqual({ snapshot: { revision: '1', data: 'tex' }, metadata: METADATA });
  });

  test('of nothing finds nothing', async () => {
    const { plan, a } = open();
    plan.failNext('load', { kind: 'corrupted read' });
    expect(await a.load()).toBeNull();
  });

  test('of text that is to be read fails where it is read', async () => {
    const plan = new FaultPlan();
    const Backend = withFaults(KeyedMemoryBackend<unknown>, plan);
    const handle = new SharedMemoryRegistry<unknown>({ Backend, codec: json }).getBackend('note');
    await handle.save({ revision: '1', data: { a: 1 } });
    plan.failNext('load', { kind: 'corrupted read' });
    expect(await rejection(handle.load())).toMatchObject({ code: 'ERR_CODEC_FAILED' });
  });
});

describe('a crash', () => {
  test('of a client that is held up leaves what goes wrong next to others', async () => {
    const { plan, a, b } = open();
    const { release } = plan.hold('save', { client: 'a' });
    const held = a.save(snapshot('1'));
    plan.crash('a');
    plan.failNext('save');
    release();
    expect(await hasSettled(held)).toBe(false);
    expect(await rejection(b.save(snapshot('2')))).toMatchObject({ cause: { kind: 'refused' } });
  });

  test('keeps errors that are on their way to its client', async () => {
    const [plan, clock] = [new FaultPlan(), new VirtualClock()];
    const Backend = withFaults(withLatency(KeyedMemoryBackend<unknown>, { ms: 0, reply: 20, clock }), plan);
    const handle = new SharedMemoryRegistry<unknown>({ Backend }).getBackend('note', { client: 'a' });
    const refused = handle.save(snapshot('2'), { ifMatch: '1' });
    await clock.advance(10);
    plan.crash('a');
    await clock.advance(10);
    expect(await hasSettled(refused)).toBe(false);
  });

  test('a client that has crashed gets no answer until it is restarted, and others do', async () => {
    const { plan, registry, a, b } = open();
    const settled = jest.fn();
    plan.failNext('save', { client: 'a', kind: 'crash' });
    void a.save(snapshot('1')).finally(settled);
    void a.load().finally(settled);
    void registry.getBackend('other', { client: 'a' }).load().finally(settled);
    await b.save(snapshot('2'));
    plan.restart('a');
    expect(await registry.getBackend('note', { client: 'a' }).load()).toEqual(snapshot('2'));
    await nextTask();
    expect(settled).not.toHaveBeenCalled();
  });

  test('of the operation that it strikes, nothing has happened', async () => {
    const { plan, registry, a } = open();
    plan.failNext('save', { kind: 'crash' });
    void a.save(snapshot('1'));
    await nextTask();
    expect(registry.has('note')).toBe(false);
  });

  test('what it begins while it is down never happens, even after its restart', async () => {
    const { plan, registry, a } = open();
    plan.crash('a');
    const saved = a.save(snapshot('1'));
    plan.restart('a');
    expect([await hasSettled(saved), registry.has('note')]).toEqual([false, false]);
  });

  test.each([
    ['has not taken effect never does', 5, false],
    ['has taken effect has, and nobody is told', 15, true],
  ])('what is on its way and %s', async (_, crashAt, isStored) => {
    const [plan, clock] = [new FaultPlan(), new VirtualClock()];
    const Backend = withFaults(withLatency(KeyedMemoryBackend<string>, { ms: 10, reply: 10, clock }), plan);
    const registry = new SharedMemoryRegistry<string>({ Backend });
    const saved = registry.getBackend('note', { client: 'a' }).save(snapshot('1'));
    await clock.advance(crashAt);
    plan.crash('a');
    plan.restart('a');
    await clock.runAll();
    expect([await hasSettled(saved), registry.has('note')]).toEqual([false, isStored]);
  });

  test('its listeners hear of nothing any more, and those of others do', async () => {
    const { plan, registry, a, b } = open();
    const heard: string[] = [];
    a.subscribe(() => void heard.push('a'));
    b.subscribe(() => void heard.push('b'));
    plan.crash('a');
    await registry.getBackend('note', { client: 'c' }).save(snapshot('1'));
    expect(heard).toEqual(['b']);
  });

  test('what is held then never happens', async () => {
    const { plan, registry, a } = open();
    const { release } = plan.hold('save');
    const saved = a.save(snapshot('1'));
    plan.crash('a');
    plan.restart('a');
    release();
    expect([await hasSettled(saved), registry.has('note')]).toEqual([false, false]);
  });

  test('what is held then does not fail either, and uses nothing up', async () => {
    const { plan, a, b } = open();
    const { release } = plan.hold('save');
    plan.failNext('save');
    const saved = a.save(snapshot('1'));
    plan.crash('a');
    release();
    expect(await hasSettled(saved)).toBe(false);
    expect(await rejection(b.save(snapshot('1')))).toMatchObject({ code: 'ERR_HOOK_FAILED' });
  });

  test('what fails on its way is not told either', async () => {
    const [plan, clock] = [new FaultPlan(), new VirtualClock()];
    const Backend = withFaults(withLatency(KeyedMemoryBackend<string>, { ms: 10, clock }), plan);
    const handle = new SharedMemoryRegistry<string>({ Backend }).getBackend('note', { client: 'a' });
    const saved = handle.save(snapshot('1'), { ifMatch: '7' });
    plan.crash('a');
    await clock.runAll();
    expect(await hasSettled(saved)).toBe(false);
  });

  test('can be waited for', async () => {
    const { plan, a } = open();
    plan.failNext('load', { client: 'a', kind: 'crash' });
    const outcome = await Promise.race([a.load().then(() => 'answered'), plan.crashed('a').then(() => 'crashed')]);
    expect(outcome).toBe('crashed');
  });
});

describe('a hold', () => {
  test('keeps an operation from taking effect until it is released', async () => {
    const { plan, registry, a } = open();
    const { release } = plan.hold('save');
    const saved = a.save(snapshot('1'));
    await nextTask();
    expect(registry.has('note')).toBe(false);
    release();
    await saved;
    expect(registry.has('note')).toBe(true);
  });

  test('leaves other clients alone, and keeps what the same handle does next', async () => {
    const { plan, a, b } = open();
    const { release } = plan.hold('save', { client: 'a' });
    const saved = a.save(snapshot('1'));
    const loaded = a.load();
    await b.save(snapshot('2'));
    expect(await hasSettled(loaded)).toBe(false);
    release();
    await saved;
    expect(await loaded).toEqual(snapshot('1'));
  });

  test('lasts until the last of several is released', async () => {
    const { plan, registry, a } = open();
    const holds = [plan.hold('save'), plan.hold('save', { client: 'a' })];
    const saved = a.save(snapshot('1'));
    holds[0]?.release();
    await nextTask();
    expect(registry.has('note')).toBe(false);
    holds[1]?.release();
    await saved;
  });

  test('what fails in the meantime fails when it is released', async () => {
    const { plan, a } = open();
    const { release } = plan.hold('save');
    const saved = rejection(a.save(snapshot('1')));
    plan.failNext('save');
    release();
    expect(await saved).toMatchObject({ code: 'ERR_HOOK_FAILED' });
  });
});

describe('a plan', () => {
  test('can be changed at any time', async () => {
    const { plan, a } = open();
    await a.save(snapshot('1'));
    const lift = plan.fail('save', { key: 'note' });
    expect(await rejection(a.update(() => snapshot('2')))).toMatchObject({ code: 'ERR_HOOK_FAILED' });
    lift();
    await a.save(snapshot('2'));
    plan.fail('load');
    await rejection(a.load());
    plan.reset();
    expect(await a.load()).toEqual(snapshot('2'));
  });

  test('may be for one client, for so many times', async () => {
    const { plan, a, b } = open();
    plan.failNext('load', { client: 'b', times: 2 });
    const outcomes = async () => (await Promise.allSettled([a.load(), b.load()])).map(({ status }) => status);
    expect([await outcomes(), await outcomes(), await outcomes()]).toEqual([
      ['fulfilled', 'rejected'],
      ['fulfilled', 'rejected'],
      ['fulfilled', 'fulfilled'],
    ]);
  });

  test('of chance is the same for the same seed', async () => {
    const outcomes = async (seed: number) => {
      const { a } = open(new FaultPlan({ seed, rate: 0.5, kinds: ['refused', 'lost reply', 'dropped'] }));
      const results: string[] = [];
      for (let count = 0; count < 40; count += 1) {
        results.push(
          await a.save(snapshot(`${count}`)).then(
            () => 'fine',
            ({ cause }) => cause.message,
          ),
        );
      }
      return [results, await a.load().catch(({ message }) => message)];
    };
    const [first, again, other] = [await outcomes(5), await outcomes(5), await outcomes(6)];
    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
    expect(other).not.toEqual(first);
    expect(new Set(first[0]).size).toBe(3);
  });
});

test.each([undefined, null, {}, { strike: () => undefined }])('a plan like %p is refused', (plan) => {
  expect(thrown(() => withFaults(KeyedMemoryBackend, plan as never))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a FaultPlan',
  });
});

test.each([undefined, null, {}, 'class', () => {}, Map])('a class like %p is refused', (Backend) => {
  expect(thrown(() => withFaults(Backend as never, new FaultPlan()))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a class of backends',
  });
});
