import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { type Duration, VirtualClock, withLatency } from 'shared-memory-registry/simulation';

function open(clock: VirtualClock, options: { ms: Duration; reply?: Duration; random?: { next(): number } }) {
  const Backend = withLatency(KeyedMemoryBackend<string>, { clock, ...options });
  const registry = new SharedMemoryRegistry<string>({ Backend });
  return { registry, handle: registry.getBackend('note', { client: 'a' }) };
}

test('an operation takes effect after its latency, and is answered after the one of its reply', async () => {
  const clock = new VirtualClock();
  const { registry, handle } = open(clock, { ms: 100, reply: 50 });
  let answered = false;
  const saved = handle.save({ revision: '1', data: 'tea' }).then(() => {
    answered = true;
  });
  await clock.advance(99);
  expect(registry.has('note')).toBe(false);
  await clock.advance(1);
  expect([registry.has('note'), answered]).toEqual([true, false]);
  await clock.advance(50);
  await saved;
  expect(clock.now()).toBe(150);
});

test('a failure is answered as late as a success', async () => {
  const clock = new VirtualClock();
  const { handle } = open(clock, { ms: 0, reply: 50 });
  const refused = handle.clear({ ifMatch: '1' }).catch(({ code }) => [code, clock.now()]);
  await clock.runAll();
  expect(await refused).toEqual(['ERR_REVISION_CONFLICT', 50]);
});

test('a range is drawn from, and a function is asked', async () => {
  const clock = new VirtualClock();
  const drawn = open(clock, { ms: [100, 200], random: { next: () => 0.25 } }).handle.load();
  expect(clock.next).toBe(125);
  const asked = open(clock, { ms: ({ type }) => (type === 'load' ? 10 : 0) }).handle.load();
  expect(clock.next).toBe(10);
  await clock.runAll();
  await Promise.all([drawn, asked]);
});

test('none at all sets no timer', async () => {
  jest.useFakeTimers();
  try {
    const Backend = withLatency(KeyedMemoryBackend<string>, { ms: 0 });
    await new SharedMemoryRegistry<string>({ Backend }).getBackend('note').save({ revision: '1', data: 'tea' });
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test.each([-1, Number.NaN, '5', [5], [5, 1], undefined])('refuses %j', (ms) => {
  expect(() => withLatency(KeyedMemoryBackend, { ms: ms as never })).toThrow(
    'a latency: ms, a range [from, to] of ms, or a function',
  );
});

test('a function that gives no time fails the operation', async () => {
  const { handle } = open(new VirtualClock(), { ms: () => Number.NaN });
  await expect(handle.load()).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED', received: 'NaN' });
});
