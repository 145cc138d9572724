// @ts-check
/** Published packages that keep values in memory by key, each as its own documentation has it used. */
import 'fake-indexeddb/auto';
// @ts-expect-error it has no types
import memoryDriver from 'localforage-memoryStorageDriver';
import { readFileSync } from 'node:fs';
import { Window } from 'happy-dom';
import * as idbKeyval from 'idb-keyval';
import Keyv from 'keyv';
import localforage from 'localforage';
import { LRUCache } from 'lru-cache';
import { MemoryLevel } from 'memory-level';
import NodeCache from 'node-cache';
import { createStorage } from 'unstorage';
import unstorageMemory from 'unstorage/drivers/memory';

await localforage.defineDriver(memoryDriver);

/**
 * @param {string} name
 * @param {string[]} packages
 * @param {boolean} isolates
 * @param {import('./contestant.mjs').Contestant['open']} open
 * @returns {import('./contestant.mjs').Contestant}
 */
function peer(name, packages, isolates, open) {
  return { name, group: 'peer', version: packages.map(versionOf).join(' + '), isolates, open };
}

export const peers = [
  peer('happy-dom Storage + JSON', ['happy-dom'], true, () => {
    const storage = new Window({ url: 'http://localhost/' }).localStorage;
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          storage.setItem(key, JSON.stringify(snapshot));
        },
        async load() {
          return JSON.parse(/** @type {string} */ (storage.getItem(key)));
        },
      }),
    };
  }),

  peer('localforage, memory', ['localforage', 'localforage-memoryStorageDriver'], true, async () => {
    const storage = localforage.createInstance({ driver: memoryDriver._driver, name: 'bench' });
    await storage.ready();
    return {
      getBackend: (key) => ({
        save: (snapshot) => storage.setItem(key, snapshot),
        load: () => storage.getItem(key),
      }),
    };
  }),

  peer('memory-level, JSON', ['memory-level'], true, async () => {
    /** @type {MemoryLevel<string, any>} */
    const level = new MemoryLevel({ valueEncoding: 'json' });
    await level.open();
    return {
      getBackend: (key) => ({
        save: (snapshot) => level.put(key, snapshot),
        load: () => level.get(key),
      }),
    };
  }),

  peer('unstorage, memory', ['unstorage'], true, () => {
    const storage = createStorage({ driver: unstorageMemory() });
    return {
      getBackend: (key) => ({
        save: (snapshot) => storage.setItem(key, /** @type {any} */ (snapshot)),
        load: () => /** @type {Promise<any>} */ (storage.getItem(key)),
      }),
    };
  }),

  peer('keyv', ['keyv'], true, () => {
    const keyv = new Keyv();
    return {
      getBackend: (key) => ({
        save: (snapshot) => keyv.set(key, snapshot),
        load: () => keyv.get(key),
      }),
    };
  }),

  peer('node-cache', ['node-cache'], true, () => {
    const cache = new NodeCache({ checkperiod: 0 });
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          cache.set(key, snapshot);
        },
        async load() {
          return cache.get(key);
        },
      }),
    };
  }),

  peer('idb-keyval, fake-indexeddb', ['idb-keyval', 'fake-indexeddb'], true, () => ({
    getBackend: (key) => ({
      save: (snapshot) => idbKeyval.set(key, snapshot),
      load: () => idbKeyval.get(key),
    }),
  })),

  peer('lru-cache', ['lru-cache'], false, () => {
    /** @type {LRUCache<string, any>} */
    const cache = new LRUCache({ max: 1_000_000 });
    return {
      getBackend: (key) => ({
        async save(snapshot) {
          cache.set(key, snapshot);
        },
        async load() {
          return cache.get(key);
        },
      }),
    };
  }),
];

/** What is installed, which the lock file has pinned. @param {string} name */
function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
