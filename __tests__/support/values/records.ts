import fc from 'fast-check';
import { anyKey, anyPrimitive, define } from './primitives';

/** How one record of many may differ from the others. */
const QUIRKS: Readonly<Record<string, (record: object, key: string) => void>> = {
  'lacks a member': (record, key) => Reflect.deleteProperty(record, key),
  'has one more': (record) => define(record, 'more', { value: -0 }),
  'has one that sorts first': (record) => define(record, '7', { value: 7 }),
  'has a member last': (record, key) => {
    const value = Reflect.get(record, key);
    Reflect.deleteProperty(record, key);
    define(record, key, { value });
  },
  'hides one': (record, key) => define(record, key, { value: 'hidden', enumerable: false }),
  'has a getter': (record, key) => define(record, key, { get: () => ({ got: true }) }),
  'has a symbol': (record) => define(record, Symbol('hidden'), { value: {} }),
  'has an own __proto__': (record) => define(record, '__proto__', { value: { a: 1 } }),
  'has an object instead': (record, key) => define(record, key, { value: { inner: [1] } }),
  'has a Date instead': (record, key) => define(record, key, { value: new Date(1) }),
  'inherits one': (record, key) => {
    Reflect.deleteProperty(record, key);
    Object.setPrototypeOf(record, { [key]: 'inherited' });
  },
  'has no prototype': (record) => Object.setPrototypeOf(record, null),
  'is frozen': (record) => Object.freeze(record),
};

const anyShape = fc.uniqueArray(anyKey, { minLength: 1, maxLength: 10 });

const anyQuirk = fc.record({ index: fc.nat(), column: fc.nat(), quirk: fc.constantFrom(...Object.keys(QUIRKS)) });

/** Many records of one shape, few of which are different. */
export const anyRecords = fc
  .record({
    keys: anyShape,
    values: fc.array(anyPrimitive, { minLength: 1, maxLength: 20 }),
    count: fc.integer({ min: 2, max: 60 }),
    quirks: fc.array(anyQuirk, { maxLength: 3 }),
  })
  .map(({ keys, values, count, quirks }) => {
    const records = Array.from({ length: count }, (_, row) => {
      const record = {};
      for (const [column, key] of keys.entries()) define(record, key, { value: values[(row + column) % values.length] });
      return record;
    });
    const odd = new Map(quirks.map((quirk) => [quirk.index % count, quirk]));
    for (const [index, { quirk, column }] of odd) {
      QUIRKS[quirk]?.(records[index] as object, keys[column % keys.length] as string);
    }
    return records;
  });

/** One object with so many members that engines keep it as a table. */
export const anyTable = fc
  .record({ count: fc.integer({ min: 20, max: 300 }), prefix: fc.constantFrom('key ', '', '-'), value: anyPrimitive })
  .map(({ count, prefix, value }) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${(index * 7919) % count}`, [value, index]])),
  );
