import type { StorageMap } from './storage-map';
import { exposeInterface, requireArguments, showInConsole } from './web-idl';

/**
 * The `Storage` interface (HTML Standard, "The Storage interface"): what is stored is an own property as well, as Web IDL
 * says of legacy platform objects with named properties.
 *
 * One thing differs, because JavaScript gives it to no Proxy: `Object.defineProperty` with `configurable: false` throws
 * a TypeError for a stored key, and nothing is stored.
 */
export class Storage {
  /** A stored value; `any`, as in TypeScript's own declaration of it: whatever is assigned is stored as text. */
  // biome-ignore lint/suspicious/noExplicitAny: as in lib.dom.d.ts
  [name: string]: any;

  /** Not for callers: a window has its own. @throws {TypeError} always */
  constructor() {
    throw new TypeError('Illegal constructor');
  }

  get length(): number {
    return mapOf(this).size;
  }

  /** Name of the nth key, or `null`. */
  key(index: number): string | null {
    const map = mapOf(this);
    requireArguments('Storage.key', arguments, 1, map.realm.TypeError);
    const place = index >>> 0; // before the keys are read: its conversion may be a caller's code
    return map.keys()[place] ?? null;
  }

  /** The value, or `null`. */
  getItem(key: string): string | null {
    const map = mapOf(this);
    requireArguments('Storage.getItem', arguments, 1, map.realm.TypeError);
    return map.get(`${key}`);
  }

  /** @throws {DOMException} `QuotaExceededError`; nothing has changed then */
  setItem(key: string, value: string): void {
    const map = mapOf(this);
    requireArguments('Storage.setItem', arguments, 2, map.realm.TypeError);
    map.set(`${key}`, `${value}`);
  }

  removeItem(key: string): void {
    const map = mapOf(this);
    requireArguments('Storage.removeItem', arguments, 1, map.realm.TypeError);
    map.delete(`${key}`);
  }

  clear(): void {
    mapOf(this).clear();
  }
}

exposeInterface('Storage', Storage.prototype, ['length', 'key', 'getItem', 'setItem', 'removeItem', 'clear']);
showInConsole('Storage', Storage.prototype, (storage) => ({ ...storage }));

/** What each object shows. No private field: a Proxy has none of its target's. */
const maps = new WeakMap<object, StorageMap>();

/** A `Storage` object that shows a map. */
export function createStorage(map: StorageMap): Storage {
  const storage: Storage = new Proxy(Object.create(Storage.prototype), new NamedProperties(map));
  maps.set(storage, map);
  return storage;
}

export function isStorage(value: unknown): value is Storage {
  return maps.has(Object(value));
}

function mapOf(storage: unknown): StorageMap {
  const map = maps.get(Object(storage));
  if (map === undefined) throw new TypeError('Illegal invocation');
  return map;
}

/** The internal methods of a legacy platform object (Web IDL, "Legacy platform objects"). Symbols are ordinary properties. */
class NamedProperties implements ProxyHandler<Storage> {
  readonly #map: StorageMap;

  constructor(map: StorageMap) {
    this.#map = map;
  }

  get(target: Storage, name: string | symbol, receiver: unknown): unknown {
    return this.#isVisible(target, name) ? this.#map.get(name) : Reflect.get(target, name, receiver);
  }

  has(target: Storage, name: string | symbol): boolean {
    return this.#isVisible(target, name) || Reflect.has(target, name);
  }

  set(target: Storage, name: string | symbol, value: unknown, receiver: unknown): boolean {
    // An object that inherits from a storage gets a property of its own.
    if (typeof name === 'symbol' || maps.get(Object(receiver)) !== this.#map) return Reflect.set(target, name, value, receiver);
    warnOfMethod(name, value);
    this.#map.set(name, `${value}`);
    return true;
  }

  deleteProperty(target: Storage, name: string | symbol): boolean {
    if (!this.#isVisible(target, name)) return Reflect.deleteProperty(target, name);
    this.#map.delete(name);
    return true;
  }

  defineProperty(target: Storage, name: string | symbol, descriptor: PropertyDescriptor): boolean {
    if (typeof name === 'symbol') return Reflect.defineProperty(target, name, descriptor);
    if (!('value' in descriptor || 'writable' in descriptor)) return false;
    // Not false for what a Proxy may not define: that would be ignored where false is.
    if (descriptor.configurable === false)
      throw new this.#map.realm.TypeError(`A stored key can not be made permanent: '${name}'`);
    warnOfMethod(name, descriptor.value);
    this.#map.set(name, `${descriptor.value}`);
    return true;
  }

  getOwnPropertyDescriptor(target: Storage, name: string | symbol): PropertyDescriptor | undefined {
    if (!this.#isVisible(target, name)) return Reflect.getOwnPropertyDescriptor(target, name);
    return { value: this.#map.get(name), writable: true, enumerable: true, configurable: true };
  }

  ownKeys(target: Storage): (string | symbol)[] {
    return [...this.#map.keys().filter((key) => this.#isVisible(target, key)), ...Reflect.ownKeys(target)];
  }

  preventExtensions(): boolean {
    return false;
  }

  /** What a property of the object or of its prototypes hides is no named property (Web IDL, "named property visibility"). */
  #isVisible(target: Storage, name: string | symbol): name is string {
    return typeof name === 'string' && this.#map.has(name) && !Reflect.has(target, name);
  }
}

/** A spy of a test, most likely. */
function warnOfMethod(name: string, value: unknown): void {
  if (typeof value !== 'function' || !(name in Storage.prototype)) return;
  const { console } = globalThis as { console?: { warn(message: string): void } };
  console?.warn(
    `localStorage.${name} = … stores the text of the function under the key "${name}", as browsers do. Spy on Storage.prototype instead.`,
  );
}
