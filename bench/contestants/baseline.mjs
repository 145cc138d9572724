// @ts-check
/**
 * What every ratio is a ratio to: what the documented `createSharedMemoryStorage` does without isolation. It keeps the
 * caller's reference, and writes JSON text on every save to learn a length, which is in UTF-16 units and not in bytes.
 *
 * @type {import('./contestant.mjs').Contestant}
 */
export const baseline = {
  name: 'baseline',
  group: 'baseline',
  version: 'written here',
  isolates: false,
  open() {
    /** @type {Map<string, { snapshot: any, metadata: object }>} */
    const store = new Map();
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          store.set(key, {
            snapshot,
            metadata: {
              savedAt: Date.now(),
              schemaVersion: 1,
              sizeBytes: JSON.stringify(snapshot).length,
              compressed: false,
            },
          });
        },
        async load() {
          return store.get(key)?.snapshot ?? null;
        },
        async clear() {
          store.delete(key);
        },
        async saveWithMetadata(/** @type {any} */ snapshot, /** @type {object} */ metadata) {
          store.set(key, { snapshot, metadata });
        },
        async loadWithMetadata() {
          return store.get(key) ?? null;
        },
      }),
      sizeOf: async (backend) => (await backend.loadWithMetadata()).metadata.sizeBytes,
    };
  },
};
