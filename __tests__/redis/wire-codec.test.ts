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
