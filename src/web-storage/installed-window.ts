import { reportUncaught } from '../store/report-uncaught';
import { type AnyListener, type ListenerOptions, PageListeners } from './page-listeners';
import { type Realm, realmOf } from './realm';
import type { Storage } from './storage';
import { isStorageEvent, type StorageEvent, type StorageEventHandler, storageEventOf } from './storage-event';

/** The two kinds of storage that a window has. */
export type StorageKind = 'localStorage' | 'sessionStorage';

/** Events of a window that listeners are notified of wherever it is installed. */
export const PAGE_EVENTS: readonly string[] = ['storage', 'beforeunload', 'pagehide', 'visibilitychange', 'unload'];

/** What is asked of a window that is installed. */
export interface InstalledWindow {
  readonly closed: boolean;
  readonly Storage: typeof Storage;
  storageOf(kind: StorageKind, realm: Realm): Storage;
  /** Which storage of the window's page this is, of whatever realm. */
  kindOf(storage: Storage | null): StorageKind | undefined;
  /** @returns what takes it off again */
  addInstalled(place: Installed): () => void;
}

/** Where a window is installed: listeners there are notified of what the window is notified of. */
export interface Installed {
  /** @returns whether nobody has prevented the default action */
  deliver(event: Event): boolean;
  /** The page is gone, and its listeners with it. */
  leavePage(): void;
}

export type EventMethods = Pick<EventTarget, 'addEventListener' | 'removeEventListener' | 'dispatchEvent'>;

/** The document of a window, as far as it shows that the page goes away. */
interface PageDocument extends EventTarget {
  readonly visibilityState?: string;
}

/** Events of an object that windows are installed on: the object's own, where it has any; else they look as if they were. */
export class TargetEvents {
  readonly object: object;
  /** The object's own methods, if it has any. */
  readonly native: EventMethods | undefined;
  readonly #methods: EventMethods;
  /** Whose listeners are called: listeners of several windows may have been added to the object. */
  delivering: Layer | undefined;

  constructor(object: object, native: EventMethods | undefined) {
    this.object = object;
    this.native = native;
    this.#methods = native ?? new EventTarget();
  }

  add(...args: Parameters<EventTarget['addEventListener']>): void {
    Reflect.apply(this.#methods.addEventListener, this.#this, args);
  }

  remove(...args: Parameters<EventTarget['removeEventListener']>): void {
    Reflect.apply(this.#methods.removeEventListener, this.#this, args);
  }

  /** Calls the listeners of one window. */
  dispatch(event: Event, layer: Layer): boolean {
    const outer = this.delivering;
    this.delivering = layer;
    try {
      if (this.native === undefined) retarget(event, this.object);
      if (event.type === 'visibilitychange' && this.#document !== undefined) return this.#hide(this.#document, event);
      return Reflect.apply(this.#methods.dispatchEvent, this.#this, [event]);
    } finally {
      this.delivering = outer;
      if (event.type === 'unload' && this.#document !== undefined) show(this.#document);
    }
  }

  get #this(): object {
    return this.native === undefined ? this.#methods : this.object;
  }

  get #document(): PageDocument | undefined {
    const { document } = this.object as { readonly document?: PageDocument };
    return typeof document?.dispatchEvent === 'function' ? document : undefined;
  }

  /** From now until the end of `unload`, the document says that it is hidden. */
  #hide(document: PageDocument, event: Event): boolean {
    for (const [name, value] of Object.entries({ visibilityState: 'hidden', hidden: true })) {
      Object.defineProperty(document, name, { value, configurable: true });
    }
    return document.dispatchEvent(event);
  }
}

function show(document: PageDocument): void {
  for (const name of ['visibilityState', 'hidden']) Reflect.deleteProperty(document, name);
}

/** Lets an event look as if it were dispatched to an object that is no EventTarget. */
function retarget(event: Event, object: object): void {
  const isUnderWay = () => event.eventPhase !== 0;
  Object.defineProperties(event, {
    target: { get: () => object, configurable: true },
    srcElement: { get: () => object, configurable: true },
    currentTarget: { get: () => (isUnderWay() ? object : null), configurable: true },
    composedPath: { value: () => (isUnderWay() ? [object] : []), configurable: true },
  });
}

/** A window that is installed on an object: what the object's properties lead to. */
export class Layer implements Installed {
  readonly window: InstalledWindow;
  readonly #events: TargetEvents;
  readonly #realm: Realm;
  #listeners: PageListeners;

  constructor(window: InstalledWindow, events: TargetEvents) {
    this.window = window;
    this.#events = events;
    this.#realm = realmOf(events.object);
    this.#listeners = this.#newListeners();
  }

  get localStorage(): Storage {
    return this.window.storageOf('localStorage', this.#realm);
  }

  get sessionStorage(): Storage {
    return this.window.storageOf('sessionStorage', this.#realm);
  }

  get StorageEvent(): typeof StorageEvent {
    return storageEventOf(this.#realm.Event);
  }

  get onstorage(): StorageEventHandler {
    return this.#listeners.onstorage;
  }

  set onstorage(handler: StorageEventHandler) {
    if (!this.window.closed) this.#listeners.onstorage = handler;
  }

  addEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void {
    if (!this.window.closed) this.#listeners.add(`${type}`, listener, options);
  }

  removeEventListener(type: string, listener: AnyListener | null, options?: ListenerOptions): void {
    this.#listeners.remove(`${type}`, listener, options);
  }

  dispatchEvent(event: Event): boolean {
    return this.#events.dispatch(event, this);
  }

  deliver(event: Event): boolean {
    if (PAGE_EVENTS.includes(event.type)) return this.dispatchEvent(this.#copy(event));
    return this.#events.native !== undefined || this.dispatchEvent(event);
  }

  leavePage(): void {
    this.#listeners.end();
    this.#listeners = this.#newListeners();
  }

  /** An event of this realm that says the same. */
  #copy(event: Event): Event {
    const { Event, PageTransitionEvent = Event } = this.#realm;
    if (!isStorageEvent(event)) return new (event.type === 'pagehide' ? PageTransitionEvent : Event)(event.type, event);
    const { type, bubbles, cancelable, composed, key, oldValue, newValue, url, storageArea } = event;
    const kind = this.window.kindOf(storageArea);
    const own = kind === undefined ? storageArea : this.window.storageOf(kind, this.#realm);
    return new this.StorageEvent(type, { bubbles, cancelable, composed, key, oldValue, newValue, url, storageArea: own });
  }

  #newListeners(): PageListeners {
    return new PageListeners(this.#events, (listener, event) => {
      if (this.#events.delivering !== this) return;
      try {
        listener.call(this.#events.object, event);
      } catch (error) {
        if (this.#events.native !== undefined) throw error; // the object reports it
        reportUncaught(error);
      }
    });
  }
}
