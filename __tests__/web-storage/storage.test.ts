import { inspect } from 'node:util';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { isStorage, Storage } from '../../src/web-storage/storage';

/** With the names that the tests use as properties. */
type Themed = Storage & { theme?: unknown; other?: unknown };

const openStorage = (initial: Record<string, string> = {}): Themed => new WebStorageArea({ initial }).openWindow().localStorage;

const METHODS = [
  ['key', 1],
  ['getItem', 1],
  ['setItem', 2],
  ['removeItem', 1],
  ['clear', 0],
] as const;

const MEMBERS = ['length', 'key', 'getItem', 'setItem', 'removeItem', 'clear'];

/** Defines a property for the time of a test. */
function withProperty(target: object, name: string, descriptor: PropertyDescriptor, run: () => void): void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { ...descriptor, configurable: true });
  try {
    run();
  } finally {
    Reflect.deleteProperty(target, name);
    if (before) Object.defineProperty(target, name, before);
  }
}

describe('the interface', () => {
  test('has enumerable members, in the order of the standard', () => {
    expect(Object.keys(Storage.prototype)).toEqual(MEMBERS);
    expect(Object.getOwnPropertyDescriptor(Storage.prototype, 'constructor')).toEqual({
      value: Storage,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  });

  test.each(METHODS)('%s is a function with %d required arguments, and no constructor', (name, required) => {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(Storage.prototype, name) ?? {};
    expect(flags).toEqual({ writable: true, enumerable: true, configurable: true });
    expect([value.name, value.length]).toEqual([name, required]);
    expect(() => Reflect.construct(value, [])).toThrow(TypeError);
  });

  test('length is a read-only attribute', () => {
    const { get, ...rest } = Object.getOwnPropertyDescriptor(Storage.prototype, 'length') ?? {};
    expect(rest).toEqual({ set: undefined, enumerable: true, configurable: true });
    expect([get?.name, get?.length]).toEqual(['get length', 0]);
  });

  test('is called Storage, also by Object.prototype.toString', () => {
    expect(Object.getOwnPropertyDescriptor(Storage.prototype, Symbol.toStringTag)).toEqual({
      value: 'Storage',
      writable: false,
      enumerable: false,
      configurable: true,
    });
    expect(String(openStorage())).toBe('[object Storage]');
    expect([Storage.name, Storage.length]).toEqual(['Storage', 0]);
  });

  test('has a prototype that nobody can replace', () => {
    expect(Object.getOwnPropertyDescriptor(Storage, 'prototype')).toEqual({
      value: Storage.prototype,
      writable: false,
      enumerable: false,
      configurable: false,
    });
    expect(Object.getPrototypeOf(Storage.prototype)).toBe(Object.prototype);
  });

  test('can not be constructed', () => {
    class Own extends Storage {}
    for (const run of [() => new Storage(), () => new Own(), () => Reflect.construct(Storage, [], Object)]) {
      expect(run).toThrow(new TypeError('Illegal constructor'));
    }
    expect(() => Reflect.apply(Storage, undefined, [])).toThrow(TypeError);
  });

  test('is that of the objects', () => {
    const storage = openStorage();
    expect(storage).toBeInstanceOf(Storage);
    expect(Object.getPrototypeOf(storage)).toBe(Storage.prototype);
    expect(storage.constructor).toBe(Storage);
    expect(typeof storage).toBe('object');
  });
});

describe('the methods', () => {
  test('store, give back, count and remove', () => {
    const storage = openStorage();
    expect([storage.getItem('theme'), storage.length]).toEqual([null, 0]);
    expect(storage.setItem('theme', 'dark')).toBeUndefined();
    storage.setItem('other', '');
    expect([storage.getItem('theme'), storage.getItem('other'), storage.length]).toEqual(['dark', '', 2]);
    storage.setItem('theme', 'light');
    expect([storage.getItem('theme'), storage.length]).toEqual(['light', 2]);
    expect(storage.removeItem('theme')).toBeUndefined();
    expect(storage.removeItem('theme')).toBeUndefined();
    expect([storage.getItem('theme'), storage.length]).toEqual([null, 1]);
    expect(storage.clear()).toBeUndefined();
    expect([storage.getItem('other'), storage.length]).toEqual([null, 0]);
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [-0, '0'],
    [1n, '1'],
    [true, 'true'],
    [{}, '[object Object]'],
    [[1, [2]], '1,2'],
    [{ toString: () => 'text', valueOf: () => 'no' }, 'text'],
    [Object.assign(() => {}, { toString: () => 'function' }), 'function'],
  ])('take %p as a string', (value, text) => {
    const storage = openStorage();
    storage.setItem(value as never, value as never);
    expect({ ...storage }).toEqual({ [text]: text });
    expect(storage.getItem(value as never)).toBe(text);
    storage.removeItem(value as never);
    expect(storage.length).toBe(0);
  });

  test('refuse symbols, and change nothing', () => {
    const storage = openStorage({ theme: 'dark' });
    const symbol = Symbol('theme') as never;
    expect(() => storage.setItem(symbol, 'light')).toThrow(TypeError);
    expect(() => storage.setItem('theme', symbol)).toThrow(TypeError);
    expect(() => storage.getItem(symbol)).toThrow(TypeError);
    expect(() => storage.removeItem(symbol)).toThrow(TypeError);
    expect(() => storage.key(symbol)).toThrow(TypeError);
    expect(() => storage.key(1n as never)).toThrow(TypeError);
    expect({ ...storage }).toEqual({ theme: 'dark' });
  });

  test('convert the key before the value, and both before they look at what is stored', () => {
    const storage = openStorage();
    const order: string[] = [];
    const argument = (text: string) => ({
      toString() {
        order.push(`${text} of ${storage.length}`);
        storage.setItem(text, 'set on the way');
        return text;
      },
    });
    storage.setItem(argument('theme') as never, argument('dark') as never);
    expect(order).toEqual(['theme of 0', 'dark of 1']);
    expect({ ...storage }).toEqual({ theme: 'dark', dark: 'set on the way' });
    expect(storage.getItem(argument('late') as never)).toBe('set on the way');
    storage.removeItem(argument('gone') as never);
    expect(storage.getItem('gone')).toBeNull();
  });

  test('store nothing where a conversion throws', () => {
    const storage = openStorage();
    const broken = {
      toString() {
        throw new RangeError('no text');
      },
    };
    expect(() => storage.setItem('theme', broken as never)).toThrow(new RangeError('no text'));
    expect(storage.length).toBe(0);
  });

  test.each([
    ['key', [], 'needs 1 argument(s), got 0'],
    ['getItem', [], 'needs 1 argument(s), got 0'],
    ['removeItem', [], 'needs 1 argument(s), got 0'],
    ['setItem', [], 'needs 2 argument(s), got 0'],
    ['setItem', [Symbol('never converted')], 'needs 2 argument(s), got 1'],
  ] as const)('%s refuses the arguments %p', (name, given, complaint) => {
    const storage = openStorage({ undefined: 'dark' });
    expect(() => Reflect.apply(storage[name], storage, given)).toThrow(new TypeError(`Storage.${name} ${complaint}`));
    expect({ ...storage }).toEqual({ undefined: 'dark' });
  });

  test('count undefined as an argument, and look at no more than they need', () => {
    const storage = openStorage({ undefined: 'dark' });
    expect(Reflect.apply(storage.getItem, storage, [undefined, Symbol('more')])).toBe('dark');
    Reflect.apply(storage.setItem, storage, ['theme', undefined, Symbol('more')]);
    expect(Reflect.apply(storage.key, storage, [undefined, Symbol('more')])).toBe('undefined');
    Reflect.apply(storage.removeItem, storage, [undefined, Symbol('more')]);
    expect({ ...storage }).toEqual({ theme: 'undefined' });
    Reflect.apply(storage.clear, storage, [Symbol('more')]);
    expect(storage.length).toBe(0);
  });

  test.each([
    [0, 'a'],
    [1, 'b'],
    [2, null],
    [-1, null],
    [-(2 ** 32) + 1, 'b'],
    [2 ** 32, 'a'],
    [2 ** 32 + 1, 'b'],
    [2 ** 31, null],
    [1.9, 'b'],
    [-0.9, 'a'],
    [Number.NaN, 'a'],
    [Number.POSITIVE_INFINITY, 'a'],
    ['1', 'b'],
    [' 0x1 ', 'b'],
    ['text', 'a'],
    ['length', 'a'],
    [undefined, 'a'],
    [null, 'a'],
    [true, 'b'],
    [{ valueOf: () => 1, toString: () => '0' }, 'b'],
  ])('key(%p) is %p, as an unsigned long', (index, key) => {
    expect(openStorage({ a: '1', b: '2' }).key(index as never)).toBe(key);
  });

  test('key converts its argument before it looks at what is stored', () => {
    const storage = openStorage();
    const index = { valueOf: () => storage.setItem('new', '1') ?? 0 };
    expect(storage.key(index as never)).toBe('new');
  });

  test('keep the order of first writes while keys stay', () => {
    const storage = openStorage();
    for (const key of ['b', '2', 'a', '1']) storage.setItem(key, 'x');
    storage.setItem('b', 'y');
    expect([0, 1, 2, 3].map((index) => storage.key(index))).toEqual(['b', '2', 'a', '1']);
    expect(Object.keys(storage)).toEqual(['b', '2', 'a', '1']);
    storage.removeItem('b');
    storage.setItem('b', 'y');
    expect([0, 1, 2, 3].map((index) => storage.key(index))).toEqual(['2', 'a', '1', 'b']);
  });

  test.each(['', ' ', '\0', '\ud800', '\udfff', '😀', '\ud83d', '__proto__', 'constructor', 'x'.repeat(10_000)])(
    'keep %j to the code unit, as a key and as a value',
    (text) => {
      const storage = openStorage();
      storage.setItem(text, text);
      storage.setItem(`${text}2`, 'another');
      expect([storage.getItem(text), storage.key(0), storage.length]).toEqual([text, text, 2]);
      storage.removeItem(text);
      expect([storage.getItem(text), storage.length]).toEqual([null, 1]);
    },
  );
});

describe('who is no Storage', () => {
  const strangers: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['text', 'text'],
    ['a plain object', {}],
    ['the prototype', Storage.prototype],
    ['an object with the prototype', Object.create(Storage.prototype)],
    ['an object that inherits from a storage', Object.create(openStorage())],
    ['a proxy of a storage', new Proxy(openStorage(), {})],
  ];

  test.each(strangers)('%s: every member refuses it, before its arguments', (_name, stranger) => {
    for (const name of MEMBERS) {
      const { value, get: member = value } = Object.getOwnPropertyDescriptor(Storage.prototype, name) ?? {};
      const argument = { toString: () => expect('an argument').toBe('left alone') };
      expect(() => Reflect.apply(member, stranger, [])).toThrow(new TypeError('Illegal invocation'));
      expect(() => Reflect.apply(member, stranger, [argument, argument])).toThrow(new TypeError('Illegal invocation'));
    }
    expect(isStorage(stranger)).toBe(false);
  });

  test('a storage is one, also for the methods of another', () => {
    const [one, other] = [openStorage({ theme: 'one' }), openStorage({ theme: 'other' })];
    expect(isStorage(one)).toBe(true);
    expect(one.getItem.call(other, 'theme')).toBe('other');
    expect(Reflect.get(Storage.prototype, 'length', one)).toBe(1);
  });
});

describe('named properties', () => {
  test('are read and written as text', () => {
    const storage = openStorage();
    expect(storage.theme).toBeUndefined();
    storage.theme = { toString: () => 'dark' };
    expect([storage.theme, storage.getItem('theme')]).toEqual(['dark', 'dark']);
    storage.theme = undefined;
    storage[5 as never] = null;
    expect({ ...storage }).toEqual({ theme: 'undefined', 5: 'null' });
    expect(() => {
      storage.theme = Symbol('no text');
    }).toThrow(TypeError);
    expect(storage.theme).toBe('undefined');
  });

  test('are found by `in`, hasOwn and propertyIsEnumerable', () => {
    const storage = openStorage({ theme: '' });
    expect(['theme' in storage, 'other' in storage, 'getItem' in storage]).toEqual([true, false, true]);
    expect([Object.hasOwn(storage, 'theme'), Object.hasOwn(storage, 'other'), Object.hasOwn(storage, 'getItem')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(Object.prototype.propertyIsEnumerable.call(storage, 'theme')).toBe(true);
  });

  test('are removed by delete, which is always content', () => {
    const storage = openStorage({ theme: 'dark' });
    expect([delete storage.theme, delete storage.theme, delete storage.other]).toEqual([true, true, true]);
    expect([storage.length, storage.theme]).toEqual([0, undefined]);
  });

  test('are listed, spread and written as JSON', () => {
    const storage = openStorage({ theme: 'dark', other: '5' });
    expect(Reflect.ownKeys(storage)).toEqual(['theme', 'other']);
    expect(Object.entries(storage)).toEqual([
      ['theme', 'dark'],
      ['other', '5'],
    ]);
    expect({ ...storage }).toStrictEqual({ theme: 'dark', other: '5' });
    expect(JSON.stringify(storage)).toBe('{"theme":"dark","other":"5"}');
    expect(Object.assign(storage, { theme: 1, more: 2 })).toBe(storage);
    expect({ ...storage }).toEqual({ theme: '1', other: '5', more: '2' });
  });

  test('come first in for…in, the members of the interface after them', () => {
    const names: string[] = [];
    for (const name in openStorage({ theme: 'dark', key: 'hidden' })) names.push(name);
    expect(names).toEqual(['theme', ...MEMBERS]);
  });

  test('have the descriptors of plain data', () => {
    const storage = openStorage({ theme: 'dark' });
    expect(Object.getOwnPropertyDescriptors(storage)).toEqual({
      theme: { value: 'dark', writable: true, enumerable: true, configurable: true },
    });
    expect(Object.getOwnPropertyDescriptor(storage, 'other')).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(storage, 'getItem')).toBeUndefined();
  });

  test('do not hide members of the interface, wherever those names are stored by', () => {
    const storage = openStorage();
    for (const name of [...MEMBERS, 'toString', 'hasOwnProperty', '__proto__']) Reflect.set(storage, name, `as ${name}`);
    expect(storage.length).toBe(MEMBERS.length + 3);
    expect(storage.getItem('getItem')).toBe('as getItem');
    expect(storage.getItem('__proto__')).toBe('as __proto__');
    expect([storage.getItem, String(storage)]).toEqual([Storage.prototype.getItem, '[object Storage]']);
    expect(Object.getPrototypeOf(storage)).toBe(Storage.prototype);
    expect(Object.keys(storage)).toEqual([]);
    expect(Object.getOwnPropertyDescriptor(storage, 'getItem')).toBeUndefined();
    expect(Object.hasOwn(storage, 'clear')).toBe(false);
    expect(Reflect.deleteProperty(storage, 'getItem')).toBe(true);
    expect(storage.getItem('getItem')).toBe('as getItem');
    storage.removeItem('getItem');
    expect(storage.getItem('getItem')).toBeNull();
  });

  test('give way to a property that is put on a prototype, and come back once it is gone', () => {
    for (const prototype of [Storage.prototype, Object.prototype]) {
      const storage = openStorage({ theme: 'dark' });
      withProperty(prototype, 'theme', { value: 'of the prototype' }, () => {
        expect([storage.theme, Object.keys(storage), Object.hasOwn(storage, 'theme')]).toEqual(['of the prototype', [], false]);
        expect([delete storage.theme, storage.getItem('theme')]).toEqual([true, 'dark']);
        storage.theme = 'light';
      });
      expect([storage.theme, Object.keys(storage)]).toEqual(['light', ['theme']]);
    }
  });

  test('show where a method is deleted from the prototype', () => {
    const storage = openStorage({ clear: 'stored' });
    const { clear } = Storage.prototype;
    Reflect.deleteProperty(Storage.prototype, 'clear');
    try {
      expect([storage.clear, Object.keys(storage)]).toEqual(['stored', ['clear']]);
    } finally {
      Object.defineProperty(Storage.prototype, 'clear', { value: clear, writable: true, enumerable: true, configurable: true });
    }
    expect(storage.clear).toBe(clear);
  });

  test('depend on the prototype that the object has', () => {
    const storage = openStorage({ getItem: 'stored', theme: 'dark' });
    expect(Reflect.setPrototypeOf(storage, null)).toBe(true);
    expect([storage.getItem, 'clear' in storage, Object.keys(storage)]).toEqual(['stored', false, ['getItem', 'theme']]);
    expect(Storage.prototype.getItem.call(storage, 'theme')).toBe('dark');
    Object.setPrototypeOf(storage, { theme: 'of the prototype' });
    expect([storage.theme, { ...storage }]).toEqual(['of the prototype', { getItem: 'stored' }]);
  });

  test('are written past accessors of a prototype, which get the storage as `this`', () => {
    const storage = openStorage();
    const written: unknown[] = [];
    const accessor = {
      get(this: unknown) {
        return this;
      },
      set: (value: unknown) => void written.push(value),
    };
    withProperty(Storage.prototype, 'theme', accessor, () => {
      storage.theme = 'dark';
      expect(storage.theme).toBe(storage);
    });
    expect([storage.theme, written]).toEqual(['dark', []]);
  });
});

describe('defineProperty', () => {
  test.each<[PropertyDescriptor, string]>([
    [{ value: 'light' }, 'light'],
    [{ value: 5, writable: false, enumerable: false }, '5'],
    [{ value: 'light', configurable: true }, 'light'],
    [{ value: undefined }, 'undefined'],
    [{ writable: true }, 'undefined'],
    [{ writable: false }, 'undefined'],
  ])('with %p stores %p, with the flags of every key', (descriptor, text) => {
    for (const storage of [openStorage(), openStorage({ theme: 'dark' })]) {
      expect(Object.defineProperty(storage, 'theme', descriptor)).toBe(storage);
      const stored = { value: text, writable: true, enumerable: true, configurable: true };
      expect(Object.getOwnPropertyDescriptor(storage, 'theme')).toEqual(stored);
    }
  });

  test.each<[PropertyDescriptor]>([
    [{}],
    [{ enumerable: true }],
    [{ configurable: true }],
    [{ configurable: false }],
    [{ get: () => 'light' }],
    [{ get: () => 'light', configurable: false }],
    [{ set: () => {}, configurable: true }],
  ])('with %p is refused: that is no data', (descriptor) => {
    const storage = openStorage({ theme: 'dark' });
    expect(Reflect.defineProperty(storage, 'theme', descriptor)).toBe(false);
    expect(Reflect.defineProperty(storage, 'other', descriptor)).toBe(false);
    expect(() => Object.defineProperty(storage, 'theme', descriptor)).toThrow(TypeError);
    expect({ ...storage }).toEqual({ theme: 'dark' });
  });

  test('can make nothing permanent', () => {
    const storage = openStorage({ theme: 'dark' });
    const permanent = { value: 'light', configurable: false };
    const message = "A stored key can not be made permanent: 'theme'";
    expect(() => Object.defineProperty(storage, 'theme', permanent)).toThrow(new TypeError(message));
    expect(() => Reflect.defineProperty(storage, 'other', permanent)).toThrow(TypeError);
    expect({ ...storage }).toEqual({ theme: 'dark' });
  });

  test('stores under the name of a member as well, which stays', () => {
    const storage = openStorage();
    Object.defineProperty(storage, 'getItem', { value: 'stored' });
    expect(storage.getItem('getItem')).toBe('stored');
  });

  test('converts the value, and stores nothing where that throws', () => {
    const storage = openStorage();
    expect(() => Reflect.defineProperty(storage, 'theme', { value: Symbol('no text') })).toThrow(TypeError);
    expect(storage.length).toBe(0);
  });
});

describe('symbols', () => {
  const symbol = Symbol('own');

  test('are ordinary properties, and nothing that is stored', () => {
    const storage = openStorage({ theme: 'dark' });
    expect([Reflect.has(storage, symbol), Reflect.get(storage, symbol)]).toEqual([false, undefined]);
    expect(Reflect.set(storage, symbol, storage)).toBe(true);
    expect([Reflect.has(storage, symbol), Reflect.get(storage, symbol), storage.length]).toEqual([true, storage, 1]);
    expect(Reflect.ownKeys(storage)).toEqual(['theme', symbol]);
    expect(Reflect.deleteProperty(storage, symbol)).toBe(true);
    expect(Reflect.ownKeys(storage)).toEqual(['theme']);
  });

  test('may be defined in any way, for good too', () => {
    const storage = openStorage();
    const descriptor = { value: 5, writable: false, enumerable: false, configurable: false };
    Object.defineProperty(storage, symbol, descriptor);
    expect(Object.getOwnPropertyDescriptor(storage, symbol)).toEqual(descriptor);
    expect([Reflect.set(storage, symbol, 6), Reflect.deleteProperty(storage, symbol)]).toEqual([false, false]);
    expect([Reflect.get(storage, symbol), storage.length]).toEqual([5, 0]);
    Object.defineProperty(storage, Symbol.iterator, { get: () => 'read' });
    expect(Reflect.get(storage, Symbol.iterator)).toBe('read');
  });

  test('belong to one object, and go with none of the keys', () => {
    const storage = openStorage();
    Reflect.set(storage, symbol, 1);
    storage.clear();
    expect([Reflect.get(storage, symbol), Reflect.has(openStorage(), symbol)]).toEqual([1, false]);
  });
});

describe('an object that inherits from a storage', () => {
  test('reads what is stored, and gets properties of its own', () => {
    const storage = openStorage({ theme: 'dark' });
    const child: Themed = Object.create(storage);
    expect([child.theme, 'theme' in child, Object.keys(child)]).toEqual(['dark', true, []]);
    child.theme = 5;
    child.other = 6;
    Reflect.set(child, Symbol.iterator, 7);
    expect({ ...child }).toEqual({ theme: 5, other: 6, [Symbol.iterator]: 7 });
    expect(Reflect.ownKeys(storage)).toEqual(['theme']);
    expect([storage.theme, delete child.theme, child.theme]).toEqual(['dark', true, 'dark']);
  });

  test('is no storage to the members of the interface', () => {
    const child: Storage = Object.create(openStorage({ theme: 'dark' }));
    expect(() => child.length).toThrow(new TypeError('Illegal invocation'));
    expect(() => child.getItem('theme')).toThrow(new TypeError('Illegal invocation'));
  });

  test('is any receiver that is not the storage: another storage stores, a primitive refuses', () => {
    const [storage, other] = [openStorage({ theme: 'dark' }), openStorage()];
    expect(Reflect.set(storage, 'theme', 'light', other)).toBe(true);
    expect(Reflect.set(storage, 'other', 5, {})).toBe(true);
    expect(Reflect.set(storage, 'other', 5, 'primitive')).toBe(false);
    expect(Reflect.set(storage, 'other', 5, undefined)).toBe(false);
    expect([{ ...storage }, { ...other }]).toEqual([{ theme: 'dark' }, { theme: 'light' }]);
    expect(Reflect.get(storage, 'length', other)).toBe(1);
  });
});

describe('a storage stays open', () => {
  test.each([Object.preventExtensions, Object.seal, Object.freeze])('to %p', (close) => {
    const storage = openStorage({ theme: 'dark' });
    expect(() => close(storage)).toThrow(TypeError);
    storage.theme = 'light';
    storage.other = 'new';
    expect({ ...storage }).toEqual({ theme: 'light', other: 'new' });
  });

  test('and says so', () => {
    const storage = openStorage();
    expect(Reflect.preventExtensions(storage)).toBe(false);
    expect([Object.isExtensible(storage), Object.isSealed(storage), Object.isFrozen(storage)]).toEqual([true, false, false]);
  });
});

describe('console.log', () => {
  test('shows what is stored', () => {
    expect(inspect(openStorage({ theme: 'dark' }))).toBe("Storage { theme: 'dark' }");
    expect(inspect({ deep: openStorage({ theme: 'dark' }) })).toBe("{ deep: Storage { theme: 'dark' } }");
    expect(inspect(openStorage({ theme: 'dark' }), { colors: true })).toContain("\u001b[32m'dark'");
    expect(inspect(openStorage())).toBe('Storage {}');
  });

  test('shows why nothing can be read', () => {
    const area = new WebStorageArea({ initial: { theme: 'dark' } });
    const { localStorage } = area.openWindow();
    area.blocked = true;
    expect(inspect(localStorage)).toBe('Storage { Access to storage is denied: storage is blocked. }');
  });

  test('shows nothing of what only inherits', () => {
    expect(inspect(Object.create(openStorage({ theme: 'dark' })))).toBe('Storage {}');
  });
});
