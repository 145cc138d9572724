import { fail, withContext } from '../errors';
import type { MemoryStore } from '../store/memory-store';
import { reportUncaught } from '../store/report-uncaught';
import { installGlobals } from './install-globals';
import { createStorage, Storage } from './storage';
import { StorageEvent, type StorageEventHandler, type StorageEventInit } from './storage-event';
import { StorageMap } from './storage-map';
import { showInConsole } from './web-idl';

/** What a window is given by its area. */
export interface StorageWindowContext {
  readonly client: string;
  readonly url: URL;
  readonly localMedium: MemoryStore<string>;
  readonly sessionMedium: MemoryStore<string>;
  /** Whether storage is switched off. */
  readonly isBlocked: () => boolean;
  readonly onClose: (window: StorageWindow) => void;
  /** Opens a window that shares the `sessionStorage`. */
  readonly openFrame: (options: FrameOptions) => StorageWindow;
}

/** What a page is opened with, in a window or in a frame of one. */
export interface FrameOptions {
  /** Address of the page, of the area's origin; it may be relative to that. Default: `/`. */
  readonly url?: string | undefined;
  /** Name in changes that backends of the registry hear of. Default: numbered, `window-1`, `window-2`, … */
  readonly client?: string | undefined;
}

/** The two kinds of storage that a window has. */
export type StorageKind = 'localStorage' | 'sessionStorage';

/** What goes when a window is reloaded or closed. */
interface Page {
  readonly localStorage: Storage;
  readonly sessionStorage: Storage;
  /** By the listener that was added, what is called in its place: nothing once the page is gone. */
  readonly listeners: WeakMap<AnyListener, (event: Event) => void>;
  /** What is to be removed in the end: arguments of `removeEventListener`. */
  added: [type: string, listener: (event: Event) => void, options: { readonly capture?: boolean | undefined }][];
}

type StorageListener = ((event: StorageEvent) => void) | { handleEvent(event: StorageEvent): void };
type AnyListener = ((event: Event) => void) | { handleEvent(event: Event): void };
type ListenerOptions = Parameters<EventTarget['addEventListener']>[2];

/**
 * A window on a `WebStorageArea`, as far as storage goes: `localStorage`, `sessionStorage`, `storage` events, `location`.
 * Get one from `area.openWindow()`.
 */
export class StorageWindow extends EventTarget {
  /** Name in changes that backends of the registry hear of: given, or `window-1`, `window-2`, … */
  readonly client: string;
  readonly Storage = Storage;
  readonly StorageEvent = StorageEvent;
  readonly #context: StorageWindowContext;
  readonly #frames = new Set<StorageWindow>();
  /** Absent once closed. */
  #page: Page | undefined;
  #isLeaving = false;
  #onstorage: StorageEventHandler = null;

  /** @internal An area makes them. */
  constructor(context: StorageWindowContext) {
    super();
    this.#context = context;
    this.client = context.client;
    this.#page = this.#open();
  }

  /** Shared with every window of the area. @throws {DOMException} `SecurityError` where storage is blocked, or once closed */
  get localStorage(): Storage {
    return this.#checkAccess(this.#page).localStorage;
  }

  /** Shared with the frames of this window; `reload()` keeps it. @throws {DOMException} `SecurityError` where storage is blocked, or once closed */
  get sessionStorage(): Storage {
    return this.#checkAccess(this.#page).sessionStorage;
  }

