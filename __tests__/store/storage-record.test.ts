import { json } from '../../src/codec/json';
import { structured } from '../../src/codec/structured';
import { toRevision } from '../../src/revision';
import { nextRecord, type StorageRecord, TrackedRecord, type WriteCondition } from '../../src/store/storage-record';

const revision = toRevision('1');
const plain: StorageRecord = { revision, data: { n: 1 } };
const first = (data: unknown = { n: 1 }) => new TrackedRecord(revision, data, 1000);

const METADATA = { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false };

describe('nextRecord', () => {
  test.each([
    [undefined, null, true],
    [undefined, plain, true],
    [null, null, true],
    [null, plain, false],
    ['1', plain, true],
    ['2', plain, false],
    ['1', null, false],
  ])('with ifMatch %p over %p', (ifMatch, current, accepted) => {
    const next = (record: StorageRecord | null) => nextRecord(current, record, { ifMatch: ifMatch as never });
    for (const record of [first(), null]) {
      if (accepted) expect(next(record)).toEqual(record);
      else expect(() => next(record)).toThrow(expect.objectContaining({ ifMatch, actual: current?.revision ?? null }));
    }
  });

  const copy = (record: StorageRecord): StorageRecord => JSON.parse(JSON.stringify(record));

  test.each<[string, StorageRecord | null, StorageRecord | null, boolean]>([
    ['the record itself', plain, plain, true],
    ['an equal copy', copy(plain), plain, true],
    [
      'an equal copy with every field',
      copy({ ...first('text'), metadata: METADATA }),
      { ...first('text'), metadata: METADATA },
      true,
    ],
    ['nothing, over nothing', null, null, true],
    ['nothing, over a record', null, plain, false],
    ['a record, over nothing', plain, null, false],
    ['another revision', { ...plain, revision: toRevision('2') }, plain, false],
    ['other data of the same revision', { ...plain, data: { n: 2 } }, plain, false],
    ['a save at another time', { ...first(), updatedAt: 999 }, { ...first() }, false],
    ['an earlier save of the same time', { ...first(), saveCount: 1 }, { ...first(), saveCount: 3 }, false],
    ['a key that was empty in between', { ...first(), createdAt: 1 }, { ...first(), createdAt: 2 }, false],
    ['other metadata', { ...first(), metadata: METADATA }, { ...first(), metadata: { ...METADATA, savedAt: 2 } }, false],
  ])('replaces %s: %#', (_name, replaces, current, accepted) => {
    const next = () => nextRecord(current, first(), { replaces });
    if (accepted) expect(next).not.toThrow();
    else expect(next).toThrow(expect.objectContaining({ code: 'ERR_REVISION_CONFLICT' }));
  });

  test('says that another record of the same revision is stored', () => {
    const condition: WriteCondition = { replaces: { revision, data: 5 } };
    expect(() => nextRecord(plain, first(), condition)).toThrow(
      'expected revision "1" to be stored, got another record of revision "1" [ERR_REVISION_CONFLICT]',
    );
  });

  test('carries count and time of creation on, from a record read back from text as well', () => {
    const current = JSON.parse(JSON.stringify(first().succeeding(5, 41)));
    expect(nextRecord(current, first(), {})).toMatchObject({ createdAt: 5, updatedAt: 1000, saveCount: 42 });
    expect(nextRecord(current, copy(first()), {})).toMatchObject({ createdAt: 5, updatedAt: 1000, saveCount: 42 });
  });

  test('starts counting where nothing was counted', () => {
    const record = first();
    expect(nextRecord(null, record, {})).toBe(record);
    expect(nextRecord(plain, record, {})).toBe(record);
    expect(nextRecord({ ...plain, updatedAt: 7 }, record, {})).toMatchObject({ createdAt: 7, saveCount: 2 });
  });

  test('keeps a record without tracking as it is', () => {
    expect(nextRecord(first(), plain, {})).toBe(plain);
  });
});

describe('TrackedRecord', () => {
  test('measures the envelope as JSON text', () => {
    expect(first().sizeBytes(structured)).toBe('{"revision":"1","data":{"n":1}}'.length);
    expect(new TrackedRecord(revision, undefined, 0).sizeBytes(structured)).toBe('{"revision":"1"}'.length);
  });

  test('measures once, when it is first asked', () => {
    const measure = jest.fn(() => 7);
    const codec = { ...structured, measure };
    const record = first();
    expect([record.sizeBytes(codec), record.sizeBytes(codec)]).toEqual([31, 31]);
    expect(record.succeeding(1, 2).sizeBytes(codec)).toBe(31);
    expect(measure).toHaveBeenCalledTimes(1);
  });

  test('is written as JSON with all of its fields', () => {
    expect(JSON.parse(JSON.stringify(first()))).toEqual({
      revision: '1',
      data: { n: 1 },
      createdAt: 1000,
      updatedAt: 1000,
      saveCount: 1,
    });
  });

  test('is made of any record with an updatedAt, and measures it whatever it claims', () => {
    const record = first();
    expect(TrackedRecord.from(record)).toBe(record);
    expect(TrackedRecord.from({ ...record }).sizeBytes(structured)).toBe(31);
    expect(TrackedRecord.from({ ...plain, updatedAt: 5, sizeBytes: 5 } as StorageRecord).sizeBytes(structured)).toBe(31);
  });

  test.each(['revision', 'data', 'updatedAt'])('is not made of a record without %s', (field) => {
    const { [field]: _missing, ...rest } = { ...first() } as Record<string, unknown>;
    expect(() => TrackedRecord.from(rest as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_RECORD' }));
  });

  test.each(['createdAt', 'updatedAt', 'saveCount'])('is not made of a record whose %s is no number', (field) => {
    for (const value of [Number.NaN, '5', null]) {
      const record = { ...first(), [field]: value };
      expect(() => TrackedRecord.from(record)).toThrow(`a record { revision, data } whose ${field} is a finite number`);
    }
  });

  test.each([null, 5, undefined])('is not made of %p', (value) => {
    expect(() => TrackedRecord.from(value as never)).toThrow(
      `expected a record { revision, data }, got ${value} [ERR_INVALID_RECORD]`,
    );
  });

  test('is encoded anew for another codec, and kept as it is for its own', () => {
    const record = first();
    expect(record.transcode(structured, structured)).toBe(record);
    expect(record.transcode(structured, json)).toMatchObject({ data: '{"n":1}', updatedAt: 1000 });
  });

  test('keeps count, times and metadata when it is encoded anew', () => {
    const record = new TrackedRecord(revision, 1, 9, METADATA, 5, 3).transcode(structured, json);
    expect(record).toMatchObject({ createdAt: 5, updatedAt: 9, saveCount: 3, metadata: METADATA });
  });
});
