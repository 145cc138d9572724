import * as ours from 'shared-memory-registry';
import { FaultPlan, Journal, withFaults, withJournal } from 'shared-memory-registry/simulation';

/** What a test file has after `jest.resetModules()`: the package once more, with classes of its own. */
function loadAgain(): { core: typeof ours; simulation: { FaultPlan: typeof FaultPlan; Journal: typeof Journal } } {
  jest.resetModules();
  return { core: require('shared-memory-registry'), simulation: require('shared-memory-registry/simulation') };
}

const COPY = /got .*of another copy of this package/;

test('what was made before a module reset is called of another copy', () => {
  const { core, simulation } = loadAgain();
  const registry = new ours.SharedMemoryRegistry<number>();
  expect(() => registry.restore(new core.SharedMemoryRegistry<number>().checkpoint())).toThrow(COPY);
  expect(() => registry.getBackend('key', { Backend: core.KeyedMemoryBackend })).toThrow(COPY);
  expect(() => new ours.SharedMemoryRegistry<number>({ Backend: class extends core.KeyedMemoryBackend<number> {} })).toThrow(
    COPY,
  );
  expect(() => withJournal(ours.KeyedMemoryBackend, new simulation.Journal())).toThrow(COPY);
  expect(() => withFaults(ours.KeyedMemoryBackend, new simulation.FaultPlan())).toThrow(COPY);
});

test('something of the same name is not called so', () => {
  class Checkpoint {}
  class KeyedMemoryBackend {}
  const registry = new ours.SharedMemoryRegistry<number>();
  expect(() => registry.restore(new Checkpoint() as never)).toThrow(/got an instance of Checkpoint/);
  expect(() => registry.getBackend('key', { Backend: KeyedMemoryBackend as never })).toThrow(
    /got a function named "KeyedMemoryBackend"/,
  );
});

test('a mixin takes a class of another copy', async () => {
  const { core } = loadAgain();
  const journal = new Journal();
  const plan = new FaultPlan();
  const Backend = withJournal(withFaults(core.KeyedMemoryBackend<number>, plan), journal);
  const backend = new core.SharedMemoryRegistry<number>().getBackend('key', { client: 'a', Backend });
  plan.failNext('save', { kind: 'dropped' });
  await backend.save({ revision: '1', data: 1 });
  await backend.save({ revision: '2', data: 2 });
  expect(journal.toString().split('\n').slice(2)).toEqual(['save 1: 1 without effect', 'save 2: 2']);
});
