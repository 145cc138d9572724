import { checkCallback, readMembers, readOptions } from '../backend/checks';
import { KeyedMemoryBackend, type KeyedMemoryBackendOptions } from '../backend/keyed-memory-backend';
import type { StorageCodec } from '../codec/storage-codec';
import type { SnapshotInput, StorageChange } from '../contracts';
import { attempt, describe, refuse, StorageError } from '../errors';

/** A class of handles that a registry can make: `KeyedMemoryBackend` or a subclass that is constructed like it. */
export type KeyedMemoryBackendClass<T, B extends KeyedMemoryBackend<T> = KeyedMemoryBackend<T>> = new (
  options: KeyedMemoryBackendOptions<T>,
) => B;

export interface SharedMemoryRegistryOptions<T, B extends KeyedMemoryBackend<T> = KeyedMemoryBackend<T>> {
  /** What is stored from the start, and again after `reset`: snapshots by key. Copied. */
  readonly initial?: Readonly<Record<string, SnapshotInput<T>>>;
  /** The most bytes that keys and entries may take together. Default: no limit. */
  readonly quota?: number;
  /**
   * How many bytes a key and its data take of the quota, where that is not UTF-8 bytes of the key and of the envelope's
   * JSON text. It must be pure: the same key and data always weigh the same, and nothing is saved in it.
   */
  readonly weigh?: (key: string, data: T) => number;
  /** How data is copied in and out. Default: `structured`. */
  readonly codec?: StorageCodec<T>;
  /** The time of a save, in ms since the epoch. Default: `Date.now`, looked up at each call. */
  readonly now?: () => number;
  /** The class of every handle. Default: `KeyedMemoryBackend`. */
  readonly Backend?: KeyedMemoryBackendClass<T, B>;
  /** Gets what a listener throws. Default: it is reported as an uncaught error, as `EventTarget` does. */
  readonly onListenerError?: (error: unknown, change: StorageChange) => void;
}

/** @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK` */
export function checkRegistryOptions<T, B extends KeyedMemoryBackend<T>>(
  options: SharedMemoryRegistryOptions<T, B> = {},
): SharedMemoryRegistryOptions<T, B> {
  const { initial, quota, weigh, codec, now, Backend, onListenerError } = readOptions(options, [
    'initial',
    'quota',
    'weigh',
    'codec',
    'now',
    'Backend',
    'onListenerError',
  ]);
  if (quota !== undefined && !(Number.isFinite(quota) && quota >= 0)) {
    refuse('ERR_INVALID_OPTION', 'quota to be a number of bytes, 0 or more', quota);
  }
  if (codec !== undefined && !isCodec(codec)) {
    refuse('ERR_INVALID_OPTION', 'codec to have the methods encode and decode, and perhaps measure', codec);
  }
  if (weigh !== undefined) checkCallback(weigh, 'weigh');
  if (now !== undefined) checkCallback(now, 'now');
  if (onListenerError !== undefined) checkCallback(onListenerError, 'onListenerError');
  if (Backend !== undefined) checkBackendClass(Backend);
  return {
    initial: initial === undefined ? initial : readMembers(initial, 'initial to be an object of snapshots by key'),
    quota,
    weigh,
    codec,
    now,
    Backend,
    onListenerError,
  };
}

function isCodec(value: Partial<StorageCodec<unknown>> | null): boolean {
  return attempt('ERR_INVALID_OPTION', 'a codec that can be read', () => {
    const { encode, decode, measure = encode } = value ?? {};
    return [encode, decode, measure].every((method) => typeof method === 'function');
  });
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkBackendClass(Backend: unknown): void {
  if (Backend === KeyedMemoryBackend) return;
  if (typeof Backend === 'function' && Backend.prototype instanceof KeyedMemoryBackend) return;
  const received = typeof Backend === 'function' ? `${Backend.name || 'a function'}, which is none` : describe(Backend);
  throw new StorageError('ERR_INVALID_OPTION', { expected: 'Backend to be a class that extends KeyedMemoryBackend', received });
}
