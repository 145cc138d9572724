import type { MemoryStore } from '../store/memory-store';
import { installGlobals } from './install-globals';
import { createStorage, Storage } from './storage';
import { StorageEvent, type StorageEventInit } from './storage-event';
import { StorageMap } from './storage-map';

/** What a window is given by its area. */
export interface StorageWindowContext {
  readonly client: string;
  readonly url: URL;
  readonly localMedium: MemoryStore<string>;
  readonly sessionMedium: MemoryStore<string>;
  /** Whether storage is switched off. */
  readonly isBlocked: () => boolean;
  /** Tells the other windows of a change that this one has made. */
  readonly broadcast: (source: StorageWindow, key: string | null, oldValue: string | null, newValue: string | null) => void;
  readonly onClose: (window: StorageWindow) => void;
}

/** What goes when a window is reloaded or closed. */
interface Page {
  readonly localStorage: Storage;
  readonly sessionStorage: Storage;
  readonly removeListeners: (() => void)[];
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
  readonly location: URL;
  readonly Storage = Storage;
  readonly StorageEvent = StorageEvent;
  readonly #context: StorageWindowContext;
  /** Absent once closed. */
  #page: Page | undefined;
  #onstorage: ((event: StorageEvent) => unknown) | null = null;

  /** @internal An area makes them. */
  constructor(context: StorageWindowContext) {
    super();
    this.#context = context;
    this.client = context.client;
    this.location = context.url;
    this.#page = this.#open();
  }

  /** Shared with every window of the area. @throws {DOMException} `SecurityError` where storage is blocked, or once closed */
  get localStorage(): Storage {
    return this.#checkAccess(this.#page).localStorage;
  }

  /** Of this window alone; outlives `reload()`. @throws {DOMException} `SecurityError` where storage is blocked, or once closed */
  get sessionStorage(): Storage {
    return this.#checkAccess(this.#page).sessionStorage;
  }

  get closed(): boolean {
    return this.#page === undefined;
  }

  /** Hears what other windows change, as a listener added by `addEventListener` does. */
  get onstorage(): ((event: StorageEvent) => unknown) | null {
    return this.#onstorage;
  }

  set onstorage(handler: ((event: StorageEvent) => unknown) | null) {
    const callable = typeof handler === 'function' ? handler : null;
    // A handler that replaces another takes its place in the order (HTML Standard, "Event handlers").
    if (callable === null) this.removeEventListener('storage', this.#callHandler);
    else if (this.#onstorage === null) this.addEventListener('storage', this.#callHandler);
    this.#onstorage = callable;
  }

  override addEventListener(type: 'storage', listener: StorageListener | null, options?: ListenerOptions): void;
  override addEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
  override addEventListener(type: string, listener: StorageListener | AnyListener | null, options?: ListenerOptions): void {
    if (this.#page === undefined) return;
    super.addEventListener(type, listener as AnyListener, options);
    this.#page.removeListeners.push(() => super.removeEventListener(type, listener as AnyListener, options));
  }

  override removeEventListener(type: 'storage', listener: StorageListener | null, options?: ListenerOptions): void;
  override removeEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
  override removeEventListener(type: string, listener: StorageListener | AnyListener | null, options?: ListenerOptions): void {
    super.removeEventListener(type, listener as AnyListener, options);
  }

  /**
   * What a user's reload leaves: `localStorage` and `sessionStorage` as they are, but no listener, no event on its way, and
   * `Storage` objects of the page before that throw a `SecurityError`. Listeners of `pagehide` are called first.
   */
  reload(): void {
    if (this.#page === undefined) return;
    this.#leave();
    this.#page = this.#open();
  }

  /** Ends the window and its `sessionStorage`, after `pagehide`. Idempotent. */
  close(): void {
    if (this.#page === undefined) return;
    this.#leave();
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

  /** @internal Hands storage events to the page that is shown now; does nothing once that is gone. */
  receiver(): (event: StorageEventInit) => void {
    const page = this.#page;
    return (event) => {
      if (page === undefined || page !== this.#page) return;
      this.dispatchEvent(new StorageEvent('storage', { ...event, storageArea: page.localStorage }));
    };
  }

  readonly #callHandler = (event: StorageEvent) => {
    this.#onstorage?.(event);
  };

  #open(): Page {
    const { localMedium, sessionMedium, broadcast } = this.#context;
    const checkAccess = () => void this.#checkAccess(page);
    const page: Page = {
      localStorage: createStorage(new StorageMap(localMedium, this, checkAccess, (...change) => broadcast(this, ...change))),
      sessionStorage: createStorage(new StorageMap(sessionMedium, this, checkAccess)),
      removeListeners: [],
    };
    return page;
  }

  #leave(): void {
    this.dispatchEvent(new Event('pagehide'));
    this.#onstorage = null;
    for (const remove of this.#page?.removeListeners ?? []) remove();
  }

  #checkAccess(page: Page | undefined): Page {
    if (page === undefined) throw denied('the window is closed');
    if (page !== this.#page) throw denied('the page that had this storage is gone');
    if (this.#context.isBlocked()) throw denied('storage is blocked');
    return page;
  }
}

function denied(reason: string): DOMException {
  return new DOMException(`Access to storage is denied: ${reason}.`, 'SecurityError');
}
