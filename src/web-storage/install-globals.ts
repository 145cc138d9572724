import { fail, wrapError } from '../errors';
import type { Storage } from './storage';
import type { StorageEvent, StorageEventHandler } from './storage-event';

/** What there is to install of a window. */
interface GlobalWindow extends EventTarget {
  readonly localStorage: Storage;
  readonly sessionStorage: Storage;
  readonly Storage: typeof Storage;
  readonly StorageEvent: typeof StorageEvent;
  onstorage: StorageEventHandler;
}

/** A window that is installed, and the listeners that were added to it as a global. */
interface Layer {
  readonly window: GlobalWindow;
  readonly listeners: unknown[][];
  handler: StorageEventHandler;
}

interface Installation {
  /** The last one is the one that globals lead to. */
  readonly layers: Layer[];
  readonly undo: (() => void)[];
}

/** By the object whose properties they are. */
const installations = new WeakMap<object, Installation>();

/** Events of the installed window. All others stay with the target's own methods. */
const WINDOW_EVENTS = ['storage', 'pagehide'];

/** Lets code that uses globals use a window. @returns what puts everything back */
export function installGlobals(window: GlobalWindow, target: object): () => void {
  if (Object(target) !== target) fail('ERR_INVALID_OPTION', 'an object to install globals on', target);
  const installation = installations.get(target) ?? defineGlobals(target);
  const layer: Layer = { window, listeners: [], handler: null };
  installation.layers.push(layer);
  return () => {
    const place = installation.layers.indexOf(layer);
    if (place === -1) return;
    installation.layers.splice(place, 1);
    for (const args of layer.listeners) Reflect.apply(window.removeEventListener, window, args);
    if (layer.handler === window.onstorage) window.onstorage = null;
    if (installation.layers.length === 0 && installations.delete(target)) undoAll(installation);
  };
}

function defineGlobals(target: object): Installation {
  const installation: Installation = { layers: [], undo: [] };
  const top = () => installation.layers.at(-1) as Layer;
  const define = (name: string, descriptor: PropertyDescriptor) => {
    const before = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { ...descriptor, enumerable: true, configurable: true });
    installation.undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, before);
    });
  };

  try {
    for (const name of ['localStorage', 'sessionStorage', 'Storage', 'StorageEvent'] as const) {
      define(name, { get: () => top().window[name] });
    }
    define('onstorage', {
      get: () => top().window.onstorage,
      set(handler: StorageEventHandler) {
        top().window.onstorage = handler;
        top().handler = top().window.onstorage;
      },
    });
    for (const name of ['window', 'self']) {
      if (Reflect.get(target, name) === undefined) define(name, { value: target, writable: true });
    }
    for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const) {
      // Node's global has none of these methods: there the window gets every event.
      const ofTarget: unknown = Reflect.get(target, name);
      const call = (...args: [string | Event, ...never[]]) => {
        const type = typeof args[0] === 'object' ? args[0]?.type : `${args[0]}`;
        if (typeof ofTarget === 'function' && !WINDOW_EVENTS.includes(type)) return Reflect.apply(ofTarget, target, args);
        const { window, listeners } = top();
        // Code of a test that is over must not hear what the next one does.
        if (name === 'addEventListener') listeners.push(args);
        return Reflect.apply(window[name], window, args);
      };
      define(name, { writable: true, value: call });
    }
  } catch (cause) {
    undoAll(installation);
    throw wrapError('ERR_INVALID_OPTION', 'an object to install globals on', cause);
  }
  installations.set(target, installation);
  return installation;
}

function undoAll({ undo }: Installation): void {
  for (const step of undo) step();
}
