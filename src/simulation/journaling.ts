import type { BackendClass } from '../backend/backend-class';
import type { Operation } from '../backend/base-storage-backend';
import { chain } from '../backend/flow';
import type { Awaitable } from '../contracts';
import { refuse } from '../errors';
import { checkBackendClass } from './checks';
import { Journal } from './journal';

/** Records every operation in a journal. As the outermost mixin, it sees what callers see: latency, faults and all. */
export function withJournal<B extends BackendClass>(Backend: B, journal: Journal): B {
  checkBackendClass(Backend);
  if (!(journal instanceof Journal)) refuse('ERR_INVALID_OPTION', 'a Journal', journal);
  abstract class JournaledBackend extends Backend {
    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      const entry = journal.begin(operation);
      try {
        const result = await super.perform(operation, () =>
          chain(action(), (effect) => {
            journal.effect(entry, effect);
            return effect;
          }),
        );
        journal.answer(entry, result);
        return result;
      } catch (error) {
        journal.fail(entry, error);
        throw error;
      }
    }
  }
  return JournaledBackend;
}
