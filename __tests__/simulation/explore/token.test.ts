import type { Step } from '../../../src/simulation/explore/step';
import { follow, formatToken, parseToken } from '../../../src/simulation/explore/token';

test.each([
  [[], 'order:0'],
  [[0], 'order:0'],
  [[0, 0, 0], 'order:0'],
  [[1], 'order:1'],
  [[0, 1], 'order:0.1'],
  [[2, 0, 0], 'order:2'],
  [[10], 'order:10'],
  [[0, 10, 0, 3, 0, 0], 'order:0.10.0.3'],
  [[1, 20, 100], 'order:1.20.100'],
])('the choices %j are written as %s', (choices, token) => {
  expect(formatToken(choices)).toBe(token);
});

test.each([
  ['order:', []],
  ['order:0', [0]],
  ['order:7', [7]],
  ['order:0.10.0.3', [0, 10, 0, 3]],
])('%s is read as the choices %j', (token, choices) => {
  expect(parseToken(token)).toEqual(choices);
});

test.each([
  '',
  'order',
  'order:.',
  'order:1.',
  'order:.1',
  'order:-1',
  'order:1.x',
  'order:1..2',
  ' order:1',
  'order:1 ',
  'x order:1',
  7,
  null,
  ['order:1'],
])('%p is no token', (token) => {
  expect(() => parseToken(token as never)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_OPTION', expected: 'replay to be the token of a failed exploration' }),
  );
});

describe('choices that are followed', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((client): Step => ({ id: client, base: client, client, key: null, phase: 'turn' })) as [
    Step,
    Step,
    Step,
  ];

  test('count only where there is more than one step, and then it goes on as it comes', () => {
    const { choose } = follow([1, 2]);
    const taken = [choose([a]), choose([a, b]), choose([b]), choose([a, b, c]), choose([a, b])];
    expect(taken.map(({ id }) => id).join('')).toBe('abbca');
  });

  test.each([
    ['come to all of them', [1, 1], true],
    ['leave out none but those that go on as it comes', [1, 1, 0, 0], true],
    ['are fewer than there are', [1], true],
    ['are none', [], true],
    ['leave out another one', [1, 1, 0, 1], false],
    ['come to one that is not there', [2, 1], false],
    ['come to one that is not there at last', [0, 7], false],
  ])('that %s: %j, followed is %p', (_how, choices, isFollowed) => {
    const followed = follow(choices);
    followed.choose([a, b]);
    followed.choose([c]);
    followed.choose([a, b]);
    expect(followed.isFollowed()).toBe(isFollowed);
  });
});
