import fc from 'fast-check';
import { anyBuiltIn, errorOf } from './values/built-ins';
import { anyRestless } from './values/getters';
import { nested, PLAIN_LEVELS } from './values/nesting';
import { anyNumbers, arrayOf, collectionOf, objectOf } from './values/objects';
import { anyCodeUnit, anyKey, anyPrimitive, anyText } from './values/primitives';
import { anyRecords, anyTable } from './values/records';
import { anyRefused } from './values/refused';
import { anyLadder, tangleOf } from './values/tangles';

export { anyBuiltIn, anyLadder, anyNumbers, anyRecords, anyRestless, anyTable, anyText, nested, PLAIN_LEVELS };

/** Any value that structured cloning takes, as fast-check makes them: without references between its parts. */
export const anyValue = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 3,
});

/** Objects, arrays and Maps that refer to one another, round in circles too. */
export const anyTangle = tangleOf(
  fc.oneof(fc.dictionary(fc.string(), anyValue, { maxKeys: 3 }), fc.array(anyValue, { maxLength: 3 })),
);

/** Any value that JSON can write. */
export const anyJson: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 4, stringUnit: anyCodeUnit });

/** Objects and arrays as literals make them, with any keys. */
export const anyPlainData = recursive(anyPrimitive, (data) => [
  fc.dictionary(anyKey, data, { maxKeys: 8 }),
  fc.array(data, { maxLength: 6 }),
  anyNumbers,
]);

/** Objects, arrays, collections and errors with all their oddities. */
export const anyOddData = recursive(fc.oneof(anyPrimitive, anyBuiltIn, anyNumbers), oddContainers);

/** The same, where some part may be one that no medium takes. */
export const anyDoubtfulData = recursive(
  fc.oneof({ arbitrary: anyPrimitive, weight: 5 }, { arbitrary: anyBuiltIn, weight: 4 }, { arbitrary: anyRefused, weight: 1 }),
  oddContainers,
);

/** Odd objects that refer to one another, round in circles too. */
export const anyOddTangle = tangleOf(fc.oneof(...oddContainers(anyPrimitive)));

/** Anything that a medium takes. Copying may use it up, as it does `anyRestless`. */
export const anyData: fc.Arbitrary<unknown> = fc.oneof(
  anyPlainData,
  anyNumbers,
  anyBuiltIn,
  anyValue,
  anyOddData,
  anyTangle,
  anyOddTangle,
  anyLadder,
  anyRecords,
  anyTable,
  anyRestless,
  nested({ min: 1, max: 100 }),
);

function oddContainers(value: fc.Arbitrary<unknown>): fc.Arbitrary<object>[] {
  return [objectOf(value), arrayOf(value), collectionOf(value), errorOf(value)];
}

/** Leaves within containers within containers. */
function recursive(
  leaf: fc.Arbitrary<unknown>,
  containersOf: (value: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>[],
): fc.Arbitrary<unknown> {
  return fc.letrec<{ data: unknown }>((tie) => ({
    data: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaf, ...containersOf(tie('data'))),
  })).data;
}
