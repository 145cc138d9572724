import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { FaultPlan, withFaults } from 'shared-memory-registry/simulation';

function open(plan = new FaultPlan()) {
  const registry = new SharedMemoryRegistry<string>({ Backend: withFaults(KeyedMemoryBackend<string>, plan) });
  const [a, b] = [registry.getBackend('note', { client: 'a' }), registry.getBackend('note', { client: 'b' })];
  return { plan, registry, a, b };
}

const snapshot = (revision: string) => ({ revision, data: `text ${revision}` });
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error) => error,
  );

test('a refused save has not happened, and the next one goes well', async () => {
  const { plan, registry, a } = open();
  const error = new Error('no network');
  plan.failNext('save', { error });
  expect(await rejection(a.save(snapshot('1')))).toMatchObject({ code: 'ERR_HOOK_FAILED', cause: error });
  expect(registry.has('note')).toBe(false);
  await a.save(snapshot('1'));
  expect(registry.has('note')).toBe(true);
});

test('a save whose reply is lost has happened', async () => {
  const { plan, registry, a } = open();
  plan.failNext('save', { kind: 'lost reply' });
  expect((await rejection(a.save(snapshot('1')))).cause.message).toBe('simulated fault: lost reply of save "note" by a');
  expect(registry.has('note')).toBe(true);
});

test('a dropped save is said to have happened', async () => {
  const { plan, registry, a } = open();
  plan.failNext('save', { kind: 'dropped' });
  await a.save(snapshot('1'));
  expect(registry.has('note')).toBe(false);
});

test('a stale read finds what was there before the latest write, and a corrupted one finds half of it', async () => {
  const { plan, a } = open();
  await a.save(snapshot('1'));
  await a.save(snapshot('2'));
  plan.failNext('load', { kind: 'stale read' });
  plan.failNext('load', { kind: 'corrupted read' });
  expect(await a.load()).toEqual(snapshot('1'));
  expect(await a.load()).toEqual({ revision: '2', data: 'tex' });
  expect(await a.load()).toEqual(snapshot('2'));
});

test('a client that has crashed gets no answer until it is restarted, and others do', async () => {
  const { plan, registry, a, b } = open();
  const settled = jest.fn();
  plan.failNext('save', { client: 'a', kind: 'crash' });
  void a.save(snapshot('1')).finally(settled);
  void a.load().finally(settled);
  await b.save(snapshot('2'));
  plan.restart('a');
  expect(await registry.getBackend('note', { client: 'a' }).load()).toEqual(snapshot('2'));
  expect(settled).not.toHaveBeenCalled();
});

test('what is held takes effect when it is released', async () => {
  const { plan, registry, a } = open();
  const { release } = plan.hold('save');
  const saved = a.save(snapshot('1'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(registry.has('note')).toBe(false);
  release();
  await saved;
  expect(registry.has('note')).toBe(true);
});

test('a rule may be for one client, one key, several times, or until it is lifted', async () => {
  const { plan, registry, a, b } = open();
  plan.failNext('load', { client: 'b', times: 2 });
  const outcomes = async () =>
    Promise.all(
      [a, b].map((handle) =>
        handle.load().then(
          () => 'fine',
          () => 'failed',
        ),
      ),
    );
  expect([await outcomes(), await outcomes(), await outcomes()]).toEqual([
    ['fine', 'failed'],
    ['fine', 'failed'],
    ['fine', 'fine'],
  ]);

  const lift = plan.fail('save', { key: 'note' });
  await registry.getBackend('other').save(snapshot('1'));
  expect([await rejection(a.save(snapshot('1'))), await rejection(a.update(() => snapshot('1')))]).toEqual([
    expect.objectContaining({ code: 'ERR_HOOK_FAILED' }),
    expect.objectContaining({ code: 'ERR_HOOK_FAILED' }),
  ]);
  lift();
  await a.save(snapshot('1'));
});

test('chance is the same for the same seed', async () => {
  const outcomes = async (seed: number) => {
    const { a } = open(new FaultPlan({ seed, rate: 0.5, kinds: ['refused', 'lost reply'] }));
    const results: string[] = [];
    for (let count = 0; count < 40; count += 1)
      results.push(
        await a.save(snapshot('1')).then(
          () => 'fine',
          ({ cause }) => cause.message,
        ),
      );
    return results;
  };
  const [first, again, other] = [await outcomes(5), await outcomes(5), await outcomes(6)];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(new Set(first).size).toBe(3);
});

test.each<[string, () => unknown]>([
  ['a kind that is none', () => new FaultPlan().failNext('save', { kind: 'lost' as never })],
  ['a dropped load', () => new FaultPlan().failNext('load', { kind: 'dropped' })],
  ['a stale save', () => new FaultPlan().failNext('save', { kind: 'stale read' })],
  ['no times', () => new FaultPlan().failNext('save', { times: 0 })],
  ['a rate above 1', () => new FaultPlan({ seed: 1, rate: 2 })],
  ['a seed that is no number', () => new FaultPlan({ seed: '1' as never, rate: 1 })],
  ['a plan that is none', () => withFaults(KeyedMemoryBackend, {} as never)],
])('%s is refused', (_name, action) => {
  expect(action).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
});
