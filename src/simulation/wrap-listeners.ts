import type { BackendClass } from '../backend/backend-class';
import { checkCallback } from '../backend/input-validation';
import type { StorageChangeListener, Unsubscribe } from '../contracts';
import { invalidThis, withContext } from '../errors';
import { isSubscribed } from '../store/change-notifier';

type Subscription = Unsubscribe & { readonly [isSubscribed]?: () => boolean };

interface Subscribable {
  subscribe(listener: StorageChangeListener): Subscription;
}

/**
 * Puts something around the listeners of handles. Of the class that is handed over: some notify of changes, and some do not.
 * @param wrap gives what is to listen in the place of the listener; `isActive` says whether the subscription is still there
 * @param onChange is called when a handle subscribes and unsubscribes
 */
export function wrapListeners<B extends BackendClass>(
  Backend: B,
  wrap: (listener: StorageChangeListener, handle: InstanceType<B>, isActive: () => boolean) => StorageChangeListener,
  onChange: () => void = () => {},
): B {
  const { subscribe } = Backend.prototype as Partial<Subscribable>;
  if (subscribe === undefined) return Backend;
  const subscribeAtOnce: Subscribable['subscribe'] = subscribe;
  abstract class ListeningBackend extends Backend implements Subscribable {
    subscribe(given: StorageChangeListener): Subscription {
      if (!isHandle(this)) throw invalidThis('subscribe', this);
      withContext('subscribe', () => checkCallback(given, 'a listener'), this.key);
      onChange();
      let isEnded = false;
      let subscription: Subscription | undefined;
      const isActive = (): boolean => !isEnded && subscription?.[isSubscribed]?.() !== false;
      subscription = subscribeAtOnce.call(this, wrap(given, this as unknown as InstanceType<B>, isActive));
      const unsubscribe = () => {
        if (!isEnded) onChange();
        isEnded = true;
        subscription?.();
      };
      return Object.assign(unsubscribe, { [isSubscribed]: isActive });
    }
  }
  return ListeningBackend;
}

/** Not nothing, and no Proxy of a handle, which has no private fields. */
function isHandle(value: { readonly client: string }): boolean {
  try {
    return typeof value.client === 'string';
  } catch {
    return false;
  }
}
