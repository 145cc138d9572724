import type { AbortSignalLike, Awaitable } from '../contracts';

/** Steps that stay synchronous where what they wait for is there already. */

/** What `next` makes of the value: at once, or when the promise of it is fulfilled. */
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

/** The result, or the signal's reason if it is aborted before the work has started. */
export function untilAborted<R>(result: Promise<R>, signal: AbortSignalLike, started: () => boolean): Promise<R> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      if (!started()) reject(signal.reason);
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Whether this has to be awaited. */
export function isPromiseLike<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
