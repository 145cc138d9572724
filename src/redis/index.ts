export type { RedisLoss } from './log-position';
export type { RedisClientLike } from './redis-connection';
export { RedisKeyedBackend, type RedisKeyedBackendOptions } from './redis-keyed-backend';
export { type GetRedisBackendOptions, RedisRegistry } from './redis-registry';
export type { RedisKeyedBackendClass, RedisRegistryOptions } from './redis-registry-options';
export type { RedisStore } from './redis-store';
