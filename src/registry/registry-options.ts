import { checkCallback, readMembers, readOptions } from '../backend/input-validation';
import { KeyedMemoryBackend, type KeyedMemoryBackendOptions } from '../backend/keyed-memory-backend';
import type { StorageCodec } from '../codec/storage-codec';
import { structured } from '../codec/structured';
import type { SnapshotInput, StorageChange } from '../contracts';
import { attempt, describe, fail, quote } from '../errors';
import type { Weigh } from '../store/weigh-record';

/** A class of handles that a registry can make: `KeyedMemoryBackend` or a subclass that is constructed like it. */
export type KeyedMemoryBackendClass<T, B extends KeyedMemoryBackend<T> = KeyedMemoryBackend<T>> = new (
  options: KeyedMemoryBackendOptions<T>,
) => B;

/** The options of a registry's store, in memory or on a server. */
export interface StoreOptions<T> {
  /** What is stored from the start, and again after `reset`: snapshots by key. Copied. */
  readonly initial?: Readonly<Record<string, SnapshotInput<T>>> | undefined;
  /** The most bytes that keys and entries may take together. Default: no limit. */
  readonly quota?: number | undefined;
  /**
   * How many bytes a key and its data take of the quota, where that is not UTF-8 bytes of the key and of the envelope's
   * JSON text. It must be pure: the same key and data always weigh the same, and nothing is saved in it.
   */
  readonly weigh?: Weigh<T> | undefined;
  /** How data is copied in and out. Default: `structured`. */
  readonly codec?: StorageCodec<T> | undefined;
  /** The time of a save, in ms since the epoch. Default: `Date.now`, looked up at each call. */
  readonly now?: (() => number) | undefined;
  /** Gets what a listener throws. Default: it is reported as an uncaught error, as `EventTarget` does. */
  readonly onListenerError?: ((error: unknown, change: StorageChange) => void) | undefined;
}

export interface SharedMemoryRegistryOptions<T, B extends KeyedMemoryBackend<T> = KeyedMemoryBackend<T>> extends StoreOptions<T> {
  /** The class of every handle. Default: `KeyedMemoryBackend`. */
  readonly Backend?: KeyedMemoryBackendClass<T, B> | undefined;
}

/** The names of `StoreOptions`. */
export const STORE_OPTIONS = ['initial', 'quota', 'weigh', 'codec', 'now', 'onListenerError'] as const;

const REGISTRY_OPTIONS = [...STORE_OPTIONS, 'Backend'] as const;

/** The options, with their defaults. */
export function checkRegistryOptions<T, B extends KeyedMemoryBackend<T>>(options: SharedMemoryRegistryOptions<T, B> = {}) {
  const given = readOptions(options, REGISTRY_OPTIONS);
  const { initial, store } = checkStoreOptions<T>(given);
  if (given.Backend !== undefined) checkBackendClass(given.Backend, KeyedMemoryBackend);
  return { initial, store, Backend: given.Backend };
}

/** What a registry holds from the start, and the options of its store with their defaults. */
export function checkStoreOptions<T>(options: StoreOptions<T>) {
  const { initial = {}, quota, weigh, codec = structured, now = () => Date.now(), onListenerError } = options;
  if (quota !== undefined && !(Number.isFinite(quota) && quota >= 0)) {
    fail('ERR_INVALID_OPTION', 'quota to be a finite number of bytes, 0 or more (without it there is no limit)', quota);
  }
  if (!isCodec(codec)) fail('ERR_INVALID_OPTION', 'codec to have the methods encode and decode, and perhaps measure', codec);
  if (weigh !== undefined) checkCallback(weigh, 'weigh');
  checkCallback(now, 'now');
  if (onListenerError !== undefined) checkCallback(onListenerError, 'onListenerError');
  const snapshots = readMembers(initial, 'initial to be an object of snapshots by key');
  return { initial: snapshots, store: { codec, now, quota, weigh, onListenerError } };
}

function isCodec(value: Partial<StorageCodec<unknown>> | null): boolean {
  return attempt('ERR_INVALID_OPTION', 'a codec that can be read', () => {
    const { encode, decode, measure = encode } = value ?? {};
    return [encode, decode, measure].every((method) => typeof method === 'function');
  });
}

export function checkBackendClass(Backend: unknown, Base: { readonly name: string; readonly prototype: object }): void {
  if (Backend === Base) return;
  const expected = `Backend to be a class that extends ${Base.name}`;
  attempt('ERR_INVALID_OPTION', expected, () => {
    if (typeof Backend === 'function' && Object.prototype.isPrototypeOf.call(Base.prototype, Backend.prototype)) return;
    const described = describe(Backend);
    const received = described === 'a function' ? `a function named ${quote(String(Object(Backend).name))}` : described;
    fail('ERR_INVALID_OPTION', expected, Backend, received);
  });
}
