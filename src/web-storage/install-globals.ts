import { fail, wrapError } from '../errors';
import { type EventMethods, type InstalledWindow, Layer, PAGE_EVENTS, type StorageKind, TargetEvents } from './installed-window';

/** What is known of an object that windows are installed on. It is kept: code that has kept one of its functions is led to the window that is installed now. */
interface Target {
  readonly events: TargetEvents;
  /** Whose properties lead to the window. */
  readonly objects: readonly object[];
  /** The last one is the one that the properties lead to. */
  readonly layers: Layer[];
}

const targets = new WeakMap<object, Target>();

/** What each getter and function holds that was defined by this package, also to another copy of it. */
const REPLACED: unique symbol = Symbol.for('shared-memory-registry.replaced');

interface Replaced {
  /** The property that was there before. */
  readonly before: PropertyDescriptor | undefined;
  readonly layers: readonly unknown[];
}

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
      ? { events: new TargetEvents(global, eventMethodsOf(global)), objects: [global], layers: [] }
      : { ...targetOf(place), objects: [place, global] };
  targets.set(global, target);
  return target;
}

/** The object's own, if it has any: not those that a copy of this package has put in their place. */
function eventMethodsOf(object: object): EventMethods | undefined {
  const methods = EVENT_METHODS.map((name) => {
    let descriptor = Object.getOwnPropertyDescriptor(object, name);
    for (let ours = replacedBy(descriptor); ours !== undefined; ours = replacedBy(descriptor)) descriptor = ours.before;
    return [name, descriptor === undefined ? Reflect.get(Object.getPrototypeOf(object) ?? {}, name) : descriptor.value];
  });
  return methods.every(([, method]) => typeof method === 'function') ? Object.fromEntries(methods) : undefined;
}

function defineGlobals(object: object, { events, layers }: Target): void {
  const top = () => layers.at(-1);
  for (const name of ['localStorage', 'sessionStorage'] as const satisfies readonly StorageKind[]) {
    // Not enumerable: Jest reads what is, at the end of a file, and a window may be closed or blocked then.
    defineAccessor(object, name, layers, { enumerable: false, get: () => top()?.[name] });
  }
  defineAccessor(object, 'Storage', layers, { get: () => top()?.window.Storage });
  defineAccessor(object, 'StorageEvent', layers, { get: () => top()?.StorageEvent });
  defineAccessor(object, 'onstorage', layers, {
    get: () => top()?.onstorage,
    set: (handler) => {
      (top() as Layer).onstorage = handler as Layer['onstorage'];
    },
  });
  const isBare = Reflect.get(object, 'window') === undefined;
  for (const name of isBare ? ['window', 'self'] : [])
    defineAccessor(object, name, layers, { get: () => (top() ? object : undefined) });

  for (const name of EVENT_METHODS) {
    define(object, name, layers, (before) => ({
      enumerable: true,
      writable: true,
      value(...args: [type: string | Event, ...rest: never[]]) {
        const type = typeof args[0] === 'object' ? args[0]?.type : `${args[0]}`;
        // An object without events gets all of them from the window.
        const layer = events.native === undefined || PAGE_EVENTS.includes(type) ? top() : undefined;
        if (layer !== undefined) return Reflect.apply(layer[name], layer, args);
        const own = before()?.value ?? Reflect.get(Object.getPrototypeOf(object) ?? {}, name);
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
function defineAccessor(
  object: object,
  name: string,
  layers: readonly unknown[],
  { enumerable = true, get, set }: Accessor,
): void {
  define(object, name, layers, (before) => ({
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
  layers: readonly unknown[],
  create: (before: () => PropertyDescriptor | undefined) => PropertyDescriptor,
): void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  if (replacedBy(before)?.layers === layers) return;
  const descriptor = create(() => before);
  const replaced: Replaced = { before, layers };
  Object.defineProperty(descriptor.get ?? descriptor.value, REPLACED, { value: replaced });
  Object.defineProperty(object, name, { ...descriptor, configurable: true });
}

function replacedBy(descriptor: PropertyDescriptor | undefined): Replaced | undefined {
  const key: unknown = descriptor?.get ?? descriptor?.value;
  return typeof key === 'function' ? (key as { readonly [REPLACED]?: Replaced })[REPLACED] : undefined;
}

/**
 * Puts back what was there before, and before that, down to what a window is still installed by. What other code has put in the place of a property
 * stays: a stub of a test, another copy of this package.
 */
function putGlobalsBack({ objects }: Target): void {
  for (const object of objects) {
    for (const name of NAMES) {
      const found = Object.getOwnPropertyDescriptor(object, name);
      const descriptor = beneath(found);
      if (descriptor === found) continue;
      if (descriptor === undefined) Reflect.deleteProperty(object, name);
      else Object.defineProperty(object, name, descriptor);
    }
  }
}

function beneath(descriptor: PropertyDescriptor | undefined): PropertyDescriptor | undefined {
  const replaced = replacedBy(descriptor);
  return replaced === undefined || replaced.layers.length > 0 ? descriptor : beneath(replaced.before);
}

const EVENT_METHODS = ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const;

const NAMES = [...['localStorage', 'sessionStorage', 'Storage', 'StorageEvent', 'onstorage', 'window', 'self'], ...EVENT_METHODS];
