import type { StorageChange, StorageChangeListener, Unsubscribe } from '../contracts';
import { fail } from '../errors';
import { reportUncaught } from './report-uncaught';

/** Gets what a listener throws. */
export type ListenerErrorHandler = (error: unknown, change: StorageChange) => void;

/** One change of one key. */
export interface ChangeNotification<T> {
  readonly key: string;
  /** Who made the change. A subscriber is not notified of its own. */
  readonly origin: unknown;
  /** The number of the change in a store that numbers its commits. */
  readonly sequenceNumber?: number;
  /** What listeners are called with, made when there are any. */
  readonly toArguments: () => Parameters<StorageChangeListener<T>>;
}

export interface SubscriptionOptions {
  /** Default: the changes of every key. */
  readonly key?: string;
  /** Whose own changes are left out. */
  readonly subscriber?: unknown;
  /** Changes up to this number were made before. */
  readonly since?: number;
}

interface Subscription<T> extends Pick<SubscriptionOptions, 'subscriber' | 'since'> {
  readonly listener: StorageChangeListener<T>;
  active: boolean;
}

/** Names what says of an `Unsubscribe` whether the subscription is still there: `reset` and `dispose` end it too. */
export const isSubscribed: unique symbol = Symbol.for('shared-memory-registry.isSubscribed');

/**
 * Notifies listeners of changes in the order of the commits, never inside the stack of the one who writes. A delivery is
 * one promise reaction, queued at the commit: it runs before the code that awaits the save goes on.
 */
export class ChangeNotifier<T> {
  /** By key; under `undefined`, those that listen to every key. Arrays are replaced, never changed. */
  readonly #subscriptions = new Map<string | undefined, readonly Subscription<T>[]>();
  readonly #deliveries: (() => void)[] = [];
  readonly #start: () => Unsubscribe;
  readonly #onListenerError: ListenerErrorHandler;
  /** Absent while there are no listeners. */
  #stop: Unsubscribe | undefined;

  /** @param start called for the first listener: begins to `enqueue` changes, and returns what ends that after the last one */
  constructor(start: () => Unsubscribe, onListenerError: ListenerErrorHandler = reportUncaught) {
    this.#start = start;
    this.#onListenerError = onListenerError;
  }

  /** Every subscription is its own: the same function twice is called twice, and ended one at a time. */
  subscribe(listener: StorageChangeListener<T>, { key, subscriber, since }: SubscriptionOptions = {}): Unsubscribe {
    if (typeof listener !== 'function') fail('ERR_INVALID_CALLBACK', 'a listener that is a function', listener);
    this.#stop ??= this.#start();
    const subscription: Subscription<T> = { listener, subscriber, since, active: true };
    this.#subscriptions.set(key, [...this.#subscribed(key), subscription]);
    const unsubscribe = () => {
      if (!subscription.active) return;
      subscription.active = false;
      const others = this.#subscribed(key).filter((other) => other !== subscription);
      if (others.length > 0) this.#subscriptions.set(key, others);
      else this.#subscriptions.delete(key);
      if (this.#subscriptions.size === 0) this.drop();
    };
    return Object.assign(unsubscribe, { [isSubscribed]: () => subscription.active });
  }

  /** Ends every subscription, with what has not been delivered. */
  drop(): void {
    for (const subscription of [...this.#subscriptions.values()].flat()) subscription.active = false;
    this.#subscriptions.clear();
    this.#stop?.();
    this.#stop = undefined;
  }

  enqueue({ key, origin, sequenceNumber = Number.POSITIVE_INFINITY, toArguments }: ChangeNotification<T>): void {
    const subscriptions = [...this.#subscribed(key), ...this.#subscribed(undefined)].filter(
      ({ subscriber, since }) => (subscriber === undefined || subscriber !== origin) && sequenceNumber > (since ?? 0),
    );
    if (subscriptions.length === 0) return;
    if (this.#deliveries.length === 0) void Promise.resolve().then(() => this.#deliver());
    this.#deliveries.push(() => this.#notify(subscriptions, toArguments()));
  }

  #subscribed(key: string | undefined): readonly Subscription<T>[] {
    return this.#subscriptions.get(key) ?? [];
  }

  #deliver(): void {
    for (const deliver of this.#deliveries) deliver(); // a listener that saves adds another one
    this.#deliveries.length = 0;
  }

  #notify(subscriptions: readonly Subscription<T>[], args: Parameters<StorageChangeListener<T>>): void {
    for (const { active, listener } of subscriptions) {
      try {
        if (active) listener(...args);
      } catch (error) {
        this.#handleError(error, args[0]);
      }
    }
  }

  #handleError(error: unknown, change: StorageChange): void {
    try {
      this.#onListenerError(error, change);
    } catch (another) {
      reportUncaught(another);
    }
  }
}
