import { inspect } from 'node:util';
import fc from 'fast-check';
import { structured } from '../../src/codec/structured';
import { StorageError } from '../../src/errors';
import { objectsInSeveral } from '../support/graphs';
import { firstDifference } from '../support/same-value';
import {
  anyBuiltIn,
  anyDoubtfulData,
  anyLadder,
  anyNumbers,
  anyOddData,
  anyOddTangle,
  anyPlainData,
  anyRecords,
  anyRestless,
  anyTable,
  anyTangle,
  anyValue,
  nested,
  PLAIN_LEVELS,
} from '../support/values';

const { encode, decode } = structured;

/** How many values are compared with what `structuredClone` makes of them, all in all. `.ci/run` takes 100,000. */
const { FUZZED_VALUES = '2000' } = process.env;

/** What is copied, and how many in a hundred values are of that kind. */
const KINDS: [name: string, values: fc.Arbitrary<unknown>, percent: number][] = [
  ['plain data', anyPlainData, 36.75],
  ['arrays of numbers', anyNumbers, 16],
  ['built-in objects', anyBuiltIn, 10],
  ['values that fast-check thinks of', anyValue, 8],
  ['objects, arrays and collections with odd members, holes, prototypes and locks', anyOddData, 8],
  ['tangles of plain objects', anyTangle, 1.5],
  ['tangles of odd ones', anyOddTangle, 4],
  ['objects that are referred to in many ways', anyLadder, 1],
  ['many records of one shape', anyRecords, 1.5],
  ['objects with very many members', anyTable, 0.2],
  ['up to 900 levels of plain objects', nested({ min: 1, max: 900 }, undefined, PLAIN_LEVELS), 0.025],
  ['up to 200 levels of all kinds', nested({ min: 1, max: 200 }), 0.025],
];

/** As above; but copying uses these up, so each is made twice. */
const KINDS_FOR_ONCE: typeof KINDS = [
  ['getters that count, or change what is still to be copied', anyRestless, 8],
  ['data with parts that may be refused', anyDoubtfulData, 5],
];

const runs = (percent: number) => ({ numRuns: Math.ceil((Number(FUZZED_VALUES) * percent) / 100) });

jest.setTimeout(300_000);

// Copying tries and catches a lot; a stack for each would take most of the time.
Error.stackTraceLimit = 0;

test('the kinds make up the whole', () => {
  expect([...KINDS, ...KINDS_FOR_ONCE].reduce((sum, [, , percent]) => sum + percent, 0)).toBeCloseTo(100);
});

test.each(KINDS)('%s: copied as structuredClone does it, and nothing is shared', (_name, values, percent) => {
  fc.assert(
    fc.property(values, (value) => compare(value, value)),
    runs(percent),
  );
});

test.each(KINDS_FOR_ONCE)('%s: copied or refused as structuredClone does it, and nothing is shared', (_name, values, percent) => {
  fc.assert(
    fc.property(fc.clone(values, 2), ([value, twin]) => compare(value, twin)),
    runs(percent),
  );
});

describe('unlike structuredClone', () => {
  const some = { numRuns: 200 };
  const SHARED = [new SharedArrayBuffer(8), new Uint8Array(new SharedArrayBuffer(8))];

  test('a live Proxy is copied as the object that it shows', () => {
    fc.assert(
      fc.property(fc.oneof(anyOddTangle, anyPlainData), (value) => {
        const proxy = typeof value === 'object' && value !== null ? new Proxy(value, {}) : value;
        expectSame(decode(encode([proxy])), structuredClone([value]), value);
      }),
      some,
    );
  });

  test('shared memory is refused, wherever it is', () => {
    fc.assert(
      fc.property(nested({ min: 1, max: 5 }, fc.constantFrom(...SHARED)), (value) => {
        expectRefusal(
          outcomeOf(() => encode(value)),
          value,
        );
      }),
      some,
    );
  });

  test('more than 1,000 levels of nesting are refused', () => {
    fc.assert(
      fc.property(nested({ min: 1002, max: 1500 }), (value) => {
        expectRefusal(
          outcomeOf(() => encode(value)),
          value,
        );
      }),
      { numRuns: 10 },
    );
  });
});

/** Fails unless the codec makes of a value what structuredClone makes of its twin, which may be the same value. */
function compare(value: unknown, twin: unknown): void {
  const stored = outcomeOf(() => encode(value));
  const expected = outcomeOf(() => structuredClone(twin));
  if ('error' in expected) {
    expectRefusal(stored, twin);
    return;
  }
  if ('error' in stored) throw failure(`is refused: ${stored.error}`, twin);

  const [first, second] = [decode(stored.result), decode(stored.result)];
  expectSame(first, expected.result, twin);
  if (objectsInSeveral(value, stored.result, first, second).length > 0) throw failure('is shared', twin);
}

type Outcome = { readonly result: unknown } | { readonly error: unknown };

function outcomeOf(action: () => unknown): Outcome {
  try {
    return { result: action() };
  } catch (error) {
    return { error };
  }
}

function expectRefusal(outcome: Outcome, value: unknown): void {
  if ('result' in outcome) throw failure('is copied', value);
  if (!StorageError.is(outcome.error) || outcome.error.code !== 'ERR_UNCLONEABLE') {
    throw failure(`is refused with ${outcome.error}`, value);
  }
}

function expectSame(copy: unknown, expected: unknown, value: unknown): void {
  const difference = firstDifference(copy, expected);
  if (difference !== undefined) throw failure(difference, value);
}

/** Says what went wrong with which value. fast-check adds the seed, and the value in its own writing. */
function failure(problem: string, value: unknown): Error {
  return new Error(`${problem}\n${inspect(value, { depth: 6, maxArrayLength: 30, maxStringLength: 200, showHidden: true })}`);
}
