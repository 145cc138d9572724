import fc from 'fast-check';
import { anyKey, define } from './primitives';

/** A class whose instances are copied as plain objects, without what they inherit. */
class Inheriting {
  #secret = 1;
  get secret() {
    return this.#secret;
  }
  method() {
    return this.#secret;
  }
}
define(Inheriting.prototype, 'inherited', { value: 'enumerable' });

/** A class whose instances call themselves what they are not. */
class Pretending {
  get [Symbol.toStringTag]() {
    return 'Map';
  }
}

/** What plain objects may have for a prototype; an object with that of a Date is no Date. */
const anyPrototype = fc.oneof(
  { arbitrary: fc.constant(Object.prototype), weight: 8 },
  {
    arbitrary: fc.constantFrom(
      null,
      Inheriting.prototype,
      Pretending.prototype,
      Object.create({ a: 'inherited', 0: 'inherited' }),
      Object.create(null),
      Array.prototype,
      Date.prototype,
      Error.prototype,
    ),
    weight: 4,
  },
);

const anyLock = fc.oneof(
  { arbitrary: fc.constant(<T>(object: T) => object), weight: 6 },
  { arbitrary: fc.constantFrom(Object.freeze, Object.seal, Object.preventExtensions), weight: 1 },
);

/** Objects with members of all kinds. Their getters give the same each time. */
export function objectOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const member = fc.record({
    key: anyKey,
    value,
    kind: fc.oneof(
      { arbitrary: fc.constant('plain'), weight: 8 },
      { arbitrary: fc.constantFrom('getter', 'hidden', 'hidden getter', 'symbol', 'read-only'), weight: 3 },
    ),
  });
  return fc
    .record({ prototype: anyPrototype, members: fc.array(member, { maxLength: 6 }), lock: anyLock })
    .map(({ prototype, members, lock }) => {
      const object = prototype === Object.prototype ? {} : Object.create(prototype);
      for (const { key, value, kind } of members) addMember(object, key, kind, value);
      return lock(object);
    });
}

function addMember(object: object, key: string, kind: string, value: unknown): void {
  const enumerable = !kind.startsWith('hidden');
  if (kind.endsWith('getter')) define(object, key, { get: () => value, enumerable });
  else if (kind === 'symbol') define(object, Symbol(key), { value });
  else define(object, key, { value, enumerable, writable: kind !== 'read-only' });
}

const HOLE = Symbol('hole');
const INDEX = /^(0|[1-9]\d{0,8})$/;

class List extends Array<unknown> {}

/** Has a member where its instances may have a hole. */
const inheritsMembers = Object.create(Array.prototype, { 1: { value: 'inherited', enumerable: true } });

/** Arrays with holes, named members, members behind getters, and prototypes of their own. */
export function arrayOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> {
  return fc
    .record({
      items: fc.array(fc.oneof({ arbitrary: value, weight: 6 }, { arbitrary: fc.constant(HOLE), weight: 1 }), { maxLength: 8 }),
      more: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, { arbitrary: fc.nat(20_000), weight: 1 }),
      named: fc.array(fc.record({ key: anyKey, value, kind: fc.constantFrom('plain', 'getter', 'hidden', 'symbol') }), {
        maxLength: 2,
      }),
      prototype: fc.oneof(
        { arbitrary: fc.constant(Array.prototype), weight: 6 },
        { arbitrary: fc.constantFrom(null, List.prototype, inheritsMembers, Object.prototype), weight: 1 },
      ),
      lock: anyLock,
    })
    .map(({ items, more, named, prototype, lock }) => {
      const list: unknown[] = [...items];
      for (const [index, item] of items.entries()) if (item === HOLE) delete list[index];
      list.length += more;
      for (const { key, value, kind } of named) {
        // The codec copies arrays as `slice` does: entries that are hidden as well, and no names.
        const isEntry = INDEX.test(key);
        const isEnumerable = kind === 'plain' || kind === 'getter';
        if (kind === 'symbol' || isEntry === isEnumerable) addMember(list, key, kind, value);
      }
      if (prototype !== Array.prototype) Object.setPrototypeOf(list, prototype);
      return lock(list);
    });
}

/** Arrays that engines keep in a form of their own, for being all numbers. */
export const anyNumbers: fc.Arbitrary<unknown[]> = fc.oneof(
  fc.array(fc.integer(), { maxLength: 50 }),
  fc.array(fc.oneof(fc.double(), fc.constantFrom(-0, Number.NaN)), { maxLength: 50 }),
  fc.sparseArray(fc.double(), { maxLength: 50 }),
);

/** Maps and Sets, whose keys may be objects. */
export function collectionOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.oneof(
    fc.array(fc.tuple(value, value), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(value, { maxLength: 4 }).map((values) => new Set(values)),
  );
}
