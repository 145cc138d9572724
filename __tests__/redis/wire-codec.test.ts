import fc from 'fast-check';
import { frozen, json, reference, type StorageCodec, strict, structured } from 'shared-memory-registry';
import { createBody, openRemoteRecord } from '../../src/redis/remote-record';
import { createWireCodec } from '../../src/redis/wire-codec';
import { toRevision } from '../../src/revision';
import { TrackedRecord } from '../../src/store/storage-record';
import { firstDifference } from '../support/same-value';
import { anyBuiltIn, anyJson, anyPlainData, anyTangle, anyText } from '../support/values';

/** What is loaded from a server, of what was saved there. */
function carry(codec: StorageCodec<unknown>, data: unknown): unknown {
  const wire = createWireCodec(codec);
  const record = new TrackedRecord(toRevision('1'), wire.encode(data), 5);
  const { record: opened } = openRemoteRecord('1 5 1 0 op 1.0 5', createBody(record));
  expect(opened.sizeBytes(wire as StorageCodec<unknown>)).toBe(
    new TrackedRecord(toRevision('1'), codec.encode(data), 5).sizeBytes(codec),
  );
  return wire.decode(opened.data as string | Uint8Array);
}

test.each([
  ['plain data', anyPlainData],
  ['built-ins', anyBuiltIn],
  ['cycles', anyTangle],
  ['text, also with half a pair', anyText],
])('the server keeps of %s what the store in memory keeps', (_, values) => {
  fc.assert(
    fc.property(values, (value) => {
      expect(firstDifference(carry(structured, value), structured.decode(structured.encode(value)))).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('json travels as text', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(carry(json, value)).toEqual(json.decode(json.encode(value)));
      expect(typeof createWireCodec<unknown>(json).encode(value)).toBe('string');
    }),
    { numRuns: 300 },
  );
});

describe('what structured gives', () => {
  const { encode, decode } = createWireCodec<unknown>(structured);
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  test('travels as JSON text where that keeps all of it', () => {
    fc.assert(
      fc.property(anyJson, (data) => {
        const value = JSON.parse(JSON.stringify(data)); // without -0
        const encoded = encode(value);
        expect(typeof encoded).toBe('string');
        expect(JSON.parse(encoded as string)).toEqual(value);
      }),
    );
    for (const value of ['text', '\uD800', 1.5, null, true, [], { a: [{ b: '"' }] }, JSON.parse('{"__proto__": {"a": 1}}')]) {
      expect(encode(value)).toBe(JSON.stringify(value));
      const record = new TrackedRecord(toRevision('1'), encode(value), 5);
      expect(createBody(record)).toBe(`t${JSON.stringify(value)}`);
      expect(firstDifference(decode(encode(value)), value)).toBeUndefined();
    }
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['undefined in an object', { a: undefined }],
    ['a hole', Object.assign([1], { length: 3 })],
    ['-0', [-0]],
    ['NaN', { a: Number.NaN }],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a bigint', [1n]],
    ['a Date', { at: new Date(0) }],
    ['a Map', new Map([[1, 2]])],
    ['bytes', new Uint8Array([1])],
    ['a cycle', cycle],
    ['deep data', Array.from({ length: 300 }).reduce((inner) => [inner], 1)],
  ])('travels as bytes where it does not: %s', (_, value) => {
    const encoded = encode(value);
    expect(encoded).toBeInstanceOf(Uint8Array);
    expect(firstDifference(decode(encoded), structured.decode(structured.encode(value)))).toBeUndefined();
  });

  test('travels as bytes where somebody has changed what JSON makes of arrays', () => {
    Object.defineProperty(Array.prototype, 'toJSON', { value: () => 'changed', configurable: true });
    try {
      expect(decode(encode([1, 2]))).toEqual([1, 2]);
    } finally {
      Reflect.deleteProperty(Array.prototype, 'toJSON');
    }
  });
});

test('metadata is kept with the data, whatever is in it', () => {
  const metadata = { savedAt: 1, schemaVersion: 2, sizeBytes: 3, compressed: true, tags: [new Date(0), undefined], hash: 'é' };
  for (const data of ['text', Buffer.from([1, 2])]) {
    const { record } = openRemoteRecord('7 5 3 0 op 1.0 6', createBody(new TrackedRecord(toRevision('7'), data, 6, metadata)));
    expect(record).toMatchObject({ revision: '7', data, metadata, createdAt: 5, saveCount: 3, updatedAt: 6 });
  }
});

test.each([
  ['a Blob', { list: [new Blob(['x'])] }, 'data.list[0]'],
  ['a DOMException', { error: new DOMException('a', 'b') }, 'data.error'],
  ['a function', { f: () => {} }, 'data.f'],
])('refuses %s, and says where it is', (_, data, path) => {
  const { encode } = createWireCodec<unknown>(structured);
  expect(() => encode(data)).toThrow(
    expect.objectContaining({ code: 'ERR_UNCLONEABLE', message: expect.stringContaining(path) }),
  );
});

test.each([
  ['frozen', frozen],
  ['reference', reference],
])('refuses the codec %s', (name, codec) => {
  expect(() => createWireCodec<unknown>(codec as never)).toThrow(
    `expected a codec whose data can be sent to a server, such as structured or json, got ${name} [ERR_INVALID_OPTION]`,
  );
});

test('takes strict, and codecs of other people', () => {
  expect(carry(strict, { a: new Map([[1, 2]]) })).toEqual({ a: new Map([[1, 2]]) });
  const pairs: StorageCodec<unknown> = {
    encode: (data) => ({ pair: [data, data] }),
    decode: (encoded) => (encoded as { pair: [unknown] }).pair[0],
  };
  expect(carry(pairs, 'x')).toBe('x');
});
