import { fail, withContext } from '../errors';
import type { MemoryStore } from '../store/memory-store';
import { reportUncaught } from '../store/report-uncaught';
import { installGlobals } from './install-globals';
import type { Installed, StorageKind } from './installed-window';
import { type AnyListener, type ListenerOptions, PageListeners } from './page-listeners';
import { ownRealm, type Realm } from './realm';
import { createStorage, Storage } from './storage';
import { StorageEvent, type StorageEventHandler, type StorageEventInit } from './storage-event';
import { StorageMap } from './storage-map';
import { showInConsole } from './web-idl';

/** What a window is given by its area. */
export interface StorageWindowContext {
  readonly client: string;
  readonly url: URL;
  readonly localStore: MemoryStore<string>;
  readonly sessionStore: MemoryStore<string>;
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
  /** Name in changes that backends of the registry are notified of. Default: numbered, `window-1`, `window-2`, … */
  readonly client?: string | undefined;
}

type Storages = Readonly<Record<StorageKind, Storage>>;

/** What goes when a window is reloaded or closed. */
interface Page {
  /** By the realm whose errors they throw. */
  readonly storages: Map<Realm, Storages>;
  readonly listeners: PageListeners;
}

type StorageListener = ((event: StorageEvent) => void) | { handleEvent(event: StorageEvent): void };

/**
 * A window on a `WebStorageArea`, as far as storage goes: `localStorage`, `sessionStorage`, `storage` events, `location`.
 * Get one from `area.openWindow()`.
 */
export class StorageWindow extends EventTarget {
  /** Name in changes that backends of the registry are notified of: given, or `window-1`, `window-2`, … */
  readonly client: string;
  readonly Storage = Storage;
  readonly StorageEvent = StorageEvent;
  readonly #context: StorageWindowContext;
  readonly #frames = new Set<StorageWindow>();
  readonly #installed = new Set<Installed>();
  /** Absent once closed. */
  #page: Page | undefined;
  #isLeaving = false;

  /** @internal An area makes them. */
  constructor(context: StorageWindowContext) {
    super();
    this.#context = context;
    this.client = context.client;
    this.#page = this.#open();
  }

  /** Shared with every window of the area. @throws {DOMException} `SecurityError` where storage is blocked, or once closed */
  get localStorage(): Storage {
    return this.storageOf('localStorage', ownRealm);
  }

  /** Shared with the frames of this window; `reload()` keeps it. @throws {DOMException} `SecurityError` where storage is blocked, or once closed */
  get sessionStorage(): Storage {
    return this.storageOf('sessionStorage', ownRealm);
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
    return this.#page?.listeners.onstorage ?? null;
  }

