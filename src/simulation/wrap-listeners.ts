import type { BackendClass } from '../backend/backend-class';
import { checkCallback } from '../backend/checks';
import type { StorageChangeListener, Unsubscribe } from '../contracts';
import { operate } from '../errors';

interface Subscribable {
  subscribe(listener: StorageChangeListener): Unsubscribe;
}

interface WrappedListener {
  readonly listener: StorageChangeListener;
  /** Called once it has been unsubscribed. */
  readonly onUnsubscribe?: () => void;
}

/** Puts something around the listeners of handles. Of the class that is handed over: some tell of changes, and some do not. */
export function wrapListeners<B extends BackendClass>(
  Backend: B,
  wrap: (listener: StorageChangeListener, handle: InstanceType<B>) => WrappedListener,
): B {
  const { subscribe } = Backend.prototype as Partial<Subscribable>;
  if (subscribe === undefined) return Backend;
  const subscribeAtOnce: Subscribable['subscribe'] = subscribe;
  abstract class ListeningBackend extends Backend implements Subscribable {
    subscribe(given: StorageChangeListener): Unsubscribe {
      operate('subscribe', () => checkCallback(given, 'a listener'), this.key);
      const { listener, onUnsubscribe } = wrap(given, this as unknown as InstanceType<B>);
      const unsubscribe = subscribeAtOnce.call(this, listener);
      return () => {
        onUnsubscribe?.();
        unsubscribe();
      };
    }
  }
  return ListeningBackend;
}
