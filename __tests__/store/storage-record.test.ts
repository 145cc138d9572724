import { json } from '../../src/codec/json';
import { structured } from '../../src/codec/structured';
import { toRevision } from '../../src/revision';
import { checkCondition, MeasuredRecord, type StorageRecord, supersede } from '../../src/store/storage-record';

const revision = toRevision('1');
const plain: StorageRecord = { revision, data: { n: 1 } };
const first = (data: unknown = { n: 1 }) => new MeasuredRecord<unknown>(revision, data, 1000, structured);

const METADATA = { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false };

describe('checkCondition', () => {
  test.each([
    [undefined, null, true],
    [undefined, plain, true],
    [null, null, true],
    [null, plain, false],
    ['1', plain, true],
    ['2', plain, false],
    ['1', null, false],
  ])('with ifMatch %p over %p', (ifMatch, current, accepted) => {
    const check = () => checkCondition({ ifMatch: ifMatch as never }, current);
    if (accepted) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ ifMatch, actual: current?.revision ?? null }));
  });
});

describe('supersede', () => {
  test('refuses what the condition does not allow', () => {
    expect(() => supersede(plain, first(), { ifMatch: null })).toThrow(
      expect.objectContaining({ code: 'ERR_REVISION_CONFLICT' }),
    );
  });

  test('carries count and time of creation on, from a record read back from text as well', () => {
    const current = JSON.parse(JSON.stringify({ ...first().toJSON(), createdAt: 5, saveCount: 41 }));
    expect(supersede(current, first(), {})).toMatchObject({ createdAt: 5, updatedAt: 1000, saveCount: 42 });
  });

  test('starts counting where nothing was counted', () => {
    const record = first();
    expect(supersede(null, record, {})).toBe(record);
    expect(supersede(plain, record, {})).toBe(record);
  });

  test('carries on from a first save, which has no count and no time of creation of its own', () => {
    const current = new MeasuredRecord<unknown>(revision, 'before', 500, structured);
    expect(supersede(current, first(), {})).toMatchObject({ createdAt: 500, updatedAt: 1000, saveCount: 2 });
  });

  test('keeps a record without tracking as it is', () => {
    expect(supersede(first(), plain, {})).toBe(plain);
  });
});

describe('MeasuredRecord', () => {
  test('measures the envelope as JSON text', () => {
    expect(first().sizeBytes).toBe('{"revision":"1","data":{"n":1}}'.length);
    expect(first(undefined).sizeBytes).toBe('{"revision":"1","data":{"n":1}}'.length);
    const nothing = new MeasuredRecord(revision, undefined, 0, structured);
    expect(nothing.sizeBytes).toBe('{"revision":"1"}'.length);
  });

  test('measures once, when it is first asked', () => {
    const measure = jest.fn(() => 7);
    const record = new MeasuredRecord<unknown>(revision, plain.data, 0, { ...structured, measure });
    expect(measure).not.toHaveBeenCalled();
    expect([record.sizeBytes, record.sizeBytes]).toEqual([31, 31]);
    expect(measure).toHaveBeenCalledTimes(1);
    expect(record.after(first()).sizeBytes).toBe(31);
    expect(measure).toHaveBeenCalledTimes(1);
  });

  test('is written as JSON with all of its fields', () => {
    expect(JSON.parse(JSON.stringify(first()))).toEqual({
      revision: '1',
      data: { n: 1 },
      sizeBytes: 31,
      createdAt: 1000,
      updatedAt: 1000,
      saveCount: 1,
    });
  });

  test('is made of any record with the fields of tracking, and measures it whatever it claims', () => {
    const record = first();
    expect(MeasuredRecord.from(structured, record)).toBe(record);
    expect(MeasuredRecord.from(structured, { ...record }).sizeBytes).toBe(31);
    expect(MeasuredRecord.from(structured, JSON.parse(JSON.stringify({ ...record.toJSON(), sizeBytes: 5 }))).sizeBytes).toBe(31);
  });

  test.each(['revision', 'data', 'updatedAt'])('is not made of a record without %s', (field) => {
    const { [field]: _missing, ...rest } = { ...first() } as Record<string, unknown>;
    expect(() => MeasuredRecord.from(structured, rest as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_RECORD' }));
  });

  test.each(['createdAt', 'updatedAt', 'saveCount'])('is not made of a record whose %s is no number', (field) => {
    const record = { ...first(), [field]: Number.NaN };
    expect(() => MeasuredRecord.from(structured, record)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_RECORD' }));
  });

  test.each([null, 5, undefined])('is not made of %p', (value) => {
    expect(() => MeasuredRecord.from(structured, value as never)).toThrow(
      `expected a record with revision, data and updatedAt, as it was given to write, got ${value} [ERR_INVALID_RECORD]`,
    );
  });

  test('is encoded anew for another codec, and kept as it is for its own', () => {
    const record = first();
    expect(record.recoded(structured, structured)).toBe(record);
    expect(record.recoded(structured, json)).toMatchObject({ data: '{"n":1}', updatedAt: 1000, sizeBytes: 31 });
  });

  test('keeps count, times and metadata when it is encoded anew', () => {
    const tracked = { revision, data: 1, createdAt: 5, updatedAt: 9, saveCount: 3, metadata: METADATA, sizeBytes: 0 };
    const record = MeasuredRecord.from<unknown>(structured, tracked);
    expect(record.recoded(structured, json)).toMatchObject({ createdAt: 5, updatedAt: 9, saveCount: 3, metadata: METADATA });
  });
});
