// @ts-check
/** The built library with each of its codecs. Knows nothing of Node, so that it can be measured in a browser as well. */

/** @typedef {typeof import('../../dist/index.js')} Library */

/**
 * @param {Library} library
 * @param {string} version
 * @returns {import('./contestant.mjs').Contestant[]}
 */
export function registryContestants(library, version) {
  const { SharedMemoryRegistry, structured, frozen, json, reference } = library;
  return Object.entries({ structured, frozen, json, reference }).map(([codecName, codec]) => ({
    name: `registry ${codecName}`,
    group: 'registry',
    version,
    isolates: codec !== reference,
    open() {
      const registry = new SharedMemoryRegistry({ codec });
      return {
        getBackend: (key) => registry.getBackend(key, { client: 'bench' }),
        sizeOf: async (backend) => (await backend.stat()).sizeBytes,
      };
    },
  }));
}
