import type { Storage } from './storage';
import { StorageEvent } from './storage-event';

/** What there is to install of a window. */
export interface GlobalWindow extends EventTarget {
  readonly localStorage: Storage;
  readonly sessionStorage: Storage;
  readonly Storage: typeof Storage;
  onstorage: ((event: StorageEvent) => unknown) | null;
}

/** Lets code that uses globals use a window. @returns what puts everything back */
export function installGlobals(window: GlobalWindow, target: object): () => void {
  const undo: (() => void)[] = [];
  const define = (name: string, descriptor: PropertyDescriptor) => {
    const before = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { ...descriptor, enumerable: true, configurable: true });
    undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, before);
    });
  };
  define('localStorage', { get: () => window.localStorage });
  define('sessionStorage', { get: () => window.sessionStorage });
  define('Storage', { value: window.Storage, writable: true });
  define('StorageEvent', { value: StorageEvent, writable: true });
  if (isEventTarget(target)) {
    const forward = (event: Event) => {
      // An event that is being dispatched can't be dispatched once more.
      target.dispatchEvent(new StorageEvent('storage', event));
    };
    window.addEventListener('storage', forward);
    undo.push(() => window.removeEventListener('storage', forward));
  } else {
    for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const) {
      define(name, { value: window[name].bind(window), writable: true });
    }
    define('onstorage', {
      get: () => window.onstorage,
      set: (handler) => {
        window.onstorage = handler;
      },
    });
    define('window', { value: target, writable: true });
  }
  return () => {
    for (const step of undo.splice(0).reverse()) step();
  };
}

function isEventTarget(target: object): target is EventTarget {
  return typeof Reflect.get(target, 'dispatchEvent') === 'function';
}
