import type { Storage } from './storage';
import { StorageEvent } from './storage-event';

/** What there is to install of a window. */
export interface GlobalWindow extends EventTarget {
  readonly localStorage: Storage;
  readonly sessionStorage: Storage;
  readonly Storage: typeof Storage;
  onstorage: ((event: StorageEvent) => unknown) | null;
}

/** What a window tells; of everything else, a browser's or jsdom's own window goes on to tell. */
const OURS = ['storage', 'pagehide'];

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
  /** Where there is no such function, as in Node, all is for the window. */
  const route = (name: 'addEventListener' | 'removeEventListener' | 'dispatchEvent', ours: (...args: never[]) => unknown) => {
    const theirs: unknown = Reflect.get(target, name);
    define(name, {
      writable: true,
      value: (first: string | Event, ...rest: unknown[]) => {
        const isOurs = typeof theirs !== 'function' || OURS.includes(typeof first === 'string' ? first : first.type);
        return Reflect.apply(isOurs ? ours : theirs, isOurs ? window : target, [first, ...rest]);
      },
    });
  };

  define('localStorage', { get: () => window.localStorage });
  define('sessionStorage', { get: () => window.sessionStorage });
  define('Storage', { value: window.Storage, writable: true });
  define('StorageEvent', { value: StorageEvent, writable: true });
  route('addEventListener', (...args: Parameters<EventTarget['addEventListener']>) => {
    window.addEventListener(...args);
    // Code of a test that is over must not hear what the next one does.
    undo.push(() => window.removeEventListener(...args));
  });
  route('removeEventListener', window.removeEventListener);
  route('dispatchEvent', window.dispatchEvent);
  define('onstorage', {
    get: () => window.onstorage,
    set: (handler) => {
      window.onstorage = handler;
    },
  });
  undo.push(() => {
    window.onstorage = null;
  });
  for (const name of ['window', 'self']) {
    if (Reflect.get(target, name) === undefined) define(name, { value: target, writable: true });
  }

  return () => {
    for (const step of undo.splice(0).reverse()) step();
  };
}
