import {
  BaseStorageBackend,
  KeyedMemoryBackend,
  nextRecord,
  SharedMemoryRegistry,
  type StorageChange,
  type StorageRecord,
  type WriteCondition,
  withMetadataTracking,
} from 'shared-memory-registry';
import { VirtualClock, withExpiry } from 'shared-memory-registry/simulation';
import { rejection, thrown } from '../support/refusals';

const start = 1000;
const cake = { revision: '2', data: 'cake' };

async function open(ttlMs?: number, savedAt = start) {
  const clock = new VirtualClock(start);
  const registry = new SharedMemoryRegistry<string>({
    Backend: withExpiry(KeyedMemoryBackend<string>, { clock }),
    now: clock.now,
  });
  const [a, b] = [registry.getBackend('note', { client: 'a' }), registry.getBackend('note', { client: 'b' })];
  const metadata = { savedAt, schemaVersion: 1, sizeBytes: 0, compressed: false, ...(ttlMs !== undefined && { ttlMs }) };
  await a.saveWithMetadata({ snapshot: { revision: '1', data: 'tea' }, metadata });
  const changes: Pick<StorageChange, 'type' | 'client' | 'revision' | 'previousRevision'>[] = [];
  registry.subscribe(({ type, client, revision, previousRevision }) =>
    changes.push({ type, client, revision, previousRevision }),
  );
  return { clock, registry, a, b, metadata, changes };
}

test('what was saved is there until its time is over, to the millisecond', async () => {
  const { clock, a } = await open(50);
  await clock.advance(49);
  expect((await a.load())?.data).toBe('tea');
  await clock.advance(1);
  expect(await a.load()).toBeNull();
});

test('its time counts from when it says that it was saved', async () => {
  const { clock, a } = await open(50, start - 30);
  await clock.advance(19);
  expect(await a.load()).not.toBeNull();
  await clock.advance(1);
  expect(await a.load()).toBeNull();
});

test('no time at all is over at once', async () => {
  const { a } = await open(0);
  expect(await a.load()).toBeNull();
});

test('without a time to live, nothing ends', async () => {
  const { clock, a } = await open();
  await clock.advance(1e12);
  expect((await a.load())?.data).toBe('tea');
});

test('what is saved in its place has a time of its own', async () => {
  const { clock, a, metadata } = await open(50);
  await a.save(cake);
  await clock.advance(60);
  expect((await a.load())?.data).toBe('cake');
  await a.saveWithMetadata({ snapshot: cake, metadata: { ...metadata, savedAt: clock.now(), ttlMs: 5 } });
  await clock.advance(5);
  expect(await a.load()).toBeNull();
});

describe('when its time is over', () => {
  const opened = async () => {
    const stage = await open(50);
    await stage.clock.advance(50);
    return stage;
  };
  type Stage = Awaited<ReturnType<typeof opened>>;

  test.each<[string, (stage: Stage) => Promise<unknown>, unknown]>([
    ['a load finds nothing', ({ a }) => a.load(), null],
    ['a load with metadata finds nothing', ({ a }) => a.loadWithMetadata(), null],
    ['a stat finds nothing', ({ a }) => a.stat(), null],
    ['nothing is in use', ({ a }) => a.getUsage(), { used: 0 }],
    ['a clear goes well', ({ a }) => a.clear(), undefined],
  ])('%s', async (_name, operate, result) => {
    const stage = await opened();
    expect(await operate(stage)).toEqual(result);
    expect(stage.registry.has('note')).toBe(false);
    expect(stage.changes).toContainEqual({ type: 'clear', client: 'a', revision: null, previousRevision: '1' });
  });

  test('an update is given nothing', async () => {
    const { a } = await opened();
    const updated = await a.update((current) => ({ revision: '1', data: `after ${current}` }));
    expect(updated.data).toBe('after null');
  });

  test('a conditional write meets nothing, and others hear that it is gone', async () => {
    const { registry, a, b } = await opened();
    const heard: unknown[] = [];
    b.subscribe(({ type, client }) => heard.push([type, client]));
    expect(registry.has('note')).toBe(true);
    await a.save({ revision: '1', data: 'cake' }, { ifMatch: null });
    expect(heard).toEqual([
      ['clear', 'a'],
      ['save', 'a'],
    ]);
  });

  test('a write on the revision that it had is refused', async () => {
    for (const write of ['save', 'clear'] as const) {
      const { a } = await opened();
      const written = write === 'save' ? a.save(cake, { ifMatch: '1' }) : a.clear({ ifMatch: '1' });
      expect(await rejection(written)).toMatchObject({ code: 'ERR_REVISION_CONFLICT', actual: null });
    }
  });

  test('a save counts from one again', async () => {
    const { a, clock } = await opened();
    await a.save(cake);
    expect(await a.stat()).toMatchObject({ saveCount: 1, createdAt: clock.now() });
  });

  test('it is there until somebody asks, and others are left alone then', async () => {
    const { registry, metadata } = await open(50);
    const [other, third] = [registry.getBackend('other'), registry.getBackend('third')];
    await other.saveWithMetadata({ snapshot: cake, metadata: { ...metadata, ttlMs: 1e9 } });
    await third.saveWithMetadata({ snapshot: cake, metadata: { ...metadata, savedAt: 0, ttlMs: 1 } });
    expect((await other.load())?.data).toBe('cake');
    expect([registry.has('note'), registry.has('other'), registry.has('third')]).toEqual([true, true, true]);
    expect(await third.load()).toBeNull();
    expect([registry.has('note'), registry.has('other'), registry.has('third')]).toEqual([true, true, false]);
  });
});

