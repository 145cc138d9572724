import { formatToken, parseToken } from '../../../src/simulation/explore/token';

test.each([
  [[], 'order:'],
  [[0], 'order:'],
  [[0, 0, 0], 'order:'],
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
