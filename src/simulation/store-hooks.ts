import type { BackendClass } from '../backend/backend-class';
import type { Awaitable } from '../contracts';
import type { ReadContext, StorageRecord, WriteCondition } from '../store/storage-record';

/** The hooks `read` and `write` of a class, to be called on a backend. */
export interface StoreHooks {
  read(context?: ReadContext): Awaitable<StorageRecord | null>;
  write(record: StorageRecord | null, condition?: WriteCondition): Awaitable<void>;
}

/** What `super` is to a mixin that overrides these hooks: TypeScript calls no abstract method by `super`, nor any from a closure. */
export function storeHooksOf(Backend: BackendClass): StoreHooks {
  return Backend.prototype as StoreHooks;
}