test('until then nobody hears of anything', async () => {
  const { clock, a, changes } = await open(50);
  await clock.advance(49);
  await a.load();
  await a.stat();
  expect(changes).toEqual([]);
});

test('the time is that of the day, unless it is told otherwise', async () => {
  jest.useFakeTimers({ now: 5000 });
  try {
    const handle = new SharedMemoryRegistry<string>({ Backend: withExpiry(KeyedMemoryBackend<string>) }).getBackend('note');
    await handle.saveWithMetadata({
      snapshot: cake,
      metadata: { savedAt: 5000, schemaVersion: 1, sizeBytes: 0, compressed: false, ttlMs: 50 },
    });
    jest.setSystemTime(5049);
    expect(await handle.load()).not.toBeNull();
    jest.setSystemTime(5050);
    expect(await handle.load()).toBeNull();
  } finally {
    jest.useRealTimers();
  }
});

test('a backend that keeps no metadata keeps what it has', async () => {
  class Slot extends withExpiry(BaseStorageBackend<string>) {
    #record: StorageRecord | null = null;

    protected override read(): StorageRecord | null {
      return this.#record;
    }

    protected override write(record: StorageRecord | null): void {
      this.#record = record;
    }
  }
  const slot = new Slot({ key: 'slot' });
  await slot.save(cake);
  expect(await slot.load()).toEqual(cake);
});

/** A medium that several handles share, and that takes its time. */
function slowMedium(clock: VirtualClock) {
  let stored: StorageRecord | null = null;
  class Slow extends withMetadataTracking(BaseStorageBackend<string>) {
    protected override async read(): Promise<StorageRecord | null> {
      return stored;
    }

    protected override async write(record: StorageRecord | null, condition: WriteCondition = {}): Promise<void> {
      await null;
      stored = nextRecord(stored, record, condition);
    }
  }
  const metadata = { savedAt: clock.now(), schemaVersion: 1, sizeBytes: 0, compressed: false, ttlMs: 5 };
  return { Slow, Expiring: withExpiry(Slow, { clock }), metadata };
}

test('what is saved in its place meanwhile, on a medium that takes its time, is not removed', async () => {
  const clock = new VirtualClock();
  const { Slow, Expiring, metadata } = slowMedium(clock);
  const [plain, expiring] = [new Slow({ key: 'note' }), new Expiring({ key: 'note' })];
  await plain.saveWithMetadata({ snapshot: { revision: '1', data: 'tea' }, metadata });
  await clock.advance(5);
  await Promise.allSettled([plain.save(cake), expiring.load()]);
  expect(await plain.load()).toEqual(cake);
});

test.each([{}, null, { now: 5 }, 5, '5'])('a clock like %p is refused', (clock) => {
  expect(thrown(() => withExpiry(KeyedMemoryBackend, { clock: clock as never }))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a clock with a method now',
  });
});

test.each([undefined, null, {}, 'class', () => {}, Map])('a class like %p is refused', (Backend) => {
  expect(thrown(() => withExpiry(Backend as never))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a class of backends',
  });
});

test.each([null, 5, new VirtualClock()])('options like %p are refused', (options) => {
  expect(thrown(() => withExpiry(KeyedMemoryBackend, options as never))).toMatchObject({ code: 'ERR_INVALID_OPTION' });
});

test('on a medium that takes its time, who comes second to remove it goes on', async () => {
  const clock = new VirtualClock();
  const { Expiring, metadata } = slowMedium(clock);
  const handles = ['a', 'b'].map((client) => new Expiring({ key: 'note', client }));
  await handles[0]?.saveWithMetadata({ snapshot: cake, metadata });
  await clock.advance(5);
  expect(await Promise.all(handles.map((handle) => handle.load()))).toEqual([null, null]);
});

test('a medium that fails to remove it is heard', async () => {
  const clock = new VirtualClock();
  const { Slow, metadata } = slowMedium(clock);
  class Stuck extends Slow {
    protected override async write(record: StorageRecord | null, condition?: WriteCondition): Promise<void> {
      if (record === null) throw new Error('the disk is read-only');
      return super.write(record, condition);
    }
  }
  const handle = new (withExpiry(Stuck, { clock }))({ key: 'note' });
  await handle.saveWithMetadata({ snapshot: cake, metadata });
  await clock.advance(5);
  expect(await rejection(handle.load())).toMatchObject({
    code: 'ERR_HOOK_FAILED',
    cause: { message: 'the disk is read-only' },
  });
});
