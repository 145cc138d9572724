import { structured } from '../../src/codec/structured';
import type { StorageChange } from '../../src/contracts';
import { StorageError } from '../../src/errors';
import { toRevision } from '../../src/revision';
import { ChangeFeed } from '../../src/store/change-feed';
import { type CommitObserver, MemoryStore, type MemoryStoreOptions } from '../../src/store/memory-store';
import { MeasuredRecord } from '../../src/store/storage-record';
import { reportedBy } from '../support/reported';

const maker = { client: 'tab' };
const newStore = (quota?: number, options: Partial<MemoryStoreOptions<unknown>> = {}) =>
  new MemoryStore<unknown>({ codec: structured, now: () => 0, quota, changes: new ChangeFeed(), ...options });
const record = (data: unknown) => new MeasuredRecord<unknown>(toRevision('1'), data, 0, structured);

describe('MemoryStore', () => {
  test('counts no bytes before it is asked, where there is no quota', () => {
    const measure = jest.fn(() => 1);
    const store = newStore();
    store.put('a', new MeasuredRecord<unknown>(toRevision('1'), 1, 0, { ...structured, measure }), {}, maker);
    store.delete('a', {}, maker);
    store.restore(store.checkpoint());
    expect(measure).not.toHaveBeenCalled();
  });

  test('lets a save through that fills the quota to the last byte, and no more', () => {
    const size = 'a'.length + record('xx').sizeBytes;
    expect(() => newStore(size).put('a', record('xx'), {}, maker)).not.toThrow();
    expect(() => newStore(size - 1).put('a', record('xx'), {}, maker)).toThrow(
      expect.objectContaining({ quota: size - 1, requested: size }),
    );
  });

  test('frees the bytes of what is replaced and of what is deleted', () => {
    const store = newStore('a'.length + record('xx').sizeBytes);
    store.put('a', record('xx'), {}, maker);
    store.put('a', record('yy'), {}, maker);
    store.delete('a', {}, maker);
    store.put('b', record('zz'), {}, maker);
    expect(store.get('b')?.data).toBe('zz');
  });

  test('checks the condition before the quota, and the quota before anything changes', () => {
    const store = newStore(1000);
    store.put('a', record(1), {}, maker);
    expect(() => store.put('a', record('x'.repeat(2000)), { ifMatch: null }, maker)).toThrow(
      expect.objectContaining({ code: 'ERR_REVISION_CONFLICT' }),
    );
    expect(() => store.put('a', record('x'.repeat(2000)), {}, maker)).toThrow(expect.objectContaining({ code: 22 }));
    expect([store.get('a')?.data, store.usage().used]).toEqual([1, 'a'.length + record(1).sizeBytes]);
  });

  test('deletes nothing on a condition that is not met, and needs none for what is not there', () => {
    const store = newStore();
    store.put('a', record(1), {}, maker);
    expect(() => store.delete('a', { ifMatch: null }, maker)).toThrow(expect.objectContaining({ ifMatch: null, actual: '1' }));
    expect(() => store.delete('b', {}, maker)).not.toThrow();
    expect(store.get('a')?.data).toBe(1);
  });

  test('holds nothing once it is disposed of', () => {
    const store = newStore(100);
    const { records } = store;
    store.put('a', record(1), {}, maker);
    expect(store.disposed).toBe(false);
    store.dispose();
    expect([store.disposed, records.size]).toEqual([true, 0]);
    expect(() => store.get('a')).toThrow('expected a registry in use, got one that was disposed of [ERR_DISPOSED]');
  });
});