  /** A copy: a window stays where it was opened. */
  get location(): URL {
    return new URL(this.#context.url);
  }

  get closed(): boolean {
    return this.#page === undefined;
  }

  /** Hears what other windows change, as a listener added by `addEventListener` does. */
  get onstorage(): StorageEventHandler {
    return this.#onstorage;
  }

  set onstorage(handler: StorageEventHandler) {
    if (this.#page === undefined) return;
    // An object that can't be called is kept, and anything else is none (HTML Standard, "Event handlers").
    const kept = Object(handler) === handler ? handler : null;
    // A handler that replaces another takes its place in the order.
    if (kept === null) this.removeEventListener('storage', this.#callHandler);
    else if (this.#onstorage === null) this.addEventListener('storage', this.#callHandler);
    this.#onstorage = kept;
  }

  override addEventListener(type: 'storage', listener: StorageListener | null, options?: ListenerOptions): void;
  override addEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
  override addEventListener(type: string, added: AnyListener | null, options?: ListenerOptions): void {
    if (this.#page === undefined || added === null || added === undefined) return;
    const listener = this.#page.listeners.get(added) ?? this.#guard(added, this.#page);
    this.#page.listeners.set(added, listener);
    super.addEventListener(type, listener, options);
    this.#page.added.push([type, listener, typeof options === 'object' ? options : { capture: options === true }]);
  }

  override removeEventListener(type: 'storage', listener: StorageListener | null, options?: ListenerOptions): void;
  override removeEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
  override removeEventListener(type: string, added: AnyListener | null, options?: ListenerOptions): void {
    // Node itself removes with this what it was given, once a signal is aborted.
    const listener = (added && this.#page?.listeners.get(added)) ?? added;
    if (listener === null || listener === undefined) return;
    super.removeEventListener(type, listener, options);
    if (this.#page) this.#page.added = this.#page.added.filter((entry) => entry[0] !== type || entry[1] !== listener);
  }

  /**
   * Opens a frame in the page. The frame is a window that shares the `sessionStorage` of this one: each is notified of what the other changes there.
   * `reload()` and `close()` of this window close the frame.
   * @returns the frame
   * @throws {StorageError} `ERR_INVALID_OPTION`, also where this window is closed; `ERR_DISPOSED`
   */
  openFrame(options: FrameOptions = {}): StorageWindow {
    return withContext('openFrame', () => {
      if (this.#page === undefined) fail('ERR_INVALID_OPTION', 'a window that is open', this, 'one that is closed');
      const frame = this.#context.openFrame(options);
      this.#frames.add(frame);
      return frame;
    });
  }

  /**
   * What a user's reload leaves: `localStorage` and `sessionStorage` as they are, but no listener, no event on its way, and
   * `Storage` objects of the page before that throw a `SecurityError`. Listeners of `pagehide` are called first.
   */
  reload(): void {
    if (this.#leave()) this.#page = this.#open();
  }

  /** Ends the window, its frames and its `sessionStorage`, after `pagehide`. Idempotent. */
  close(): void {
    if (!this.#leave()) return;
    this.#page = undefined;
    this.#context.onClose(this);
  }

  /**
   * Makes this the window of code that uses globals: defines `localStorage`, `sessionStorage`, `Storage` and `StorageEvent`,
   * and lets `addEventListener` and `onstorage` there hear of `storage` and `pagehide` as this window does. In Node, that is
   * all that they hear of, and `window` and `self` are defined too.
   * @param target Default: `globalThis`
   * @returns what puts everything back, and removes the listeners that were added through `target`
   */
  install(target: object = globalThis): () => void {
    return installGlobals(this, target);
  }

  /** What Jest prints, and `console.log`. */
  toJSON(): object {
    return { client: this.client, url: this.#context.url.href, closed: this.closed };
  }

  /** @internal Hands storage events to the page that is shown now; does nothing once that is gone. */
  receiver(kind: StorageKind): (event: StorageEventInit) => void {
    const page = this.#page;
    return (event) => {
      if (page === undefined || page !== this.#page) return;
      this.dispatchEvent(new StorageEvent('storage', { ...event, storageArea: page[kind] }));
    };
  }

  readonly #callHandler = (event: StorageEvent) => {
    if (typeof this.#onstorage === 'function') this.#onstorage.call(this, event);
  };

  #open(): Page {
    const { localMedium, sessionMedium } = this.#context;
    const checkAccess = () => void this.#checkAccess(page);
    const page: Page = {
      localStorage: createStorage(new StorageMap(localMedium, this, checkAccess)),
      sessionStorage: createStorage(new StorageMap(sessionMedium, this, checkAccess)),
      listeners: new WeakMap(),
      added: [],
    };
    return page;
  }

  /** @returns whether there is a page to leave, and nothing does so already: a listener of `pagehide` can't */
  #leave(): boolean {
    if (this.#page === undefined || this.#isLeaving) return false;
    this.#isLeaving = true;
    this.dispatchEvent(new Event('pagehide'));
    for (const frame of this.#frames) frame.close();
    this.#frames.clear();
    this.#isLeaving = false;
    this.#onstorage = null;
    for (const args of this.#page.added) super.removeEventListener(...args);
    return true;
  }

  /** Reports what a listener throws, and so keeps it from being lost: jsdom tells only of errors of its own windows. */
  #guard(listener: AnyListener, page: Page): (event: Event) => void {
    return (event) => {
      if (page !== this.#page) return;
      try {
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        reportUncaught(error);
      }
    };
  }

  #checkAccess(page: Page | undefined): Page {
    if (page === undefined) throw denied('the window is closed');
    if (page !== this.#page) throw denied('its page is gone');
    if (this.#context.isBlocked()) throw denied('storage is blocked');
    return page;
  }
}

showInConsole('StorageWindow', StorageWindow.prototype, (window) => window.toJSON());

function denied(reason: string): DOMException {
  return new DOMException(`Access to storage is denied: ${reason}.`, 'SecurityError');
}
