import assert from 'node:assert/strict';
import { json, SharedMemoryRegistry } from 'shared-memory-registry';

/** A registry with these revisions by key, saved in their order, at its own time. */
function registryOf(revisions: Record<string, string>, now = 0) {
  const initial = Object.entries(revisions).map(([key, revision]) => [key, { revision, data: { key } }]);
  return new SharedMemoryRegistry<unknown>({ initial: Object.fromEntries(initial), now: () => now });
}

const full = registryOf({ a: '1', b: '2' });

describe.each<[string, () => unknown, boolean]>([
  ['the same contents', () => registryOf({ a: '1', b: '2' }), true],
  ['the same contents, saved a millisecond later', () => registryOf({ a: '1', b: '2' }, 1), true],
  ['the same contents, saved in another order', () => registryOf({ b: '2', a: '1' }), true],
  ['the same contents, on another codec', () => new SharedMemoryRegistry<unknown>({ codec: json, initial: full.toJSON() }), true],
  ['no key', () => registryOf({}), false],
  ['a key less', () => registryOf({ a: '1' }), false],
  ['a key more', () => registryOf({ a: '1', b: '2', c: '3' }), false],
  ['another key', () => registryOf({ a: '1', c: '2' }), false],
  ['another revision', () => registryOf({ a: '1', b: '3' }), false],
  [
    'other data',
    () => new SharedMemoryRegistry<unknown>({ initial: { ...full.toJSON(), b: { revision: '2', data: 0 } } }),
    false,
  ],
])('a registry, compared with one that has %s', (_name, other, isEqual) => {
  const verdict = (compare: () => void) => {
    try {
      compare();
      return true;
    } catch {
      return false;
    }
  };

  test.each<[string, (a: unknown, b: unknown) => void]>([
    ['toEqual', (a, b) => expect(a).toEqual(b)],
    ['toStrictEqual', (a, b) => expect(a).toStrictEqual(b)],
    ['toMatchObject', (a, b) => expect({ in: { side: a } }).toMatchObject({ in: { side: b } })],
    ['deepStrictEqual of node:assert', (a, b) => assert.deepStrictEqual(a, b)],
  ])('by %s', (_matcher, compare) => {
    expect(verdict(() => compare(full, other()))).toBe(isEqual);
    expect(verdict(() => compare(other(), full))).toBe(isEqual);
    expect(verdict(() => compare([full], [other()]))).toBe(isEqual);
  });
});

test('a registry with keys is not equal to {}, and no registry is equal to what it holds', () => {
  expect(full).not.toEqual({});
  expect(full).not.toEqual(full.toJSON());
  expect(full).not.toEqual([...full]);
  assert.notDeepStrictEqual(full, {});
});

test('two checkpoints are equal if they hold the same', () => {
  expect(full.checkpoint()).toEqual(registryOf({ a: '1', b: '2' }, 1).checkpoint());
  expect(full.checkpoint()).not.toEqual(registryOf({ a: '1' }).checkpoint());
  assert.notDeepStrictEqual(full.checkpoint(), registryOf({ a: '1' }).checkpoint());
});

test('a disposed registry can still be compared', () => {
  const registry = registryOf({ a: '1' });
  registry.dispose();
  expect(registry).toEqual(registryOf({}));
});

test('what makes that so shows in no print, no JSON text and no loop', () => {
  const registry = registryOf({ a: '1' });
  const names: string[] = [];
  for (const name in registry) names.push(name);
  expect([names, Object.keys(registry), JSON.stringify(registry)]).toEqual([[], [], '{"a":{"revision":"1","data":{"key":"a"}}}']);
  expect(registry).toMatchInlineSnapshot(`
{
  "a": {
    "data": {
      "key": "a",
    },
    "revision": "1",
  },
}
`);
});
