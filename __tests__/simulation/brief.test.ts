import { brief } from '../../src/simulation/brief';

test.each([
  ['a text', 'tea', 'tea'],
  ['a text that just fits', 'x'.repeat(40), 'x'.repeat(40)],
  ['a longer one', 'x'.repeat(41), `${'x'.repeat(40)}…`],
  ['a number', 5, '5'],
  ['nothing', null, 'null'],
  ['an object', { drink: 'tea' }, 'an object'],
])('a cell shows %s', (_what, value, cell) => {
  expect(brief(value)).toBe(cell);
});