  set onstorage(handler: StorageEventHandler) {
    if (this.#page !== undefined) this.#page.listeners.onstorage = handler;
  }

  override addEventListener(type: 'storage', listener: StorageListener | null, options?: ListenerOptions): void;
  override addEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
  override addEventListener(type: string, added: AnyListener | null, options?: ListenerOptions): void {
    this.#page?.listeners.add(type, added, options);
  }

  override removeEventListener(type: 'storage', listener: StorageListener | null, options?: ListenerOptions): void;
  override removeEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void;
  override removeEventListener(type: string, added: AnyListener | null, options?: ListenerOptions): void {
    if (this.#page) this.#page.listeners.remove(type, added, options);
    // Node itself removes with this what it was given, once a signal is aborted.
    else super.removeEventListener(type, added as (event: Event) => void, options);
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
   * `Storage` objects of the page before that throw a `SecurityError`. Before that, listeners of `beforeunload`, `pagehide`, `visibilitychange` and
   * `unload` are called, in this order, and then those of frames. Nothing can prevent it.
   */
  reload(): void {
    if (this.#leave()) this.#page = this.#open();
  }

  /** Ends the window, its frames and its `sessionStorage`, after the events of `reload()`. Idempotent. */
  close(): void {
    if (this.#leave()) this.#end();
  }

  /**
   * Makes this the window of code that uses globals: defines `localStorage`, `sessionStorage`, `Storage` and `StorageEvent` there,
   * and notifies listeners that are added there of `storage` and of the end of the page. In Node, `addEventListener`, `dispatchEvent`, `window` and
   * `self` are defined too. While no window is installed, code that has kept one of these finds what was there before.
   * @param target Default: `globalThis`, and `window` where that is another object
   * @returns what puts everything back, and removes the listeners that were added through `target`
   */
  install(target: object = globalThis): () => void {
    return installGlobals(this, target);
  }

  /** What Jest prints, and `console.log`. */
  toJSON(): object {
    return { client: this.client, url: this.#context.url.href, closed: this.closed };
  }

  /** Notifies listeners of this window, then those that were added where it is installed. Each has an event of its own. */
  override dispatchEvent(event: Event): boolean {
    // happy-dom calls this method once more for each phase.
    if (event.eventPhase !== 0) return super.dispatchEvent(event);
    let isAllowed = super.dispatchEvent(event);
    for (const place of [...this.#installed]) isAllowed = place.deliver(event) && isAllowed;
    return isAllowed;
  }

  /** @internal @throws {DOMException} `SecurityError` */
  storageOf(kind: StorageKind, realm: Realm): Storage {
    const page = this.#checkAccess(this.#page, realm);
    const known = page.storages.get(realm);
    if (known !== undefined) return known[kind];
    const { localStore, sessionStore } = this.#context;
    const open = (store: MemoryStore<string>) =>
      createStorage(new StorageMap(store, this, realm, () => void this.#checkAccess(page, realm)));
    const storages = { localStorage: open(localStore), sessionStorage: open(sessionStore) };
    page.storages.set(realm, storages);
    return storages[kind];
  }

  /** @internal Which storage of this window's page this is, of whatever realm. */
  kindOf(storage: Storage | null): StorageKind | undefined {
    for (const storages of this.#page?.storages.values() ?? []) {
      for (const kind of ['localStorage', 'sessionStorage'] as const) if (storages[kind] === storage) return kind;
    }
    return undefined;
  }

  /** @internal @returns what takes it off again */
  addInstalled(place: Installed): () => void {
    this.#installed.add(place);
    return () => void this.#installed.delete(place);
  }

  /** @internal Hands storage events to the page that is shown now; does nothing once that is gone. While storage is blocked, an event has no `storageArea`. */
  receiver(kind: StorageKind): (event: StorageEventInit) => void {
    const page = this.#page;
    return (event) => {
      if (page === undefined || page !== this.#page) return;
      const storageArea = this.#context.isBlocked() ? null : this.storageOf(kind, ownRealm);
      this.dispatchEvent(new StorageEvent('storage', { ...event, storageArea }));
    };
  }

  #open(): Page {
    return { storages: new Map(), listeners: this.#newListeners() };
  }

  #newListeners(): PageListeners {
    const target = {
      add: (...args: Parameters<EventTarget['addEventListener']>) => super.addEventListener(...args),
      remove: (...args: Parameters<EventTarget['removeEventListener']>) => super.removeEventListener(...args),
    };
    return new PageListeners(target, (listener, event) => {
      try {
        listener.call(this, event);
      } catch (error) {
        reportUncaught(error); // jsdom reports only errors of its own windows
      }
    });
  }

  /** @returns whether there is a page to leave, and nothing does so already: a listener of these events can't */
  #leave(): boolean {
    if (this.#page === undefined || this.#isLeaving) return false;
    this.#beginLeaving();
    this.#unload();
    return true;
  }

  #beginLeaving(): void {
    this.#isLeaving = true;
    this.dispatchEvent(new ownRealm.Event('beforeunload', { cancelable: true }));
    for (const frame of this.#frames) if (!frame.closed && !frame.#isLeaving) frame.#beginLeaving();
  }

  #unload(): void {
    const { Event, PageTransitionEvent = Event } = ownRealm;
    this.dispatchEvent(new PageTransitionEvent('pagehide', { bubbles: true, cancelable: true }));
    this.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    this.dispatchEvent(new Event('unload'));
    for (const frame of this.#frames) {
      if (frame.closed) continue;
      frame.#unload();
      frame.#end();
    }
    this.#frames.clear();
    this.#isLeaving = false;
    this.#page?.listeners.end();
    for (const place of this.#installed) place.leavePage();
  }

  #end(): void {
    this.#page = undefined;
    this.#context.onClose(this);
  }

  #checkAccess(page: Page | undefined, realm: Realm): Page {
    const denied = (reason: string) => new realm.DOMException(`Access to storage is denied: ${reason}.`, 'SecurityError');
    if (page === undefined) throw denied('the window is closed');
    if (page !== this.#page) throw denied('its page is gone');
    if (this.#context.isBlocked()) throw denied('storage is blocked');
    return page;
  }
}

showInConsole('StorageWindow', StorageWindow.prototype, (window) => window.toJSON());
