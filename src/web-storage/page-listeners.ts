import type { StorageEventHandler } from './storage-event';

export type AnyListener = ((event: Event) => void) | { handleEvent(event: Event): void };
export type ListenerOptions = Parameters<EventTarget['addEventListener']>[2];

/** Where listeners are added in the end. */
export interface ListenerTarget {
  add(type: string, listener: (event: Event) => void, options: ListenerOptions): void;
  remove(type: string, listener: (event: Event) => void, options: ListenerOptions): void;
}

/** The listeners of one page: none of them is called once the page is gone. */
export class PageListeners {
  readonly #target: ListenerTarget;
  readonly #call: (listener: (event: Event) => void, event: Event) => void;
  /** By the listener that was added, what is called in its place. */
  readonly #guards = new WeakMap<AnyListener, (event: Event) => void>();
  #added: [type: string, guard: (event: Event) => void, options: ListenerOptions][] = [];
  #isOver = false;
  #onstorage: StorageEventHandler = null;

  /** @param call calls a listener, as a method of what it has listened to */
  constructor(target: ListenerTarget, call: (listener: (event: Event) => void, event: Event) => void) {
    this.#target = target;
    this.#call = call;
  }

  add(type: string, listener: AnyListener | null | undefined, options?: ListenerOptions): void {
    if (this.#isOver || listener === null || listener === undefined) return;
    const guard = this.#guards.get(listener) ?? this.#guard(listener);
    this.#guards.set(listener, guard);
    this.#target.add(type, guard, options);
    this.#added.push([type, guard, { capture: typeof options === 'object' ? options.capture === true : options === true }]);
  }

  remove(type: string, listener: AnyListener | null | undefined, options?: ListenerOptions): void {
    // Node itself removes with this what it was given, once a signal is aborted.
    const guard = (listener && this.#guards.get(listener)) ?? listener;
    if (guard === null || guard === undefined) return;
    this.#target.remove(type, guard as (event: Event) => void, options);
    this.#added = this.#added.filter((entry) => entry[0] !== type || entry[1] !== guard);
  }

  get onstorage(): StorageEventHandler {
    return this.#onstorage;
  }

  set onstorage(handler: StorageEventHandler) {
    // An object that can't be called is kept, and anything else is none (HTML Standard, "Event handlers").
    const kept = Object(handler) === handler ? handler : null;
    // A handler that replaces another takes its place in the order.
    if (kept === null) this.remove('storage', this.#callHandler);
    else if (this.#onstorage === null) this.add('storage', this.#callHandler);
    this.#onstorage = kept;
  }

  /** Removes them all. */
  end(): void {
    this.#isOver = true;
    for (const args of this.#added) this.#target.remove(...args);
  }

  readonly #callHandler = (event: Event) => {
    if (typeof this.#onstorage === 'function') this.#call(this.#onstorage as (event: Event) => void, event);
  };

  #guard(listener: AnyListener): (event: Event) => void {
    return (event) => {
      if (this.#isOver) return;
      this.#call(typeof listener === 'function' ? listener : (delivered) => listener.handleEvent(delivered), event);
    };
  }
}
