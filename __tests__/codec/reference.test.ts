import { reference } from '../../src/codec/reference';

it('hands out the very object that was saved', () => {
  const data = { on() {} };

  expect(reference.decode(reference.encode(data))).toBe(data);
});
