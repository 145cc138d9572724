import type { StorageChange, StorageChangeListener, Unsubscribe } from '../contracts';
import { operate, refuse } from '../errors';

interface Subscription {
  readonly listener: StorageChangeListener;
  /** The handle that subscribed: it never hears of its own changes. */
  readonly subscriber: object | null;
  active: boolean;
}

interface Delivery {
  readonly change: StorageChange;
  readonly maker: object | null;
  /** Those subscribed when the change was committed. */
  readonly subscriptions: readonly Subscription[];
}

/**
 * Tells of changes in the order of their commits, never inside the stack of the one who made them. Each delivery is
 * one promise reaction, queued at the commit: it runs before whoever awaits the save goes on.
 */
export class ChangeFeed {
  /** By key; under `undefined`, those that hear of every key. Arrays are replaced, never changed. */
  readonly #subscriptions = new Map<string | undefined, readonly Subscription[]>();
  readonly #queue: Delivery[] = [];
  readonly #onListenerError: (error: unknown, change: StorageChange) => void;

  constructor(onListenerError: (error: unknown, change: StorageChange) => void = reportUncaught) {
    this.#onListenerError = onListenerError;
  }

  /** Every subscription is its own: the same function twice is called twice, and ended one at a time. */
  subscribe(listener: StorageChangeListener, key?: string, subscriber: object | null = null): Unsubscribe {
    if (typeof listener !== 'function') {
      operate('subscribe', () => refuse('ERR_INVALID_CALLBACK', 'a listener that is a function', listener), key);
    }
    const subscription: Subscription = { listener, subscriber, active: true };
    this.#subscriptions.set(key, [...this.#subscribed(key), subscription]);
    return () => {
      if (!subscription.active) return;
      subscription.active = false;
      const others = this.#subscribed(key).filter((other) => other !== subscription);
      if (others.length > 0) this.#subscriptions.set(key, others);
      else this.#subscriptions.delete(key);
    };
  }

  /** Whether anybody would hear of a change of this key. */
  isHeard(key: string): boolean {
    return this.#subscriptions.size > 0 && (this.#subscriptions.has(key) || this.#subscriptions.has(undefined));
  }

  publish(change: StorageChange, maker: object | null): void {
    const [ofKey, ofEveryKey] = [this.#subscribed(change.key), this.#subscribed(undefined)];
    const subscriptions = ofEveryKey.length === 0 ? ofKey : [...ofKey, ...ofEveryKey];
    if (this.#queue.length === 0) void Promise.resolve().then(() => this.#deliver());
    this.#queue.push({ change: Object.freeze(change), maker, subscriptions });
  }

  dispose(): void {
    for (const subscription of [...this.#subscriptions.values()].flat()) subscription.active = false;
    this.#subscriptions.clear();
    this.#queue.length = 0;
  }

  #subscribed(key: string | undefined): readonly Subscription[] {
    return this.#subscriptions.get(key) ?? [];
  }

  #deliver(): void {
    // A listener that saves adds to the queue while it is being worked off.
    for (const { change, maker, subscriptions } of this.#queue) {
      for (const subscription of subscriptions) {
        if (!subscription.active || (maker !== null && subscription.subscriber === maker)) continue;
        try {
          subscription.listener(change);
        } catch (error) {
          this.#handleError(error, change);
        }
      }
    }
    this.#queue.length = 0;
  }

  #handleError(error: unknown, change: StorageChange): void {
    try {
      this.#onListenerError(error, change);
    } catch (another) {
      reportUncaught(another);
    }
  }
}

/** As `EventTarget` does: everyone else goes on, and the error still fails the test or the process. */
export function reportUncaught(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  try {
    if (reportError === undefined) throw error;
    reportError(error);
  } catch (uncaught) {
    // A rejection that nobody handles: unlike queueMicrotask and timers, no test can have faked it away.
    void Promise.reject(uncaught);
  }
}
