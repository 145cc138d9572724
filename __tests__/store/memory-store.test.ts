import { structured } from '../../src/codec/structured';
import type { StorageChange } from '../../src/contracts';
import { StorageError } from '../../src/errors';
import { toRevision } from '../../src/revision';
import type { Commit } from '../../src/store/commit';
import { MemoryStore, type MemoryStoreOptions } from '../../src/store/memory-store';
import { TrackedRecord } from '../../src/store/storage-record';
import { reportedBy } from '../support/reported';

const origin = { client: 'tab' };
const newStore = (quota?: number, options: Partial<MemoryStoreOptions<unknown>> = {}) =>
  new MemoryStore<unknown>({ codec: structured, now: () => 0, quota, ...options });
const record = (data: unknown) => new TrackedRecord(toRevision('1'), data, 0);

describe('MemoryStore', () => {
  test('counts no bytes before it is asked, where there is no quota', () => {
    const measure = jest.fn(() => 1);
    const store = newStore(undefined, { codec: { ...structured, measure } });
    store.write('a', record(1), {}, origin);
    store.write('a', null, {}, origin);
    store.restore(store.checkpoint());
    expect(measure).not.toHaveBeenCalled();
  });

  test('lets a save through that fills the quota to the last byte, and no more', () => {
    const size = 'a'.length + record('xx').sizeBytes(structured);
    expect(() => newStore(size).write('a', record('xx'), {}, origin)).not.toThrow();
    expect(() => newStore(size - 1).write('a', record('xx'), {}, origin)).toThrow(
      expect.objectContaining({ quota: size - 1, requested: size }),
    );
  });

  test('frees the bytes of what is replaced and of what is deleted', () => {
    const store = newStore('a'.length + record('xx').sizeBytes(structured));
    store.write('a', record('xx'), {}, origin);
    store.write('a', record('yy'), {}, origin);
    store.write('a', null, {}, origin);
    store.write('b', record('zz'), {}, origin);
    expect(store.get('b', null)?.data).toBe('zz');
  });

  test('checks the condition before the quota, and the quota before anything changes', () => {
    const store = newStore(1000);
    store.write('a', record(1), {}, origin);
    expect(() => store.write('a', record('x'.repeat(2000)), { ifMatch: null }, origin)).toThrow(
      expect.objectContaining({ code: 'ERR_REVISION_CONFLICT' }),
    );
    expect(() => store.write('a', record('x'.repeat(2000)), {}, origin)).toThrow(expect.objectContaining({ code: 22 }));
    expect([store.get('a', null)?.data, store.usage().used]).toEqual([1, 'a'.length + record(1).sizeBytes(structured)]);
  });

  test('deletes nothing on a condition that is not met, and needs none for what is not there', () => {
    const store = newStore();
    store.write('a', record(1), {}, origin);
    expect(() => store.write('a', null, { ifMatch: null }, origin)).toThrow(
      expect.objectContaining({ ifMatch: null, actual: '1' }),
    );
    expect(() => store.write('b', null, {}, origin)).not.toThrow();
    expect(store.get('a', null)?.data).toBe(1);
  });

  test('holds nothing once it is disposed of', () => {
    const store = newStore(100);
    const records = store.records(null);
    store.write('a', record(1), {}, origin);
    expect(store.disposed).toBe(false);
    store.dispose();
    expect([store.disposed, records.size]).toEqual([true, 0]);
    expect(() => store.get('a', null)).toThrow('Registry is disposed. Create a new one [ERR_DISPOSED]');
  });
});

