import { fail, wrapError } from '../errors';
import { type InstalledWindow, Layer, PAGE_EVENTS, type StorageKind, TargetEvents } from './installed-window';

/** What is known of an object that windows are installed on. It is kept: whoever has kept one of its functions is led to the window that is installed now. */
interface Target {
  readonly events: TargetEvents;
  /** Whose properties lead to the window. */
  readonly objects: readonly object[];
  /** The last one is the one that the properties lead to. */
  readonly layers: Layer[];
}

const targets = new WeakMap<object, Target>();

/** By each getter and function that was defined here, the property that was there before. */
const replaced = new WeakMap<object, { readonly before: PropertyDescriptor | undefined }>();

/** Lets code that uses globals use a window. @returns what puts everything back */
export function installGlobals(window: InstalledWindow, global: object): () => void {
  if (Object(global) !== global) fail('ERR_INVALID_OPTION', 'an object to install globals on', global);
  const target = targetOf(global);
  const layer = new Layer(window, target.events);
  try {
    for (const object of target.objects) defineGlobals(object, target);
  } catch (cause) {
    if (target.layers.length === 0) putGlobalsBack(target);
    throw wrapError('ERR_INVALID_OPTION', 'an object to install globals on', cause);
  }
  target.layers.push(layer);
  const stop = window.addInstalled(layer);
  return () => {
    const place = target.layers.indexOf(layer);
    if (place === -1) return;
    target.layers.splice(place, 1);
    stop();
    layer.leavePage();
    if (target.layers.length === 0) putGlobalsBack(target);
  };
}

/** Of a global object with a `window` beside it, as global-jsdom makes one, the `window` is what events come to. */
function targetOf(global: object): Target {
  const known = targets.get(global);
  if (known !== undefined) return known;
  const { window } = global as { readonly window?: unknown };
  const place = typeof window === 'object' && window !== null ? window : global;
  const target: Target =
    place === global
      ? { events: new TargetEvents(global), objects: [global], layers: [] }
      : { ...targetOf(place), objects: [place, global] };
  targets.set(global, target);
  return target;
}

function defineGlobals(object: object, { events, layers }: Target): void {
  const top = () => layers.at(-1);
  for (const name of ['localStorage', 'sessionStorage'] as const satisfies readonly StorageKind[]) {
    // Not enumerable: Jest reads what is, at the end of a file, and a window may be closed or blocked then.
    defineAccessor(object, name, { enumerable: false, get: () => top()?.[name] });
  }
  defineAccessor(object, 'Storage', { get: () => top()?.window.Storage });
  defineAccessor(object, 'StorageEvent', { get: () => top()?.StorageEvent });
  defineAccessor(object, 'onstorage', {
    get: () => top()?.onstorage,
    set: (handler) => {
      (top() as Layer).onstorage = handler as Layer['onstorage'];
    },
  });
  const isBare = Reflect.get(object, 'window') === undefined;
  for (const name of isBare ? ['window', 'self'] : []) defineAccessor(object, name, { get: () => (top() ? object : undefined) });

  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const) {
    define(object, name, (before) => ({
      enumerable: true,
      writable: true,
      value(...args: [type: string | Event, ...rest: never[]]) {
        const type = typeof args[0] === 'object' ? args[0]?.type : `${args[0]}`;
        // An object without events gets all of them from the window.
        const layer = events.native === undefined || PAGE_EVENTS.includes(type) ? top() : undefined;
        if (layer !== undefined) return Reflect.apply(layer[name], layer, args);
        // The object's own method; of what was there before, where another copy of this package has defined it.
        const own = before()?.value ?? events.native?.[name];
        return typeof own === 'function' ? Reflect.apply(own, object, args) : name === 'dispatchEvent' || undefined;
      },
    }));
  }
}

interface Accessor {
  readonly enumerable?: boolean;
  /** `undefined` where no window is installed. */
  get(): unknown;
  set?(value: unknown): void;
}

/** A property that leads to the window, or to what was there before, where none is installed. */
function defineAccessor(object: object, name: string, { enumerable = true, get, set }: Accessor): void {
  define(object, name, (before) => ({
    enumerable,
    get() {
      const value = get();
      if (value !== undefined) return value;
      const descriptor = before();
      if (descriptor === undefined) return Reflect.get(Object.getPrototypeOf(object) ?? {}, name, object);
      return descriptor.get === undefined ? descriptor.value : Reflect.apply(descriptor.get, object, []);
    },
    set(value) {
      if (get() === undefined)
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      else if (set !== undefined) set(value);
      else throw new TypeError(`${name} of a window can't be replaced: it has only a getter`);
    },
  }));
}

/** @param create is given what reads the property that was there before */
function define(
  object: object,
  name: string,
  create: (before: () => PropertyDescriptor | undefined) => PropertyDescriptor,
): void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  if (replacedBy(before) !== undefined) return;
  const descriptor = create(() => before);
  replaced.set((descriptor.get ?? descriptor.value) as object, { before });
  Object.defineProperty(object, name, { ...descriptor, configurable: true });
}

function replacedBy(descriptor: PropertyDescriptor | undefined): { readonly before: PropertyDescriptor | undefined } | undefined {
  const key: unknown = descriptor?.get ?? descriptor?.value;
  return typeof key === 'function' ? replaced.get(key) : undefined;
}

/** Leaves what somebody else has put in the place of a property: a stub of a test, another copy of this package. */
function putGlobalsBack({ objects }: Target): void {
  for (const object of objects) {
    for (const name of NAMES) {
      const found = Object.getOwnPropertyDescriptor(object, name);
      let descriptor = found;
      for (let ours = replacedBy(descriptor); ours !== undefined; ours = replacedBy(descriptor)) descriptor = ours.before;
      if (descriptor === found) continue;
      if (descriptor === undefined) Reflect.deleteProperty(object, name);
      else Object.defineProperty(object, name, descriptor);
    }
  }
}

const NAMES = [
  ...['localStorage', 'sessionStorage', 'Storage', 'StorageEvent', 'onstorage', 'window', 'self'],
  ...['addEventListener', 'removeEventListener', 'dispatchEvent'],
];
