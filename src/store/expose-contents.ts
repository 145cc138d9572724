/** Two copies of this package have one such symbol. */
const CONTENTS = Symbol.for('shared-memory-registry.contents');

/**
 * Lets assertion libraries compare objects whose fields are private. Jest, Vitest and `node:assert/strict` compare
 * enumerable properties with symbols, which `for…in`, `JSON.stringify` and completions leave out.
 *
 * @param read the same function for all objects of a class. A closure for each would stay in what V8 keeps about shapes of objects, with
 * all that it leads to: a registry would live on until the next full collection.
 */
export function exposeContents<O extends object>(owner: O, read: (this: O) => unknown): void {
  Object.defineProperty(owner, CONTENTS, { get: read, enumerable: true });
}
