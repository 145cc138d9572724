import { structured } from '../../src/codec/structured';
import { toRevision } from '../../src/revision';
import { ChangeFeed } from '../../src/store/change-feed';
import { MemoryStore } from '../../src/store/memory-store';
import { MeasuredRecord } from '../../src/store/storage-record';

const maker = { client: 'tab' };
const newStore = (quota?: number) =>
  new MemoryStore<unknown>({ codec: structured, now: () => 0, quota, changes: new ChangeFeed() });
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