describe('weigh', () => {
  /** A store where a key takes its length and its data what it says. */
  const newWeighed = (quota?: number) => newStore(quota, { weigh: (key, data) => key.length + Number(data) });

  test('says what a key and its data take', () => {
    expect(newWeighed().weigh('ab', record(5))).toBe(7);
    expect(newStore().weigh('ä', record(5))).toBe(2 + record(5).sizeBytes(structured));
  });

  test('counts in the quota, to the last byte, and in the usage', () => {
    const store = newWeighed(10);
    store.write('a', record(4), {}, origin);
    store.write('b', record(4), {}, origin);
    expect(store.usage()).toEqual({ used: 10, quota: 10, percentage: 100 });
    expect(() => store.write('a', record(5), {}, origin)).toThrow(
      expect.objectContaining({ code: 22, quota: 10, requested: 11 }),
    );
    expect([store.get('a', null)?.data, store.usage().used]).toEqual([4, 10]);
    store.write('b', null, {}, origin);
    store.write('a', record(9), {}, origin);
    expect(store.usage().used).toBe(10);
  });

  test('may say 0', () => {
    const store = newStore(0, { weigh: () => 0 });
    store.write('a', record('x'), {}, origin);
    expect(store.usage()).toEqual({ used: 0, quota: 0, percentage: 100 });
  });

  test('counts where a checkpoint is restored', () => {
    const large = newWeighed();
    large.write('a', record(10), {}, origin);
    const store = newWeighed(10);
    store.write('b', record(1), {}, origin);
    expect(() => store.restore(large.checkpoint())).toThrow(expect.objectContaining({ code: 22, requested: 11 }));
    expect([...store.records(null).keys()]).toEqual(['b']);
    store.clear(null);
    store.write('c', record(9), {}, origin);
    expect(store.usage().used).toBe(10);
  });

  test('is given the key and a copy of the data', () => {
    const weigh = jest.fn((_key: string, data: unknown) => {
      Object.assign(data as object, { changed: true });
      return 1;
    });
    const data = { theme: 'dark' };
    const store = newStore(10, { weigh });
    store.write('a', record(data), {}, origin);
    expect(weigh).toHaveBeenCalledWith('a', { theme: 'dark', changed: true });
    expect([data, store.get('a', null)?.data]).toEqual([{ theme: 'dark' }, { theme: 'dark' }]);
  });

  test('is not asked before anybody wants to know, where there is no quota', () => {
    const weigh = jest.fn(() => 3);
    const store = newStore(undefined, { weigh });
    store.write('a', record(1), {}, origin);
    store.write('b', record(1), {}, origin);
    store.restore(store.checkpoint());
    expect(weigh).not.toHaveBeenCalled();
    expect(store.usage()).toEqual({ used: 6 });
  });

  test('is asked once for each save', () => {
    const weigh = jest.fn(() => 1);
    const store = newStore(10, { weigh });
    for (const key of ['a', 'b', 'a']) store.write(key, record(1), {}, origin);
    store.write('b', null, {}, origin);
    expect(weigh).toHaveBeenCalledTimes(3);
  });

  /** A store of 10 bytes whose `weigh` saves a key itself, the first time that it is asked. */
  function newSaving(key: string): MemoryStore<unknown> {
    let saved = false;
    const store: MemoryStore<unknown> = newStore(10, {
      weigh(_key, data) {
        if (!saved) {
          saved = true;
          store.write(key, record(6), {}, origin);
        }
        return Number(data);
      },
    });
    return store;
  }

  test('that saves on its own can not break the quota', () => {
    const store = newSaving('b');
    expect(() => store.write('a', record(5), {}, origin)).toThrow(expect.objectContaining({ code: 22, requested: 11 }));
    expect([[...store.records(null).keys()], store.usage().used]).toEqual([['b'], 6]);
    store.write('a', record(4), {}, origin);
    expect(store.usage().used).toBe(10);
  });

  test('that saves on its own can not break a condition', () => {
    const store = newSaving('a');
    expect(() => store.write('a', record(5), { ifMatch: null }, origin)).toThrow(
      expect.objectContaining({ code: 'ERR_REVISION_CONFLICT', actual: '1' }),
    );
    expect(store.get('a', null)?.data).toBe(6);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', 5n, null, undefined, {}])(
    'that says %p is refused, and nothing has changed',
    (bytes) => {
      const weigh = jest.fn((): unknown => 1);
      const store = newStore(10, { weigh: weigh as never });
      const observe = jest.fn();
      store.write('a', record(1), {}, origin);
      store.observe({ onCommit: observe });
      weigh.mockReturnValue(bytes);
      const refusal = expect.objectContaining({
        code: 'ERR_HOOK_FAILED',
        expected: 'weigh to return a whole number of bytes, 0 or more',
      });
      expect(() => store.write('a', record(2), {}, origin)).toThrow(refusal);
      const unlimited = newStore(undefined, { weigh: weigh as never });
      unlimited.write('a', record(1), {}, origin);
      expect(() => unlimited.usage()).toThrow(refusal);
      weigh.mockReturnValue(1);
      expect(unlimited.usage()).toEqual({ used: 1 });
      expect([store.get('a', null)?.data, store.usage().used]).toEqual([1, 1]);
      expect(observe).not.toHaveBeenCalled();
    },
  );

  test('that throws is refused with the cause, and with its own code if it has one', () => {
    const cause = new TypeError('no scales');
    const weigh = () => {
      throw cause;
    };
    const refusal = { code: 'ERR_HOOK_FAILED', expected: 'weigh to succeed', cause };
    expect(() => newStore(10, { weigh }).write('a', record(1), {}, origin)).toThrow(expect.objectContaining(refusal));
    const coded = new StorageError('ERR_OF_MINE', { expected: 'a scale', received: 'none' });
    const refuse = () => {
      throw coded;
    };
    expect(() => newStore(10, { weigh: refuse }).write('a', record(1), {}, origin)).toThrow(coded);
  });
});

describe('getUsage of every key', () => {
  test('weighs again only what has changed since', () => {
    const weigh = jest.fn((_key: string, data: unknown) => Number(data));
    const store = newStore(undefined, { weigh });
    for (let n = 1; n <= 100; n += 1) store.write(`key ${n}`, record(n), {}, origin);
    expect(store.usage()).toEqual({ used: 5050 });
    expect(store.usage()).toEqual({ used: 5050 });
    expect(weigh).toHaveBeenCalledTimes(100);
    store.write('key 1', record(11), {}, origin);
    store.write('key 2', null, {}, origin);
    store.write('new', record(7), {}, origin);
    expect(store.usage()).toEqual({ used: 5050 + 10 - 2 + 7 });
    expect(weigh).toHaveBeenCalledTimes(102);
    store.clear(null);
    expect(store.usage()).toEqual({ used: 0 });
  });
});

describe('observe', () => {
  /** A store, and what an observer of it is told of each commit: type, client, and key, data before, data after. */
  function observed(quota?: number) {
    const store = newStore(quota);
    const told: unknown[] = [];
    store.observe({
      onCommit: ({ type, origin, changes }) =>
        void told.push([type, origin?.client, ...changes.map(({ key, before, after }) => [key, before?.data, after?.data])]),
    });
    return { store, told };
  }

  test('tells of every commit at once, with what was there and what is', () => {
    const { store, told } = observed();
    store.write('a', record(1), {}, origin);
    expect(told).toEqual([['write', 'tab', ['a', undefined, 1]]]);
    store.write('a', record(2), {}, origin);
    store.write('a', null, {}, origin);
    expect(told.slice(1)).toEqual([
      ['write', 'tab', ['a', 1, 2]],
      ['write', 'tab', ['a', 2, undefined]],
    ]);
  });

  test('tells when the commit is in effect, before any listener is called', async () => {
    const store = newStore();
    const order: unknown[] = [];
    store.listeners.subscribe(({ key }) => void order.push(`listener of ${key}`));
    store.observe({ onCommit: ({ changes }) => void order.push(...changes.map(({ key }) => store.get(key, null)?.data)) });
    store.write('a', record(1), {}, origin);
    order.push('written');
    await null;
    expect(order).toEqual([1, 'written', 'listener of a']);
  });

  test('tells of restore and clear as one commit, with each key that they change', () => {
    const { store, told } = observed();
    store.write('a', record(1), {}, origin);
    store.write('same', record(1), {}, origin);
    const before = store.checkpoint();
    store.write('a', record(2), {}, origin);
    store.write('b', record(3), {}, origin);
    told.length = 0;
    store.restore(before);
    store.restore(before);
    store.clear(origin);
    store.clear(null);
    store.restore(before);
    store.clear(null);
    expect(told).toEqual([
      ['restore', undefined, ['a', 2, 1], ['b', 3, undefined]],
      ['clear', 'tab', ['a', 1, undefined], ['same', 1, undefined]],
      ['restore', undefined, ['a', undefined, 1], ['same', undefined, 1]],
      ['clear', undefined, ['a', 1, undefined], ['same', 1, undefined]],
    ]);
  });

  test('tells nothing of what fails, or of what changes nothing', () => {
    const { store, told } = observed(10);
    expect(() => store.write('a', record('too large'), {}, origin)).toThrow();
    expect(() => store.write('a', null, { ifMatch: toRevision('1') }, origin)).toThrow();
    store.write('a', null, {}, origin);
    store.clear(origin);
    store.restore(store.checkpoint());
    expect(told).toEqual([]);
  });

  test('tells of every read: which key, and who reads', () => {
    const store = newStore();
    const reads: unknown[] = [];
    store.observe({ onRead: (key, reader) => void reads.push([key, reader?.client]) });
    store.get('a', origin);
    store.get('b', null);
    store.records(null);
    store.usage();
    store.write('a', null, {}, origin);
    store.clear(null);
    expect(reads).toEqual([
      ['a', 'tab'],
      ['b', undefined],
      [null, undefined],
      [null, undefined],
      ['a', 'tab'],
      [null, undefined],
    ]);
  });

  test('tells of the first listener, and of other observers', () => {
    const store = newStore();
    const onObserve = jest.fn();
    store.observe({ onObserve });
    store.listeners.subscribe(() => {});
    store.listeners.subscribe(() => {});
    expect(onObserve).toHaveBeenCalledTimes(1);
    store.observe({});
    expect(onObserve).toHaveBeenCalledTimes(2);
  });

  test('tells several, in order, and each until it ends', () => {
    const store = newStore();
    const told: string[] = [];
    const note = (name: string) => ({
      onCommit: ({ changes }: Commit) => void told.push(`${name} ${changes.map(({ key }) => key)}`),
    });
    const stop = store.observe(note('first'));
    store.observe(note('second'));
    store.write('a', record(1), {}, origin);
    stop();
    stop();
    store.write('b', record(1), {}, origin);
    expect(told).toEqual(['first a', 'second a', 'second b']);
  });

  test('goes on where an observer throws, which is reported', async () => {
    const store = newStore();
    const onCommit = jest.fn();
    const problem = new Error('no');
    const reported = await reportedBy(() => {
      store.observe({
        onCommit() {
          throw problem;
        },
      });
      store.observe({ onCommit });
      store.write('a', record(1), {}, origin);
    });
    expect([reported, onCommit.mock.calls.length, store.get('a', null)?.data]).toEqual([[problem], 1, 1]);
  });

  test('clears what a client clears, and the bytes it took', () => {
    const store = newStore(100);
    store.write('a', record('x'), {}, origin);
    store.clear(origin);
    expect([store.records(null).size, store.usage().used]).toEqual([0, 0]);
    expect(() => store.write('b', record('y'.repeat(60)), {}, origin)).not.toThrow();
  });

  test('may be asked for twice with the same observer, and each ends on its own', () => {
    const store = newStore();
    const observer = { onCommit: jest.fn() };
    const stop = store.observe(observer);
    store.observe(observer);
    stop();
    store.write('a', record(1), {}, origin);
    expect(observer.onCommit).toHaveBeenCalledTimes(1);
  });

  test('ends with the store', () => {
    const { store, told } = observed();
    store.dispose();
    expect(told).toEqual([]);
    expect(() => store.observe({})).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });
});

test('a listener is handed what the key held and holds, as copies that are decoded when asked for', async () => {
  const store = newStore();
  const heard: unknown[] = [];
  store.listeners.subscribe((_change, contents) => {
    heard.push(contents.before(), contents.after());
    Object.assign(contents.after() ?? {}, { revision: 'changed' });
    heard.push(contents.after());
  });
  store.write('a', record(1), {}, origin);
  await null;
  const after = { revision: '1', data: expect.anything() };
  expect(heard).toEqual([null, after, after]);
});

describe('the client of a change', () => {
  test('is who clears everything, and that handle hears nothing of it', async () => {
    const store = newStore();
    const heard: unknown[] = [];
    const note = (name: string) => (change: StorageChange) => void heard.push([name, change.type, change.client]);
    store.write('a', record(1), {}, origin);
    const before = store.checkpoint();
    store.listeners.subscribe(note('origin'), { key: 'a', subscriber: origin });
    store.listeners.subscribe(note('other'), { key: 'a', subscriber: { client: 'other' } });
    store.clear(origin);
    store.restore(before);
    store.clear(null);
    await null;
    expect(heard).toEqual([
      ['other', 'clear', 'tab'],
      ['origin', 'save', null],
      ['other', 'save', null],
      ['origin', 'clear', null],
      ['other', 'clear', null],
    ]);
  });
});
