import fc from 'fast-check';

export const anyCodeUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));

/** Any text: lone surrogates, control characters and all. */
export const anyText = fc.string({ unit: fc.oneof(anyCodeUnit, fc.constantFrom('"', '\\', '\n', 'ä', '😀', '\u2028')) });

/** Text of up to some 100,000 characters, put together from pieces as programs do. */
const anyLongText = fc
  .tuple(anyText, fc.integer({ min: 1, max: 10_000 }), anyText)
  .map(([piece, times, end]) => `${piece.repeat(times)}${end}`);

const anyNumber = fc.oneof(
  fc.constantFrom(-0, 0, Number.NaN, -1, 2 ** 31, 2 ** 53, Number.MIN_VALUE, Number.POSITIVE_INFINITY),
  fc.integer(),
  fc.double(),
);

export const anyPrimitive: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: anyNumber, weight: 10 },
  { arbitrary: anyText, weight: 10 },
  { arbitrary: fc.constantFrom(undefined, null, true, false), weight: 5 },
  { arbitrary: fc.bigInt(), weight: 2 },
  { arbitrary: anyLongText, weight: 1 },
);

/** Keys that objects treat in a way of their own: they sort like numbers, or mean something to the language. */
const oddKeys = ['__proto__', 'constructor', 'toString', 'toJSON', 'then', '', '0', '1', '10', '01', '-1', '4294967295'];

export const anyKey = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e'), weight: 5 },
  { arbitrary: fc.constantFrom(...oddKeys), weight: 3 },
  { arbitrary: anyText, weight: 1 },
);

/** Defines a member whatever its key: assignment to `__proto__` would change the prototype. */
export function define(target: object, key: PropertyKey, member: PropertyDescriptor): void {
  Object.defineProperty(target, key, {
    enumerable: true,
    configurable: true,
    ...('get' in member ? {} : { writable: true }),
    ...member,
  });
}
