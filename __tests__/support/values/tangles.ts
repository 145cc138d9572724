import fc from 'fast-check';
import { anyKey, anyPrimitive } from './primitives';

const edge = fc.record({ from: fc.nat(), to: fc.nat(), key: fc.oneof(fc.string(), anyKey) });

/** Such objects, a Map and a Set, which refer to one another, round in circles too. */
export function tangleOf(node: fc.Arbitrary<object>): fc.Arbitrary<object[]> {
  return fc
    .record({
      nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
      edges: fc.array(edge, { maxLength: 10 }),
    })
    .map(({ nodes, edges }) => {
      const all: object[] = [...nodes, new Map(), new Set()];
      for (const { from, to, key } of edges) link(all[from % all.length] as object, key, all[to % all.length]);
      return all;
    });
}

/** A frozen object stays as it is; so does an error, since Node 20 refuses one that is its own cause. */
function link(source: object, key: string, target: unknown): void {
  const member = { value: target, writable: true, enumerable: true, configurable: true };
  if (source instanceof Map) source.set(target, target);
  else if (source instanceof Set) source.add(target);
  else if (!(source instanceof Error))
    Reflect.defineProperty(source, Array.isArray(source) ? String(source.length) : key, member);
}

/** Each step refers to the next one several times: few objects, and many ways to the last. */
export const anyLadder = fc
  .record({ steps: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }), end: anyPrimitive })
  .map(({ steps, end }) => {
    let value: object = { end, date: new Date(0) };
    for (const kind of steps) value = RUNGS[kind]?.(value) ?? {};
    return value;
  });

const RUNGS: readonly ((value: object) => object)[] = [
  (value) => ({ left: value, right: value }),
  (value) => [value, 1, value],
  (value) => Object.assign(Object.create(null), { value, again: [value] }),
  (value) =>
    new Map<unknown, unknown>([
      ['value', value],
      [value, [value]],
    ]),
];
