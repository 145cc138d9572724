import fc from 'fast-check';
import { json } from '../../src/codec/json';
import { nest, thrown } from '../support/refusals';
import { anyJson, anyText, anyValue } from '../support/values';

const { encode, decode, measure } = json;

it('keeps JSON text', () => {
  expect(encode({ a: [1, 'ä', null] })).toBe('{"a":[1,"ä",null]}');
});

it('gives back what JSON brings back, for any value that JSON takes', () => {
  fc.assert(
    fc.property(fc.oneof(anyJson, anyValue), (value) => {
      let text: string | undefined;
      try {
        text = JSON.stringify(value);
      } catch {
        return;
      }
      if (text !== undefined) expect(decode(encode(value))).toStrictEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

it('measures the UTF-8 bytes of its text', () => {
  fc.assert(
    fc.property(fc.oneof(anyJson, anyText), (value) => {
      expect(measure(encode(value))).toBe(Buffer.byteLength(encode(value)));
    }),
  );
});

it('keeps an own __proto__ as plain data', () => {
  const copy = decode<object>(encode(JSON.parse('{"__proto__":{"polluted":true}}')));

  expect(Object.keys(copy)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
});

describe('what JSON can not write', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'undefined at data'],
    ['a function', () => {}, 'a function at data'],
    ['a symbol', Symbol('s'), 'Symbol(s) at data'],
    ['what its toJSON makes undefined', { toJSON: () => undefined }, 'an object at data'],
  ])('refuses %s', (_name, value, received) => {
    const error = thrown(() => encode(value));

    expect(error).toMatchObject({ code: 'ERR_UNSERIALIZABLE', expected: 'data that JSON can write', received });
    expect(Object.hasOwn(error as object, 'cause')).toBe(false);
  });

  const cycle: { list: unknown[]; other: unknown } = { list: [0, {}], other: 1 };
  cycle.list[1] = { back: cycle };

  it.each<[string, unknown, string]>([
    ['a bigint', 5n, 'data'],
    ['a bigint inside', { items: [1, { price: 5n }] }, 'data.items[1].price'],
    ['a bigint after something that is fine', [{ a: [1] }, null, 5n], 'data[2]'],
    ['a bigint after something that is met twice', ((twice) => [twice, [twice], 5n])({}), 'data[2]'],
    ['a cycle', cycle, 'data.list[1].back'],
  ])('refuses %s and names its path', (_name, value, path) => {
    const error = thrown(() => encode(value)) as Error & { received: string };

    expect(error).toMatchObject({ code: 'ERR_UNSERIALIZABLE' });
    expect(error.received).toMatch(/^TypeError: /);
    expect(error.received.endsWith(` at ${path}`)).toBe(true);
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('keeps what a getter threw as the cause, and reads it once', () => {
    let reads = 0;
    const cause = new Error('no');
    const data = {
      get bad() {
        reads += 1;
        throw cause;
      },
    };

    const error = thrown(() => encode(data));

    expect(error).toMatchObject({ code: 'ERR_UNSERIALIZABLE', received: 'Error: no at data', cause });
    expect(reads).toBe(1);
  });

  it('looks at what is met often once to find the path', () => {
    let looks = 0;
    const ownKeys = () => {
      looks += 1;
      return [];
    };
    let data: unknown = new Proxy({}, { ownKeys });
    for (let level = 0; level < 10; level += 1) data = { left: data, right: data };
    const broken = {
      get first() {
        throw new Error('no');
      },
      data,
    };

    thrown(() => encode(broken));

    expect(looks).toBe(1);
  });

  it('keeps what a toJSON threw as the cause', () => {
    const cause = new Error('no');
    const toJSON = () => {
      throw cause;
    };

    expect(thrown(() => encode({ deep: [{ toJSON }] }))).toMatchObject({ code: 'ERR_UNSERIALIZABLE', cause });
  });

  it('refuses what nests too deeply with a coded error', () => {
    const error = thrown(() => encode(nest(100_000, 5n))) as Error;

    expect(error).toMatchObject({ code: 'ERR_UNSERIALIZABLE' });
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.message).toContain('at data [');
  });

  it('refuses a revoked Proxy with a coded error', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    expect(thrown(() => encode([proxy]))).toMatchObject({ code: 'ERR_UNSERIALIZABLE' });
  });
});
