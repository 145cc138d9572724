// @ts-check
/**
 * What one would write by hand: a `Map` behind async methods, and the ways to copy what goes into it. Each is written
 * out, so that none pays for sharing its code with another.
 */

/** @type {import('./contestant.mjs').Contestant} */
export const bareMap = {
  name: 'bare async Map',
  group: 'copy',
  version: 'written here',
  isolates: false,
  open() {
    /** @type {Map<string, any>} */
    const map = new Map();
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          map.set(key, snapshot);
        },
        async load() {
          return map.get(key);
        },
      }),
    };
  },
};

/** @type {import('./contestant.mjs').Contestant} */
export const clonedInMap = {
  name: 'Map, recursive clone',
  group: 'copy',
  version: 'written here',
  isolates: true,
  open() {
    /** @type {Map<string, any>} */
    const map = new Map();
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          map.set(key, clone(snapshot));
        },
        async load() {
          return clone(map.get(key));
        },
      }),
    };
  },
};

/** @type {import('./contestant.mjs').Contestant} */
export const jsonInMap = {
  name: 'Map, JSON text',
  group: 'copy',
  version: 'written here',
  isolates: true,
  open() {
    /** @type {Map<string, string>} */
    const map = new Map();
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          map.set(key, JSON.stringify(snapshot));
        },
        async load() {
          return JSON.parse(/** @type {string} */ (map.get(key)));
        },
      }),
    };
  },
};

/** @type {import('./contestant.mjs').Contestant} */
export const structuredCloneInMap = {
  name: 'Map, structuredClone',
  group: 'copy',
  version: 'written here',
  isolates: true,
  open() {
    /** @type {Map<string, any>} */
    const map = new Map();
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          map.set(key, structuredClone(snapshot));
        },
        async load() {
          return structuredClone(map.get(key));
        },
      }),
    };
  },
};

/**
 * The least that copies plain data. It knows neither cycles, dates, maps nor `__proto__`, which is what it is fast by.
 * @param {any} value
 * @returns {any}
 */
function clone(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const copy = new Array(value.length);
    for (let index = 0; index < value.length; index += 1) copy[index] = clone(value[index]);
    return copy;
  }
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const key in value) copy[key] = clone(value[key]);
  return copy;
}
