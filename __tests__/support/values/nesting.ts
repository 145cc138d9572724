import fc from 'fast-check';
import { anyPrimitive } from './primitives';

/** One more level around a value. */
export const PLAIN_LEVELS: readonly ((inner: unknown) => object)[] = [
  (inner) => ({ inner }),
  (inner) => [inner],
  (inner) => [1, { before: true }, inner],
  (inner) => Object.assign(Object.create({ inherited: 1 }), { before: 1, inner, after: [2] }),
  (inner) => Object.freeze(Object.assign(Object.create(null), { inner })),
];

const LEVELS: typeof PLAIN_LEVELS = [
  ...PLAIN_LEVELS,
  (inner) => new Map([['inner', inner]]),
  (inner) => new Map([[inner, 'value']]),
  (inner) => new Set([inner]),
];

/** Values within values, to some depth; one kind of level all through, or a pattern of several, or round in a circle. */
export function nested(
  depth: { readonly min: number; readonly max: number },
  innermost: fc.Arbitrary<unknown> = anyPrimitive,
  kinds = LEVELS,
): fc.Arbitrary<unknown> {
  return fc
    .record({
      depth: fc.integer(depth),
      levels: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 }),
      innermost,
      cyclic: fc.boolean(),
    })
    .map(({ depth, levels, innermost, cyclic }) => {
      const end = [innermost];
      let value: unknown = end;
      for (let level = 1; level < depth; level += 1) value = levels[level % levels.length]?.(value);
      if (cyclic) end.push(value);
      return value;
    });
}
