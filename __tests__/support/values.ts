import fc from 'fast-check';

/** Any value that structured cloning takes, without references between its parts. */
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

const edge = fc.record({ from: fc.nat(), to: fc.nat(), key: fc.oneof(fc.string(), fc.constant('__proto__')) });

/** Objects, arrays and Maps that refer to one another, round in circles too. */
export const anyTangle = fc
  .record({
    nodes: fc.array(fc.oneof(fc.dictionary(fc.string(), anyValue, { maxKeys: 3 }), fc.array(anyValue, { maxLength: 3 })), {
      minLength: 1,
      maxLength: 6,
    }),
    edges: fc.array(edge, { maxLength: 10 }),
  })
  .map(({ nodes, edges }) => {
    const all: object[] = [...nodes, new Map(), new Set()];
    for (const { from, to, key } of edges) link(all[from % all.length] as object, key, all[to % all.length]);
    return all;
  });

function link(source: object, key: string, target: unknown): void {
  if (source instanceof Map) source.set(target, target);
  else if (source instanceof Set) source.add(target);
  else if (Array.isArray(source)) source.push(target);
  else Object.defineProperty(source, key, { value: target, writable: true, enumerable: true, configurable: true });
}

const anyCodeUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));

/** Any text: lone surrogates, control characters and all. */
export const anyText = fc.string({ unit: fc.oneof(anyCodeUnit, fc.constantFrom('"', '\\', '\n', 'ä', '😀', '\u2028')) });

/** Any value that JSON can write. */
export const anyJson: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 4, stringUnit: anyCodeUnit });