describe('weigh', () => {
  /** A store where a key takes its length and its data what it says. */
  const newWeighed = (quota?: number) => newStore(quota, { weigh: (key, data) => key.length + Number(data) });

  test('says what a key and its data take, and nothing takes nothing', () => {
    expect([newWeighed().weigh('ab', record(5)), newWeighed().weigh('ab', null)]).toEqual([7, 0]);
    expect([newStore().weigh('ä', record(5)), newStore().weigh('ä', null)]).toEqual([2 + record(5).sizeBytes, 0]);
  });

  test('counts in the quota, to the last byte, and in the usage', () => {
    const store = newWeighed(10);
    store.put('a', record(4), {}, maker);
    store.put('b', record(4), {}, maker);
    expect(store.usage()).toEqual({ used: 10, quota: 10, percentage: 100 });
    expect(() => store.put('a', record(5), {}, maker)).toThrow(expect.objectContaining({ code: 22, quota: 10, requested: 11 }));
    expect([store.get('a')?.data, store.usage().used]).toEqual([4, 10]);
    store.delete('b', {}, maker);
    store.put('a', record(9), {}, maker);
    expect(store.usage().used).toBe(10);
  });

  test('may say 0', () => {
    const store = newStore(0, { weigh: () => 0 });
    store.put('a', record('x'), {}, maker);
    expect(store.usage()).toEqual({ used: 0, quota: 0, percentage: 100 });
  });

  test('counts where a checkpoint is restored', () => {
    const large = newWeighed();
    large.put('a', record(10), {}, maker);
    const store = newWeighed(10);
    store.put('b', record(1), {}, maker);
    expect(() => store.restore(large.checkpoint())).toThrow(expect.objectContaining({ code: 22, requested: 11 }));
    expect([...store.records.keys()]).toEqual(['b']);
    store.clear();
    store.put('c', record(9), {}, maker);
    expect(store.usage().used).toBe(10);
  });

  test('is given the key and a copy of the data', () => {
    const weigh = jest.fn((_key: string, data: unknown) => {
      Object.assign(data as object, { changed: true });
      return 1;
    });
    const data = { theme: 'dark' };
    const store = newStore(10, { weigh });
    store.put('a', record(data), {}, maker);
    expect(weigh).toHaveBeenCalledWith('a', { theme: 'dark', changed: true });
    expect([data, store.get('a')?.data]).toEqual([{ theme: 'dark' }, { theme: 'dark' }]);
  });

  test('is not asked before anybody wants to know, where there is no quota', () => {
    const weigh = jest.fn(() => 3);
    const store = newStore(undefined, { weigh });
    store.put('a', record(1), {}, maker);
    store.put('b', record(1), {}, maker);
    store.restore(store.checkpoint());
    expect(weigh).not.toHaveBeenCalled();
    expect(store.usage()).toEqual({ used: 6 });
  });

  test('is asked once for each save', () => {
    const weigh = jest.fn(() => 1);
    const store = newStore(10, { weigh });
    for (const key of ['a', 'b', 'a']) store.put(key, record(1), {}, maker);
    store.delete('b', {}, maker);
    expect(weigh).toHaveBeenCalledTimes(3);
  });

  /** A store of 10 bytes whose `weigh` saves a key itself, the first time that it is asked. */
  function newSaving(key: string): MemoryStore<unknown> {
    let saved = false;
    const store: MemoryStore<unknown> = newStore(10, {
      weigh(_key, data) {
        if (!saved) {
          saved = true;
          store.put(key, record(6), {}, maker);
        }
        return Number(data);
      },
    });
    return store;
  }

  test('that saves on its own can not break the quota', () => {
    const store = newSaving('b');
    expect(() => store.put('a', record(5), {}, maker)).toThrow(expect.objectContaining({ code: 22, requested: 11 }));
    expect([[...store.records.keys()], store.usage().used]).toEqual([['b'], 6]);
    store.put('a', record(4), {}, maker);
    expect(store.usage().used).toBe(10);
  });

  test('that saves on its own can not break a condition', () => {
    const store = newSaving('a');
    expect(() => store.put('a', record(5), { ifMatch: null }, maker)).toThrow(
      expect.objectContaining({ code: 'ERR_REVISION_CONFLICT', actual: '1' }),
    );
    expect(store.get('a')?.data).toBe(6);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', 5n, null, undefined, {}])(
    'that says %p is refused, and nothing has changed',
    (bytes) => {
      const weigh = jest.fn((): unknown => 1);
      const store = newStore(10, { weigh: weigh as never });
      const observe = jest.fn();
      store.put('a', record(1), {}, maker);
      store.observe(observe);
      weigh.mockReturnValue(bytes);
      const refusal = expect.objectContaining({
        code: 'ERR_HOOK_FAILED',
        expected: 'weigh to return a whole number of bytes, 0 or more',
      });
      expect(() => store.put('a', record(2), {}, maker)).toThrow(refusal);
      expect(() => store.usage()).toThrow(refusal);
      weigh.mockReturnValue(1);
      expect([store.get('a')?.data, store.usage().used]).toEqual([1, 1]);
      expect(observe).not.toHaveBeenCalled();
    },
  );

  test('that throws is refused with the cause, and with its own code if it has one', () => {
    const cause = new TypeError('no scales');
    const weigh = () => {
      throw cause;
    };
    const refusal = { code: 'ERR_HOOK_FAILED', expected: 'weigh to succeed', cause };
    expect(() => newStore(10, { weigh }).put('a', record(1), {}, maker)).toThrow(expect.objectContaining(refusal));
    const coded = new StorageError('ERR_OF_MINE', { expected: 'a scale', received: 'none' });
    const refuse = () => {
      throw coded;
    };
    expect(() => newStore(10, { weigh: refuse }).put('a', record(1), {}, maker)).toThrow(coded);
  });
});

describe('observe', () => {
  /** A store, and what an observer of it is told: key, data before, data after, maker. */
  function observed(quota?: number) {
    const store = newStore(quota);
    const told: unknown[][] = [];
    const stop = store.observe((key, before, after, by) => void told.push([key, before?.data, after?.data, by]));
    return { store, told, stop };
  }

  test('tells of every change at once, with what was there and what is', () => {
    const { store, told } = observed();
    store.put('a', record(1), {}, maker);
    expect(told).toEqual([['a', undefined, 1, maker]]);
    store.put('a', record(2), {}, maker);
    store.delete('a', {}, maker);
    expect(told.slice(1)).toEqual([
      ['a', 1, 2, maker],
      ['a', 2, undefined, maker],
    ]);
    expect(told[0]?.[3]).toBe(maker);
  });

  test('tells when the change is in effect, before anyone else hears of it', async () => {
    const store = newStore();
    const order: unknown[] = [];
    store.subscribe(({ key }) => void order.push(`heard of ${key}`));
    store.observe((key) => void order.push(store.get(String(key))?.data));
    store.put('a', record(1), {}, maker);
    order.push('put');
    await null;
    expect(order).toEqual([1, 'put', 'heard of a']);
  });

  test('tells of each key that restore and clear change, and once of what a client clears', () => {
    const { store, told } = observed();
    store.put('a', record(1), {}, maker);
    store.put('same', record(1), {}, maker);
    const before = store.checkpoint();
    store.put('a', record(2), {}, maker);
    store.put('b', record(3), {}, maker);
    told.length = 0;
    store.restore(before);
    store.restore(before);
    store.clearBy(maker);
    store.restore(before);
    store.clear();
    expect(told).toEqual([
      ['a', 2, 1, null],
      ['b', 3, undefined, null],
      [null, undefined, undefined, maker],
      ['a', undefined, 1, null],
      ['same', undefined, 1, null],
      ['a', 1, undefined, null],
      ['same', 1, undefined, null],
    ]);
  });

  test('tells nothing of what is refused, or of what changes nothing', () => {
    const { store, told } = observed(10);
    expect(() => store.put('a', record('too large'), {}, maker)).toThrow();
    expect(() => store.delete('a', { ifMatch: toRevision('1') }, maker)).toThrow();
    store.delete('a', {}, maker);
    store.clearBy(maker);
    store.restore(store.checkpoint());
    expect(told).toEqual([]);
  });

  test('tells several, in order, and each until it ends', () => {
    const store = newStore();
    const told: string[] = [];
    const note =
      (name: string): CommitObserver<unknown> =>
      (key) =>
        void told.push(`${name} ${key}`);
    const stop = store.observe(note('first'));
    store.observe(note('second'));
    store.put('a', record(1), {}, maker);
    stop();
    stop();
    store.put('b', record(1), {}, maker);
    expect(told).toEqual(['first a', 'second a', 'second b']);
  });

  test('goes on where an observer throws, which is reported', async () => {
    const store = newStore();
    const observer = jest.fn();
    const problem = new Error('no');
    const reported = await reportedBy(() => {
      store.observe(() => {
        throw problem;
      });
      store.observe(observer);
      store.put('a', record(1), {}, maker);
    });
    expect([reported, observer.mock.calls.length, store.get('a')?.data]).toEqual([[problem], 1, 1]);
  });

  test('clears what a client clears, and the bytes it took', () => {
    const store = newStore(100);
    store.put('a', record('x'), {}, maker);
    store.clearBy(maker);
    expect([store.records.size, store.usage().used]).toEqual([0, 0]);
    expect(() => store.put('b', record('y'.repeat(60)), {}, maker)).not.toThrow();
  });

  test('may be asked for twice with the same function, and each ends on its own', () => {
    const store = newStore();
    const observer = jest.fn();
    const stop = store.observe(observer);
    store.observe(observer);
    stop();
    store.put('a', record(1), {}, maker);
    expect(observer).toHaveBeenCalledTimes(1);
  });

  test('ends with the store', () => {
    const { store, told } = observed();
    store.dispose();
    expect(told).toEqual([]);
    expect(() => store.observe(() => {})).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });
});

describe('the client of a change', () => {
  test('is who clears everything, and that handle hears nothing of it', async () => {
    const store = newStore();
    const heard: unknown[] = [];
    const note = (name: string) => (change: StorageChange) => void heard.push([name, change.type, change.client]);
    store.put('a', record(1), {}, maker);
    const before = store.checkpoint();
    store.subscribe(note('maker'), 'a', maker);
    store.subscribe(note('other'), 'a', { client: 'other' });
    store.clearBy(maker);
    store.restore(before);
    store.clear();
    await null;
    expect(heard).toEqual([
      ['other', 'clear', 'tab'],
      ['maker', 'save', null],
      ['other', 'save', null],
      ['maker', 'clear', null],
      ['other', 'clear', null],
    ]);
  });
});
