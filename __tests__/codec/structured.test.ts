import { structured } from '../../src/codec/structured';
import { sharedObjects } from '../support/graphs';
import { thrown } from '../support/refusals';
import { firstDifference } from '../support/same-value';

const { encode, decode } = structured;

/** A copy as a test's author would handle it: of any type. */
function copyOf<T>(value: T): T {
  return decode(encode(value)) as T;
}

class Point {
  #secret = 1;
  constructor(
    readonly x: number,
    readonly inner: object,
  ) {}
  get secret() {
    return this.#secret;
  }
}

function cyclic(): object {
  const value: { self?: object; list: unknown[] } = { list: [] };
  value.self = value;
  value.list.push(value, value.list);
  return value;
}

function sharingViews(): object {
  const buffer = new ArrayBuffer(16);
  const bytes = new Uint8Array(buffer, 4, 8);
  bytes.set([1, 2, 3]);
  return { bytes, view: new DataView(buffer, 2, 6), all: new Float64Array(buffer), buffer };
}

function sparse(): unknown[] {
  const list: unknown[] = [1, undefined];
  list[5] = 'last';
  list.length = 9;
  return list;
}

const shared = { shared: true };

const KINDS: [name: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['NaN', Number.NaN],
  ['-0', -0],
  ['a bigint', 2n ** 70n],
  ['an empty string', ''],
  ['a lone surrogate', '\ud800'],
  ['a boxed boolean', Object(false)],
  ['a boxed number', Object(-0)],
  ['a boxed string', Object('text')],
  ['a boxed bigint', Object(5n)],
  ['a Date', new Date(86_400_000)],
  ['an invalid Date', new Date(Number.NaN)],
  ['a Date with properties', Object.assign(new Date(1), { extra: 1 })],
  ['a RegExp', /a+\/[b]/giu],
  ['a RegExp that has matched', Object.assign(/a/g, { lastIndex: 3 })],
  ['an empty Map', new Map()],
  [
    'a Map of objects',
    new Map<unknown, unknown>([
      [shared, [shared]],
      ['key', Number.NaN],
      [undefined, new Map()],
    ]),
  ],
  ['a Set of objects', new Set<unknown>([shared, [shared], new Set([1])])],
  ['an ArrayBuffer', new Uint8Array([1, 2, 255]).buffer],
  ['an empty ArrayBuffer', new ArrayBuffer(0)],
  ['views that share a buffer', sharingViews()],
  ['a Uint8ClampedArray', new Uint8ClampedArray([300, -1])],
  ['a Float32Array', new Float32Array([1.5, Number.NaN, -0])],
  ['a BigInt64Array', new BigInt64Array([-1n, 5n])],
  ['an Error', new Error('broken')],
  ['a TypeError', new TypeError('broken')],
  ['an AggregateError', new AggregateError([1], 'broken')],
  ['an Error of a class of its own', new (class OddError extends RangeError {})('broken')],
  ['an Error with another name', Object.assign(new Error('broken'), { name: 'Odd' })],
  ['an Error without message', new Error()],
  ['an Error with a cause', new Error('outer', { cause: { inner: new SyntaxError('inner') } })],
  ['an Error whose cause is undefined', new Error('outer', { cause: undefined })],
  ['an Error without a stack', Object.assign(new Error('broken'), { stack: undefined })],
  ['a cycle', cyclic()],
  ['shared references', { first: shared, second: shared, list: [shared] }],
  ['a sparse array', sparse()],
  ['an array of holes', new Array(3)],
  ['an array of a class of its own', new (class List extends Array<number> {})(1, 2, 3)],
  ['a null-prototype object', Object.assign(Object.create(null), { a: 1 })],
  ['an own __proto__ key', JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2}')],
  ['a frozen object', Object.freeze({ inner: Object.freeze([1]) })],
  ['an instance of a class', new Point(1, { shared })],
  [
    'inherited, hidden and symbol members',
    Object.create({ inherited: 1 }, { hidden: { value: 1 }, [Symbol('s')]: { value: 1 } }),
  ],
  ['an object that calls itself something else', { [Symbol.toStringTag]: 'Map', a: 1 }],
  [
    'an instance that calls itself something else',
    new (class Tagged {
      readonly a = 1;
      readonly [Symbol.toStringTag] = 'Tagged';
    })(),
  ],
  ['an Error that calls itself something else', Object.assign(new Error('broken'), { [Symbol.toStringTag]: 'Tagged', extra: 1 })],
  ['a Map that calls itself Object', Object.defineProperty(new Map([[1, 2]]), Symbol.toStringTag, { value: 'Object' })],
  ['a Date that calls itself Object', Object.defineProperty(new Date(5), Symbol.toStringTag, { value: 'Object' })],
  [
    'an instance that calls itself Object',
    Object.create({ [Symbol.toStringTag]: 'Object' }, { a: { value: 1, enumerable: true } }),
  ],
  ['an instance that calls itself a name that every object has', Object.create({ [Symbol.toStringTag]: 'constructor' })],
  [
    'an instance that calls itself an Error',
    new (class Failure {
      readonly message = 'broken';
      readonly [Symbol.toStringTag] = 'Error';
    })(),
  ],
];

