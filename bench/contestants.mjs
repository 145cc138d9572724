/**
 * Who takes part. Each opens an empty medium, whose `getBackend(key)` gives `save(snapshot)` and `load()`, both awaited:
 * everyone is called through the same loops.
 */
import { readFileSync } from 'node:fs';
import 'fake-indexeddb/auto';
import memoryDriver from 'localforage-memoryStorageDriver';
import { Window } from 'happy-dom';
import * as idbKeyval from 'idb-keyval';
import Keyv from 'keyv';
import localforage from 'localforage';
import { MemoryLevel } from 'memory-level';
import { createStorage } from 'unstorage';
import unstorageMemory from 'unstorage/drivers/memory';
import { library } from './library.mjs';

/** The ratios are ratios to this: what isolation can't cost less than. */
export const YARDSTICK = 'Map, recursive clone';

const { SharedMemoryRegistry, structured, strict, frozen, json, reference } = library;

const codecs = Object.entries({ structured, strict, frozen, json, reference }).filter(([, codec]) => codec !== undefined);

const registries = codecs.map(([name, codec]) => ({
  name: `registry ${name}`,
  open() {
    const registry = new SharedMemoryRegistry({ codec });
    return { getBackend: (key) => registry.getBackend(key, { client: 'bench' }) };
  },
}));

/** Copies plain data: no Date, no cycle, no `__proto__`, which is what it is fast by. */
function clone(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const copy = new Array(value.length);
    for (let index = 0; index < value.length; index += 1) copy[index] = clone(value[index]);
    return copy;
  }
  const copy = {};
  for (const key in value) copy[key] = clone(value[key]);
  return copy;
}

/** A `Map` behind asynchronous methods. */
function inMap(name, write, read) {
  return {
    name,
    open() {
      const map = new Map();
      return {
        getBackend: (key) => ({
          async save(snapshot) {
            map.set(key, write(snapshot));
          },
          async load() {
            return read(map.get(key));
          },
        }),
      };
    },
  };
}

const copies = [
  inMap(YARDSTICK, clone, clone),
  inMap('Map, JSON text', JSON.stringify, JSON.parse),
  inMap('Map, structuredClone', structuredClone, structuredClone),
  inMap(
    'Map, no copy',
    (snapshot) => snapshot,
    (snapshot) => snapshot,
  ),
];

/** A published package, used as its own documentation has it. */
function peer(name, packages, open) {
  return { name: `${name} ${packages.map(versionOf).join(' + ')}`, isPeer: true, open };
}

/** What is installed, which the lock file has pinned. */
function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}

await localforage.defineDriver(memoryDriver);

const peers = [
  peer('happy-dom Storage + JSON,', ['happy-dom'], () => {
    const storage = new Window({ url: 'http://localhost/' }).localStorage;
    return {
      getBackend: (key) => ({
        save: async (snapshot) => storage.setItem(key, JSON.stringify(snapshot)),
        load: async () => JSON.parse(storage.getItem(key)),
      }),
    };
  }),
  peer('localforage, memory,', ['localforage', 'localforage-memoryStorageDriver'], async () => {
    const storage = localforage.createInstance({ driver: memoryDriver._driver, name: 'bench' });
    await storage.ready();
    return { getBackend: (key) => ({ save: (snapshot) => storage.setItem(key, snapshot), load: () => storage.getItem(key) }) };
  }),
  peer('memory-level, JSON,', ['memory-level'], async () => {
    const level = new MemoryLevel({ valueEncoding: 'json' });
    await level.open();
    return { getBackend: (key) => ({ save: (snapshot) => level.put(key, snapshot), load: () => level.get(key) }) };
  }),
  peer('unstorage, memory,', ['unstorage'], () => {
    const storage = createStorage({ driver: unstorageMemory() });
    return { getBackend: (key) => ({ save: (snapshot) => storage.setItem(key, snapshot), load: () => storage.getItem(key) }) };
  }),
  peer('keyv', ['keyv'], () => {
    const keyv = new Keyv();
    return { getBackend: (key) => ({ save: (snapshot) => keyv.set(key, snapshot), load: () => keyv.get(key) }) };
  }),
  peer('idb-keyval, fake-indexeddb,', ['idb-keyval', 'fake-indexeddb'], () => ({
    getBackend: (key) => ({ save: (snapshot) => idbKeyval.set(key, snapshot), load: () => idbKeyval.get(key) }),
  })),
];

export const contestants = [...registries, ...copies, ...peers];
