import { frozen, json, SharedMemoryRegistry, structured } from 'shared-memory-registry';

/** Hardened programs freeze the built-in prototypes: then `copy.toString = …` throws, and only defining makes the member. */
describe.each([
  ['structured', structured],
  ['json', json],
  ['frozen', frozen],
])('where Object.prototype is frozen, the codec %s', (_name, codec) => {
  const TEXT = '{"toString":1,"constructor":{"valueOf":[{"hasOwnProperty":"mine"}]},"__proto__":2,"plain":true}';

  /** What a round trip through every way out gives, as JSON text; everything is over when the prototype is still frozen. */
  async function roundTrip(): Promise<string[]> {
    const registry = new SharedMemoryRegistry<unknown>({ codec, initial: { first: { revision: '1', data: JSON.parse(TEXT) } } });
    const backend = registry.getBackend('key');
    await backend.save({ revision: '1', data: JSON.parse(TEXT) });
    const updated = await backend.update((current) => ({ revision: '2', data: current?.data }));
    const loaded = [await backend.load(), updated, (await backend.loadWithMetadata())?.snapshot];
    return [...loaded, registry.peek('key')?.snapshot, registry.peek('first')?.snapshot].map((snapshot) =>
      JSON.stringify(snapshot?.data),
    );
  }

  // One for each file of Jest: nothing else runs in this realm.
  beforeAll(() => {
    Object.freeze(Object.prototype);
  });

  it('loads where Error.prototype is frozen as well, and its errors have their names', () => {
    Object.freeze(Error.prototype);
    jest.isolateModules(() => {
      const core: typeof import('shared-memory-registry') = require('shared-memory-registry');
      expect([new core.QuotaExceededError(1, 2), new core.RevisionConflictError('1', null)].map(({ name }) => name)).toEqual([
        'QuotaExceededError',
        'RevisionConflictError',
      ]);
      require('shared-memory-registry/simulation');
      require('shared-memory-registry/testing');
    });
  });

  it('keeps keys that the prototype has', async () => {
    const results = await roundTrip();
    expect(results).toHaveLength(5);
    expect(new Set(results)).toEqual(new Set([TEXT]));
  });
});