describe('compared with structuredClone', () => {
  test.each(KINDS)('copies %s as it does', (_name, value) => {
    expect(firstDifference(copyOf(value), structuredClone(value))).toBeUndefined();
  });

  test.each(KINDS)('shares no object with %s', (_name, value) => {
    expect(sharedObjects(copyOf(value), value)).toEqual([]);
  });

  it.each([
    ['an object', Object.prototype],
    ['an instance of a class', Object.create({})],
  ])('drops a member of %s that a getter before it has deleted', (_name, prototype) => {
    const data: { second?: number } = Object.create(prototype, {
      first: {
        enumerable: true,
        get() {
          delete data.second;
          return 1;
        },
      },
      second: { value: 2, enumerable: true, configurable: true },
    });

    expect(Object.keys(copyOf(data))).toEqual(['first']);
  });
});

describe('the realm of a copy', () => {
  const foreign = (value: unknown) => structuredClone(value);

  it.each<[string, unknown, object]>([
    ['an object', {}, Object.prototype],
    ['an array', [], Array.prototype],
    ['a Map', new Map(), Map.prototype],
    ['a Set', new Set(), Set.prototype],
    ['a Date', new Date(0), Date.prototype],
    ['a RegExp', /a/, RegExp.prototype],
    ['an ArrayBuffer', new ArrayBuffer(1), ArrayBuffer.prototype],
    ['a Uint16Array', new Uint16Array(1), Uint16Array.prototype],
    ['a DataView', new DataView(new ArrayBuffer(1)), DataView.prototype],
    ['an Error', new Error('broken'), Error.prototype],
    ['a URIError', new URIError('broken'), URIError.prototype],
    ['a boxed string', Object('text'), String.prototype],
  ])('is this one, for %s of another realm', (_name, value, prototype) => {
    expect(Object.getPrototypeOf(copyOf(foreign(value)))).toBe(prototype);
  });

  it('is this one for plain data, which passes toStrictEqual', () => {
    const data = { list: [1, { deep: true }], nothing: null };

    expect(copyOf(foreign(data))).toStrictEqual(data);
  });
});

