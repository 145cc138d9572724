import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { VirtualClock, withExpiry } from 'shared-memory-registry/simulation';

async function open(ttlMs?: number) {
  const clock = new VirtualClock(1000);
  const registry = new SharedMemoryRegistry<string>({ Backend: withExpiry(KeyedMemoryBackend<string>, { clock }) });
  const [a, b] = [registry.getBackend('note', { client: 'a' }), registry.getBackend('note', { client: 'b' })];
  const metadata = { savedAt: 1000, schemaVersion: 1, sizeBytes: 0, compressed: false, ...(ttlMs !== undefined && { ttlMs }) };
  await a.saveWithMetadata({ revision: '1', data: 'tea' }, metadata);
  return { clock, registry, a, b };
}

test('what was saved is there until its time is over, to the millisecond', async () => {
  const { clock, a } = await open(50);
  await clock.advance(49);
  expect((await a.load())?.data).toBe('tea');
  await clock.advance(1);
  expect(await a.load()).toBeNull();
});

test('a conditional write meets nothing then, and others hear that it is gone', async () => {
  const { clock, registry, a, b } = await open(50);
  const heard: unknown[] = [];
  b.subscribe(({ type, client }) => heard.push([type, client]));
  await clock.advance(50);
  expect(registry.has('note')).toBe(true);
  await a.save({ revision: '1', data: 'cake' }, { ifMatch: null });
  expect(heard).toEqual([
    ['clear', 'a'],
    ['save', 'a'],
  ]);
});

test('an update is given nothing then', async () => {
  const { clock, a } = await open(50);
  await clock.advance(60);
  const updated = await a.update((current) => ({ revision: '1', data: `after ${current}` }));
  expect(updated.data).toBe('after null');
});

test('without a time to live, nothing ends', async () => {
  const { clock, a } = await open();
  await clock.advance(1e12);
  expect((await a.load())?.data).toBe('tea');
});
