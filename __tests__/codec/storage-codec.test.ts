import { readFile } from 'node:fs/promises';
import { decodeWith, encodeWith, measureWith } from '../../src/codec/storage-codec';
import { StorageError } from '../../src/errors';

const cause = new Error('no');
const broken = {
  encode: () => {
    throw cause;
  },
  decode: () => {
    throw cause;
  },
  measure: () => {
    throw cause;
  },
};

test.each<[string, () => unknown]>([
  ['encode', () => encodeWith(broken, 1)],
  ['decode', () => decodeWith(broken, 1)],
  ['measure', () => measureWith(broken, 1)],
])('what %s throws is the cause of a coded error', (_name, use) => {
  expect(use).toThrow(expect.objectContaining({ code: 'ERR_CODEC_FAILED', expected: 'the codec to succeed', cause }));
});

test('a coded error of a codec is thrown as it is', () => {
  const coded = new StorageError('ERR_CUSTOM', { expected: 'this', received: 'that' });
  const refusing = {
    encode: () => {
      throw coded;
    },
    decode: () => 1,
  };
  expect(() => encodeWith(refusing, 1)).toThrow(coded);
});

test('a promise is not what encode may return', () => {
  const slow = { encode: async () => 1, decode: () => 1 };
  expect(() => encodeWith(slow, 1)).toThrow(
    expect.objectContaining({ code: 'ERR_CODEC_FAILED', expected: 'a codec that encodes at once' }),
  );
});

test.each([
  ['of this realm', async () => Promise.reject(new Error('no'))],
  ["of Node's own modules, which in Jest are of another realm", () => readFile('/no such file')],
])('a promise %s is not what decode may return, and its error fails nothing else', async (_name, decode) => {
  const slow = { encode: (data: unknown) => data, decode };
  expect(() => decodeWith(slow, 1)).toThrow(
    expect.objectContaining({ code: 'ERR_CODEC_FAILED', expected: 'a codec that decodes at once' }),
  );
  const late = { encode: decode, decode: () => 1 };
  expect(() => encodeWith(late, 1)).toThrow(expect.objectContaining({ code: 'ERR_CODEC_FAILED' }));
  await new Promise((resolve) => setTimeout(resolve, 20));
});

test.each([Number.NaN, -1, 0.5, '5', 2 ** 53])('%p is not what measure may return', (size) => {
  const codec = { encode: (data: number) => data, decode: () => 1, measure: () => size as number };
  expect(() => measureWith(codec, 1)).toThrow(
    expect.objectContaining({ expected: 'measure to return a whole number of bytes, 0 or more' }),
  );
});

test('0 is what measure may return', () => {
  expect(measureWith({ encode: () => 1, decode: () => 1, measure: () => 0 }, 1)).toBe(0);
});

test('without a measure, what decode returns is measured', () => {
  expect(measureWith({ encode: () => 1, decode: () => ['four'] }, 1)).toBe('["four"]'.length);
});