describe('details of a copy', () => {
  it('has plain members where the original has getters, frozen or hidden ones', () => {
    const copy = copyOf(Object.freeze({ a: 1 }));

    expect(Object.getOwnPropertyDescriptor(copy, 'a')).toEqual({
      value: 1,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  });

  it('has an own __proto__ like any other member', () => {
    const copy = copyOf(JSON.parse('{"__proto__":1}'));

    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')).toEqual({
      value: 1,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  it('keeps message, stack and cause of an error out of its enumerable members, and writable', () => {
    const copy = copyOf(new Error('broken', { cause: 1 }));
    const hidden = { writable: true, enumerable: false, configurable: true };

    expect(Object.getOwnPropertyDescriptors(copy)).toMatchObject({ message: hidden, stack: hidden, cause: hidden });
  });

  it('has no message of its own where the error has a getter for it', () => {
    const error = Object.defineProperty(new Error('broken'), 'message', { get: () => 'computed' });

    expect(Object.hasOwn(copyOf(error), 'message')).toBe(false);
  });

  it('keeps a stack that is not text as undefined', () => {
    expect(copyOf(Object.assign(new Error('broken'), { stack: 5 })).stack).toBeUndefined();
  });

  it('keeps an error that is its own cause', () => {
    const error = new Error('broken');
    error.cause = error;

    const copy = copyOf(error);

    expect(copy.cause).toBe(copy);
  });

  it('reads each getter once', () => {
    let reads = 0;
    const counting = { enumerable: true, get: () => ++reads };

    expect(copyOf(Object.defineProperty({}, 'count', counting))).toEqual({ count: 1 });
  });

  it('reads each getter of an instance once, whatever the instance calls itself', () => {
    let reads = 0;
    const counting = { enumerable: true, get: () => ++reads };
    const tagged = Object.create({ [Symbol.toStringTag]: 'Tagged' }, { count: counting });

    expect(copyOf(tagged)).toEqual({ count: 1 });
    expect(copyOf({ inner: Object.create({ [Symbol.toStringTag]: 'Tagged' }, { count: counting }) })).toEqual({
      inner: { count: 2 },
    });
  });

  it('reads each getter inside an instance once, whatever the instance calls itself', () => {
    let reads = 0;
    const inner = Object.defineProperty({}, 'count', { enumerable: true, get: () => ++reads });

    expect(copyOf(Object.assign(Object.create({ [Symbol.toStringTag]: 'Tagged' }), { inner }))).toEqual({ inner: { count: 1 } });
  });

  it('has plain members of an instance too, and is of this realm, whatever the instance calls itself', () => {
    class Point {
      constructor(readonly x = 1) {}
    }
    const tagged = Object.assign(Object.create({ [Symbol.toStringTag]: 'Tagged' }), { x: 1 });

    for (const copy of [encode(new Point()), encode(tagged)] as object[]) {
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptors(copy)).toEqual({
        x: { value: 1, writable: true, enumerable: true, configurable: true },
      });
    }
  });

  it('reads the name of an error once', () => {
    let reads = 0;
    const error = Object.defineProperty(new Error('broken'), 'name', { get: () => `Name${++reads}` });
    void error.stack; // made when it is first read, from the name
    reads = 0;

    copyOf(error);

    expect(reads).toBe(1);
  });

  it('keeps how far a resizable buffer can grow', () => {
    const buffer: ArrayBuffer = Reflect.construct(ArrayBuffer, [2, { maxByteLength: 8 }]);
    new Uint8Array(buffer).set([1, 2]);

    const copy = copyOf(buffer);

    expect(copy).toMatchObject({ byteLength: 2, maxByteLength: 8, resizable: true });
    expect([...new Uint8Array(copy)]).toEqual([1, 2]);
  });

  it('can not grow where the original can not', () => {
    expect(copyOf(new ArrayBuffer(2))).toMatchObject({ maxByteLength: 2, resizable: false });
  });

  it('leaves it to the platform to copy what is its own', async () => {
    expect(await copyOf({ file: new Blob(['text']) }).file.text()).toBe('text');
  });

  it('copies a platform object that is met twice once', () => {
    const blob = new Blob(['text']);

    const copy = copyOf([blob, blob]);

    expect(copy[0]).toBe(copy[1]);
    expect(copy[0]).not.toBe(blob);
  });
});

describe('unlike structuredClone', () => {
  it('makes two of a plain object that is in the data twice', () => {
    const twice = { list: [1] };

    const copy = copyOf({ left: twice, right: twice });

    expect(copy).toStrictEqual({ left: { list: [1] }, right: { list: [1] } });
    expect(copy.left).not.toBe(copy.right);
    expect(copy.left.list).not.toBe(copy.right.list);
  });

  it('keeps what contains itself, at any distance, one object', () => {
    const inner: { outer?: object; list: unknown[] } = { list: [] };
    const outer = { middle: [{ inner }] };
    inner.outer = outer;
    inner.list.push(inner.list, outer.middle);

    const copy = copyOf(outer);

    expect(copy.middle[0]?.inner.outer).toBe(copy);
    expect(copy.middle[0]?.inner.list[0]).toBe(copy.middle[0]?.inner.list);
    expect(copy.middle[0]?.inner.list[1]).toBe(copy.middle);
  });

  it('copies an array that has a slice of its own', () => {
    const source = [{ a: 1 }];
    const copy = copyOf(Object.assign(source, { slice: () => source }));
    expect(copy).toEqual([{ a: 1 }]);
    expect(copy).not.toBe(source);
  });

  it('copies the entries of an array whatever its prototype, holes and all', () => {
    class List extends Array<unknown> {}
    const list = List.from({ length: 12 }, (_, index) => ({ index }));
    delete list[3];

    const copy = copyOf(list);

    expect(Object.getPrototypeOf(copy)).toBe(Array.prototype);
    expect(copy.length).toBe(12);
    expect(Object.keys(copy)).toEqual(['0', '1', '2', '4', '5', '6', '7', '8', '9', '10', '11']);
    expect(copy[11]).toEqual({ index: 11 });
    expect(copy[11]).not.toBe(list[11]);
  });

  it('takes nothing from the prototype of an array', () => {
    const list = Object.setPrototypeOf(
      Object.assign(new Array(3), { 1: 1 }),
      Object.assign(Object.create(Array.prototype), { 0: 'inherited' }),
    );

    const copy = copyOf(list);

    expect(Object.keys(copy)).toEqual(['1']);
    expect(copy).toHaveLength(3);
  });

  it('asks nothing of the constructor that an array calls its own', () => {
    class Odd extends Array<unknown> {}
    const list = Object.defineProperty([1], 'constructor', { value: Odd });

    expect(Object.getPrototypeOf(encode(list))).toBe(Array.prototype);
  });

  it('drops the named properties of an array, whatever its prototype', () => {
    const named = { index: 0, '01': 1, '-1': 2, 4294967295: 3, '1x': 4, x1: 5 };
    class List extends Array<unknown> {}

    expect(Object.keys(copyOf(Object.assign([1], named)))).toEqual(['0']);
    expect(Object.keys(copyOf(Object.assign(List.of(1, 2), named)))).toEqual(['0', '1']);
    expect(Object.keys(copyOf(Object.assign([1], { constructor: List })))).toEqual(['0']);
  });
});

describe('what has been added to Object.prototype', () => {
  const added = { enumerable: true, configurable: true, value: { inherited: true } };

  it.each<[string, object]>([
    ['plain data', { list: [{ a: 1 }] }],
    ['a graph', { map: new Map([['a', { b: 1 }]]) }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('is no part of %s', (_name, data) => {
    const expected = Object.entries(structuredClone(data));
    Object.defineProperty(Object.prototype, 'added', added);
    try {
      const copy = copyOf(data);
      expect(Object.entries(copy)).toEqual(expected);
      expect(Object.hasOwn(copy, 'added')).toBe(false);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'added');
    }
  });

  it('is no part of what was saved before', () => {
    const stored = encode({ list: [{ a: 1 }] });
    Object.defineProperty(Object.prototype, 'added', added);
    try {
      const copy = decode(stored) as { list: object[] };
      expect([copy, copy.list[0]].map((object) => Object.keys(object ?? {}))).toEqual([['list'], ['a']]);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'added');
    }
  });
});

describe('what is decoded', () => {
  it('may have been put together by others, of anything that can be copied', () => {
    const data = { plain: [1], tags: new Set(['a']), when: new Date(0) };

    const copy = decode(data);

    expect(copy).toStrictEqual(data);
    expect(sharedObjects(copy, data)).toEqual([]);
  });

  it('may have come through another medium', () => {
    const stored = structuredClone(encode({ when: new Date(0), list: [{ a: 1 }] }));
    expect(decode(stored)).toStrictEqual({ when: new Date(0), list: [{ a: 1 }] });
  });
});

describe('where Object.prototype is frozen', () => {
  it('keys that it has are kept, of plain objects and of instances', () => {
    const isFrozen = jest.spyOn(Object, 'isFrozen').mockReturnValue(true);
    const data = JSON.parse('{"toString":1,"inner":{"valueOf":2,"__proto__":3}}');
    try {
      expect(JSON.stringify(copyOf(data))).toBe(JSON.stringify(data));
      expect(copyOf(Object.assign(Object.create({}), { toString: 1 }))).toEqual({ toString: 1 });
    } finally {
      isFrozen.mockRestore();
    }
  });
});

describe('what can not be copied', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const detached = new ArrayBuffer(8);
  const view = new Uint8Array(detached);
  structuredClone(detached, { transfer: [detached] });

  it.each<[string, unknown, string]>([
    ['a function', () => {}, 'got a function at data'],
    ['a class', class Point {}, 'got a function at data'],
    ['a symbol', Symbol('mark'), 'got Symbol(mark) at data'],
    ['a boxed symbol', Object(Symbol('mark')), 'got an instance of Symbol at data'],
    ['a WeakMap', new WeakMap(), 'got an instance of WeakMap at data'],
    ['a WeakSet', new WeakSet(), 'got an instance of WeakSet at data'],
    ['a WeakRef', new WeakRef({}), 'got an instance of WeakRef at data'],
    ['a Promise', Promise.resolve(1), 'got an instance of Promise at data'],
    ['a generator', (function* () {})(), 'at data'],
    ['a revoked Proxy', revoked.proxy, 'while copying data'],
    ['a detached buffer', detached, 'while copying data'],
    ['a view of a detached buffer', view, 'while copying data'],
    ['shared memory', new SharedArrayBuffer(8), 'got an instance of SharedArrayBuffer at data'],
    [
      'shared memory that calls itself something else',
      Object.defineProperty(new SharedArrayBuffer(8), Symbol.toStringTag, { value: 'Ring' }),
      'at data',
    ],
    [
      'a Promise with an object for a member',
      Object.assign(Promise.resolve(), { meta: {} }),
      'got an instance of Promise at data',
    ],
    ['a WeakMap with an object for a member', Object.assign(new WeakMap(), { meta: {} }), 'got an instance of WeakMap at data'],
    ['a WeakSet with an object for a member', Object.assign(new WeakSet(), { meta: {} }), 'got an instance of WeakSet at data'],
    ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(8)), 'at data'],
  ])('refuses %s', (_name, value, message) => {
    const error = thrown(() => encode(value));

    expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE', expected: 'data that can be copied' });
    expect(String(error)).toContain(message);
  });

  it.each<[string, unknown, string]>([
    ['in an array of an object', { items: [0, 1, 2, { onClick() {} }] }, 'data.items[3].onClick'],
    ['at the second member', { a: { b: 1 }, c: Symbol('s') }, 'data.c'],
    ['after a member that went well', [[1], [2, [() => {}]]], 'data[1][1][0]'],
    ['in a Map', { map: new Map([['on', () => {}]]) }, 'data.map["\\"on\\""]'],
    [
      'in a later entry of a Map',
      [
        new Map<unknown, unknown>([
          [1, 2],
          [3, () => {}],
        ]),
      ],
      'data[0][3]',
    ],
    ['after a Map', [new Map([[1, 2]]), () => {}], 'data[1]'],
    ['in a Set', { set: new Set([1, () => {}]) }, 'data.set[1]'],
    ['in the cause of an error', [new Error('broken', { cause: () => {} })], 'data[0].cause'],
    ['after an error with a cause', [new Error('broken', { cause: 1 }), () => {}], 'data[1]'],
    ['in a platform object', { deep: [new WeakMap()] }, 'data.deep[0]'],
  ])('names the path %s', (_name, value, path) => {
    expect(String(thrown(() => encode(value)))).toMatch(new RegExp(` at ${path.replace(/[[\]\\."]/g, '\\$&')} \\[`));
  });

  it('says where a getter threw, and keeps what it threw as the cause', () => {
    const cause = new RangeError('no');
    const data = {
      list: [
        {
          get bad() {
            throw cause;
          },
        },
      ],
    };

    const error = thrown(() => encode(data));

    expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE', received: 'RangeError: no while copying data.list[0].bad' });
    expect((error as Error).cause).toBe(cause);
  });

  it('keeps why the platform refused as the cause', () => {
    expect((thrown(() => encode(new WeakRef({}))) as Error).cause).toMatchObject({ name: 'DataCloneError' });
  });

  it('has no cause where nothing was thrown', () => {
    expect(Object.hasOwn(thrown(() => encode(() => {})) as object, 'cause')).toBe(false);
  });

  it('refuses what nests too deeply with a coded error', () => {
    let data: unknown = null;
    for (let depth = 0; depth < 100_000; depth += 1) data = { data };

    const error = thrown(() => encode(data)) as Error;

    expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE' });
    expect(error.message).toContain('data.data.data.data');
  });
});

describe('where structuredClone is missing', () => {
  const original = globalThis.structuredClone;

  beforeEach(() => {
    Reflect.deleteProperty(globalThis, 'structuredClone');
  });
  afterEach(() => {
    globalThis.structuredClone = original;
  });

  test.each(KINDS.filter(([name]) => !name.includes('that calls itself')))('copies %s', (_name, value) => {
    expect(firstDifference(copyOf(value), original(value))).toBeUndefined();
  });

  it.each<[string, object]>([
    ['Promise', Promise.resolve()],
    ['WeakMap', new WeakMap()],
    ['WeakRef', new WeakRef({})],
  ])('refuses a %s', (name, value) => {
    const error = thrown(() => encode([value]));

    expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE', received: `an instance of ${name} at data[0]` });
  });
});
