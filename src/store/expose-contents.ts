/** Two copies of this package have one such symbol. */
const CONTENTS = Symbol.for('shared-memory-registry.contents');

/**
 * Lets assertion libraries compare objects whose fields are private. Jest, Vitest and `node:assert/strict` compare
 * enumerable properties with symbols, which `for…in`, `JSON.stringify` and completions leave out.
 */
export function exposeContents(owner: object, read: () => unknown): void {
  Object.defineProperty(owner, CONTENTS, { get: read, enumerable: true });
}
