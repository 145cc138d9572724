import { type Random, randomFrom } from '../../src/simulation/random';

function draw(count: number, { next, below }: Random): number[] {
  return Array.from({ length: count }, (_, index) => (index % 2 === 0 ? next() : below(1000)));
}

test('the same seed gives the same numbers, and another seed others', () => {
  expect(draw(100, randomFrom(5))).toEqual(draw(100, randomFrom(5)));
  expect(draw(100, randomFrom(6))).not.toEqual(draw(100, randomFrom(5)));
});

test('two of the same seed do not disturb each other', () => {
  const [one, other] = [randomFrom(5), randomFrom(5)];
  draw(10, other);
  expect(draw(100, one)).toEqual(draw(100, randomFrom(5)));
});

test('below gives every whole number under the limit, and no other', () => {
  const { below } = randomFrom(1);
  const drawn = new Set(Array.from({ length: 200 }, () => below(3)));
  expect([...drawn].sort()).toEqual([0, 1, 2]);
  expect(below(1)).toBe(0);
});
