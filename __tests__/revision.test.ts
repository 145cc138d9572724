import fc from 'fast-check';
import { compareRevisions, isRevision, nextRevision, type Revision, StorageError, toRevision } from 'shared-memory-registry';
import { thrown } from './support/refusals';

const LARGEST = '18446744073709551615';
const EXPECTED = `a revision: decimal text from "0" to "${LARGEST}" without sign or leading zeros`;

const VALID = [
  '0',
  '1',
  '9',
  '10',
  '99',
  '9007199254740993',
  '9'.repeat(19),
  '10000000000000000000',
  '18446744073709551614',
  LARGEST,
];

const INVALID: [value: unknown, received: string][] = [
  ['', '""'],
  ['00', '"00"'],
  ['01', '"01"'],
  ['-1', '"-1"'],
  ['-0', '"-0"'],
  ['+1', '"+1"'],
  ['1e3', '"1e3"'],
  ['0x1', '"0x1"'],
  ['1.0', '"1.0"'],
  ['1_000', '"1_000"'],
  [' 1', '" 1"'],
  ['1 ', '"1 "'],
  ['1\n', '"1\\n"'],
  ['\n1', '"\\n1"'],
  ['a', '"a"'],
  ['1a', '"1a"'],
  ['١', '"١"'],
  ['18446744073709551616', '"18446744073709551616"'],
  ['18446744073709551620', '"18446744073709551620"'],
  ['99999999999999999999', '"99999999999999999999"'],
  ['100000000000000000000', '"100000000000000000000"'],
  ['1'.repeat(100), `"${'1'.repeat(80)}"… (100 characters)`],
  [null, 'null'],
  [undefined, 'undefined'],
  [1, '1'],
  [1n, '1n'],
  [true, 'true'],
  [new String('1'), 'an instance of String'],
  [['1'], 'an array'],
  [{ toString: () => '1' }, 'an object'],
  [Symbol('1'), 'Symbol(1)'],
];

const anyNumber = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.nat({ max: 20 }).map(BigInt),
  fc.nat({ max: 20 }).map((distance) => 2n ** 64n - 1n - BigInt(distance)),
  fc.nat({ max: 19 }).map((zeros) => 10n ** BigInt(zeros)),
);

describe('isRevision', () => {
  it.each(VALID)('is true of %j', (value) => {
    expect(isRevision(value)).toBe(true);
  });

  it.each(INVALID)('is false of %p', (value) => {
    expect(isRevision(value)).toBe(false);
  });

  it('is true of the text of a number just if the number fits into 64 bits', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyNumber, fc.bigInt()),
        (number) => isRevision(String(number)) === (number >= 0n && number < 2n ** 64n),
      ),
      { numRuns: 1000 },
    );
  });
});

describe('toRevision', () => {
  it.each(VALID)('gives %j back', (value) => {
    const revision: Revision = toRevision(value);

    expect(revision).toBe(value);
  });

  it.each(INVALID)('refuses %p', (value, received) => {
    const error = thrown(() => toRevision(value));

    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ code: 'ERR_INVALID_REVISION', expected: EXPECTED, received });
  });
});

describe('compareRevisions', () => {
  it('orders as the numbers do', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (left, right) => {
        const order = compareRevisions(String(left), String(right));
        expect(Math.sign(order)).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['9', '10', -1],
    ['10', '9', 1],
    ['10', '11', -1],
    ['11', '10', 1],
    ['7', '7', 0],
    ['9007199254740992', '9007199254740993', -1],
    [LARGEST, '18446744073709551614', 1],
    [LARGEST, LARGEST, 0],
    ['0', LARGEST, -1],
  ])('of %s and %s has the sign %d', (left, right, sign) => {
    expect(Math.sign(compareRevisions(left, right))).toBe(sign);
  });

  it('sorts', () => {
    expect(['10', '2', '0', LARGEST, '1'].sort(compareRevisions)).toEqual(['0', '1', '2', '10', LARGEST]);
  });

  it.each([
    ['01', '1'],
    ['1', '01'],
    ['x', 'x'],
  ])('refuses %s and %s', (left, right) => {
    expect(thrown(() => compareRevisions(left, right))).toMatchObject({ code: 'ERR_INVALID_REVISION' });
  });
});

describe('nextRevision', () => {
  it.each([null, undefined])('after %p is "1"', (nothing) => {
    expect(nextRevision(nothing)).toBe('1');
  });

  it.each([
    ['0', '1'],
    ['9', '10'],
    ['9007199254740992', '9007199254740993'],
    ['9999999999999999999', '10000000000000000000'],
    ['18446744073709551614', LARGEST],
  ])('after %s is %s', (current, next) => {
    expect(nextRevision(current)).toBe(next);
  });

  it('of a snapshot is the one after its revision', () => {
    expect(nextRevision({ revision: '41' })).toBe('42');
  });

  it('is one more, and newer, for any number but the largest', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        fc.pre(number < 2n ** 64n - 1n);
        const next = nextRevision(String(number));
        expect(next).toBe(String(number + 1n));
        expect(compareRevisions(next, String(number))).toBeGreaterThan(0);
      }),
    );
  });

  it.each<[string, string | { revision: string }]>([
    ['text', LARGEST],
    ['a snapshot', { revision: LARGEST }],
  ])('refuses the largest, as %s', (_name, current) => {
    expect(thrown(() => nextRevision(current))).toMatchObject({
      code: 'ERR_INVALID_REVISION',
      expected: 'a revision that has a next one',
      received: `"${LARGEST}"`,
    });
  });

  it('says what came, and that an await may be missing', () => {
    const code = 'ERR_INVALID_REVISION';
    expect(thrown(() => nextRevision({} as never))).toMatchObject({ code, received: 'an object', operation: 'nextRevision' });
    const received = 'an instance of Promise (is an await missing?)';
    expect(thrown(() => nextRevision(Promise.resolve(null) as never))).toMatchObject({ code, received });
    expect(thrown(() => compareRevisions('1', 'x'))).toMatchObject({ code, operation: 'compareRevisions' });
  });

  it.each(['', '01', 5, { revision: '-1' }, {}, false])('refuses %p', (current) => {
    expect(thrown(() => nextRevision(current as never))).toMatchObject({ code: 'ERR_INVALID_REVISION', expected: EXPECTED });
  });
});
