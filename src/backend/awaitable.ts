import type { AbortSignalLike, Awaitable } from '../contracts';

/** What `next` makes of the value: at once where the value is there already, or when the promise of it is fulfilled. */
export function chain<A, B>(value: Awaitable<A>, next: (value: A) => Awaitable<B>): Awaitable<B> {
  return isPromiseLike(value) ? Promise.resolve(value).then(next) : next(value);
}

/** What the action gives, or what `rescue` makes of its error, thrown or rejected. */
export function recover<A>(action: () => Awaitable<A>, rescue: (error: unknown) => Awaitable<A>): Awaitable<A> {
  try {
    const value = action();
    return isPromiseLike(value) ? Promise.resolve(value).catch(rescue) : value;
  } catch (error) {
    return rescue(error);
  }
}

/**
 * What `start` gives; or, once the signal is aborted, an error made of its reason. It listens to the signal before `start`
 * does: a browser runs promise jobs between two listeners, and what a later one ends would look as if it had ended before.
 */
export function untilAborted<R>(
  start: () => Promise<R>,
  signal: AbortSignalLike,
  toError: (reason: unknown) => unknown,
): Promise<R> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      signal.removeEventListener('abort', abort);
      reject(toError(signal.reason));
    };
    signal.addEventListener('abort', abort);
    start()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Whether this has to be awaited. */
export function isPromiseLike<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
