import { chain } from '../backend/awaitable';
import type { BackendClass } from '../backend/backend-class';
import { currentOperation } from '../backend/base-storage-backend';
import type { Operation } from '../backend/operation';
import type { StorageCodec } from '../codec/storage-codec';
import type { Awaitable } from '../contracts';
import { fail } from '../errors';
import type { StorageRecord, WriteCondition } from '../store/storage-record';
import { checkBackendClass } from './checks';
import { Journal } from './journal';
import { storeHooksOf } from './store-hooks';
import { type Droppable, isDropped } from './with-faults';

/** Records every operation in a journal. As the outermost mixin, it sees what callers see: latency, faults and all. */
export function withJournal<B extends BackendClass>(Backend: B, journal: Journal): B {
  checkBackendClass(Backend);
  if (!Journal.is(journal)) fail('ERR_INVALID_OPTION', 'a Journal', journal);
  const store = storeHooksOf(Backend);
  /** Of the operations that go on. */
  const entries = new Map<Operation, ReturnType<Journal['begin']>>();
  abstract class JournaledBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const entry = journal.begin(operation);
      entries.set(operation, entry);
      const { codec } = this as unknown as { readonly codec: StorageCodec<unknown> };
      try {
        const result = await super.perform(operation, () =>
          chain(action(), (effect) => {
            if (!(this as Droppable)[isDropped]?.(operation)) journal.effect(entry, effect, codec);
            return effect;
          }),
        );
        journal.answer(entry, result, codec);
        return result;
      } catch (error) {
        journal.fail(entry, error);
        throw error;
      } finally {
        entries.delete(operation);
      }
    }

    protected override write(record: StorageRecord | null, condition: WriteCondition = {}): Awaitable<void> {
      const operation = this[currentOperation];
      const entry = operation && entries.get(operation);
      if (entry !== undefined && record !== null) {
        journal.write(entry, record, (this as unknown as { readonly codec: StorageCodec<unknown> }).codec);
      }
      return store.write.call(this, record, condition);
    }
  }
  return JournaledBackend;
}
