import { checkCallback, readOptions } from '../backend/input-validation';
import { fail } from '../errors';
import { checkBackendClass, checkStoreOptions, STORE_OPTIONS, type StoreOptions } from '../registry/registry-options';
import type { RedisLoss } from './log-position';
import { type RedisClientLike, RedisConnection } from './redis-connection';
import { RedisKeyedBackend, type RedisKeyedBackendOptions } from './redis-keyed-backend';
import { createWireCodec } from './wire-codec';

/** A class of handles that a registry can make: `RedisKeyedBackend` or a subclass that is constructed like it. */
export type RedisKeyedBackendClass<T, B extends RedisKeyedBackend<T> = RedisKeyedBackend<T>> = new (
  options: RedisKeyedBackendOptions<T>,
) => B;

export interface RedisRegistryOptions<T, B extends RedisKeyedBackend<T> = RedisKeyedBackend<T>> extends StoreOptions<T> {
  /** Where the server is, such as `redis://localhost:6379`. Or give a `client`. */
  readonly url?: string | undefined;
  /** A client of `@redis/client` or `redis`, version 6, of one server or of a cluster. The registry uses duplicates of it. */
  readonly client?: RedisClientLike | undefined;
  /** What processes share: registries of one namespace have the same contents. */
  readonly namespace: string;
  /** Prefix of the default names of clients: `name-client-1`. */
  readonly name?: string | undefined;
  /** The class of every handle. Default: `RedisKeyedBackend`. */
  readonly Backend?: RedisKeyedBackendClass<T, B> | undefined;
  /** Everything is removed when no registry has used the namespace for so many ms. Default: an hour */
  readonly idleTtlMs?: number | undefined;
  /** The most ms that an operation takes. Default: 5000 */
  readonly timeoutMs?: number | undefined;
  /** How many replicas have to confirm each write. Default: 0 */
  readonly replicas?: number | undefined;
  /** Told when changes were missed, or lost by the server. */
  readonly onLoss?: ((loss: RedisLoss) => void) | undefined;
}

/** The options, with their defaults. */
export function checkRedisRegistryOptions<T, B extends RedisKeyedBackend<T>>(options: RedisRegistryOptions<T, B>) {
  const read = readOptions(options, [...OWN_OPTIONS, ...STORE_OPTIONS]);
  const {
    url,
    client,
    namespace,
    name,
    Backend,
    idleTtlMs = 3_600_000,
    timeoutMs = 5000,
    replicas = 0,
    onLoss,
    ...others
  } = read;
  if (typeof namespace !== 'string' || !/^[^{}\p{C}]{1,200}$/u.test(namespace)) {
    fail('ERR_INVALID_OPTION', 'namespace to be a text of 1 to 200 characters without braces and control characters', namespace);
  }
  if (name !== undefined && typeof name !== 'string') fail('ERR_INVALID_OPTION', 'name to be a string', name);
  for (const [option, value, least] of [
    ['idleTtlMs', idleTtlMs, 1],
    ['timeoutMs', timeoutMs, 1],
    ['replicas', replicas, 0],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least && value <= 2 ** 31 - 1) continue;
    fail('ERR_INVALID_OPTION', `${option} to be a whole number, ${least} or more`, value);
  }
  if (onLoss !== undefined) checkCallback(onLoss, 'onLoss');
  if (Backend !== undefined) checkBackendClass(Backend, RedisKeyedBackend);
  const { initial, store } = checkStoreOptions<T>(others);
  const codec = createWireCodec(store.codec);
  return {
    initial,
    Backend,
    name,
    store: { ...store, codec, namespace, idleTtlMs, timeoutMs, replicas, onLoss, client: checkClientOrUrl(client, url) },
  };
}

const OWN_OPTIONS = ['url', 'client', 'namespace', 'name', 'Backend', 'idleTtlMs', 'timeoutMs', 'replicas', 'onLoss'] as const;

function checkClientOrUrl(client: RedisClientLike | undefined, url: string | undefined): RedisClientLike {
  if (client !== undefined) {
    if (typeof client?.duplicate === 'function' && url === undefined) return client;
    const expected = 'client to be what createClient or createCluster of @redis/client 6 returns, and no url beside it';
    return fail('ERR_INVALID_OPTION', expected, url ?? client);
  }
  try {
    if (typeof url === 'string' && /^rediss?:\/\//.test(url)) return RedisConnection.clientOf(url);
  } catch {
    // Refused below.
  }
  const expected = 'url, the address of a server such as redis://localhost:6379, or client';
  return url === undefined ? fail('ERR_INVALID_OPTION', expected, url, 'neither') : fail('ERR_INVALID_OPTION', expected, url);
}
