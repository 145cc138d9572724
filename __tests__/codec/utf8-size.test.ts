import fc from 'fast-check';
import { anyText } from '../support/values';

const original = globalThis.TextEncoder;

afterEach(() => {
  globalThis.TextEncoder = original;
});

/** The function as a program gets it that starts with this TextEncoder. */
function utf8SizeWith(encoder: unknown): (text: string) => number {
  globalThis.TextEncoder = encoder as typeof TextEncoder;
  let loaded: typeof import('../../src/codec/utf8-size') | undefined;
  jest.isolateModules(() => {
    loaded = jest.requireActual('../../src/codec/utf8-size');
  });
  if (loaded === undefined) throw new Error('not loaded');
  return loaded.utf8Size;
}

class Refusing {
  encodeInto(): never {
    throw new TypeError('The "dest" argument must be an instance of Uint8Array.');
  }
}

class Idle {
  encodeInto() {
    return { read: 0, written: 0 };
  }
}

describe.each<[string, unknown]>([
  ['with a TextEncoder', original],
  ['without one', undefined],
  ['with one of another realm', Refusing],
  ['with one that does nothing', Idle],
])('%s', (_name, encoder) => {
  const utf8Size = utf8SizeWith(encoder);

  it('is the number of UTF-8 bytes of any text', () => {
    fc.assert(
      fc.property(anyText, (text) => utf8Size(text) === Buffer.byteLength(text)),
      { numRuns: 300 },
    );
  });

  it.each([
    ['', 0],
    ['\u007f', 1],
    ['\u0080', 2],
    ['\u07ff', 2],
    ['\u0800', 3],
    ['\ud7ff', 3],
    ['\ud800', 3],
    ['\udbff', 3],
    ['\udc00', 3],
    ['\udfff', 3],
    ['\ue000', 3],
    ['\uffff', 3],
    ['\ud800\udc00', 4],
    ['\udbff\udfff', 4],
    ['\udc00\ud800', 6],
    ['\ud800\ud800\udc00', 7],
    ['\ud800a', 4],
    ['\ud800\ue000', 6],
    ['\u{1f600}a', 5],
  ])('of %j is %d', (text, size) => {
    expect(utf8Size(text)).toBe(size);
  });

  it('counts text of any length, wherever its pairs of surrogates are', () => {
    const pairs = '😀'.repeat(20_000);
    expect(utf8Size(pairs)).toBe(80_000);
    expect(utf8Size(`a${pairs}`)).toBe(80_001);
    expect(utf8Size(`aä${pairs}ü`)).toBe(80_005);
  });
});

it('makes one encoder, and uses it wherever there is one', () => {
  const encodeInto = jest.fn(original.prototype.encodeInto.bind(new original()));
  const utf8Size = utf8SizeWith(
    class {
      encodeInto = encodeInto;
    },
  );
  encodeInto.mockClear();

  utf8Size('text');

  expect(encodeInto).toHaveBeenCalledTimes(1);
});
