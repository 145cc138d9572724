import { nextRevision, type RevisionConflictError, StorageError } from '../../index';
import type { CompleteBackend, ContractCase } from '../contract-case';
import { expectEqual, expectRefusal, expectRejection, expectTrue, isEqual } from '../expectations';
import { sampleMetadata } from './metadata';
import { expectUnchanged } from './unchanged';

/** `clear`, conditional writes, `update` and signals. */
export const writingCases: readonly ContractCase[] = [
  {
    name: 'clear removes its own key alone, for every handle of it',
    features: ['clear'],
    async run({ open, data }) {
      const held = open('a');
      for (const key of ['a', 'b']) await open(key).save({ revision: '1', data: data(1) });
      await open('a').clear();
      expectEqual(await held.load(), null, 'load of the key that was cleared');
      expectEqual(await open('b').load(), { revision: '1', data: data(1) }, 'load of another key');
    },
  },
  {
    name: 'clear does nothing where nothing is stored, and a cleared key can be saved again',
    features: ['clear'],
    async run({ open, data }) {
      const backend = open();
      await backend.clear();
      await backend.save({ revision: '1', data: data(1) });
      await backend.clear();
      await backend.save({ revision: '1', data: data(2) });
      expectEqual(await backend.load(), { revision: '1', data: data(2) }, 'what was saved after a clear');
    },
  },
  {
    name: 'saves if the stored revision is what ifMatch says',
    features: ['conditions'],
    async run({ open, data }) {
      await open().save({ revision: '1', data: data(1) });
      await open().save({ revision: '2', data: data(2) }, { ifMatch: '1' });
      expectEqual(await open().load(), { revision: '2', data: data(2) }, 'what is stored after a conditional save');
    },
  },
  {
    name: 'refuses a save that comes with another ifMatch, and changes nothing',
    features: ['conditions'],
    async run(context) {
      for (const ifMatch of ['0', '2', null]) {
        await expectUnchanged(context, async (backend) => {
          const save = () => backend.save({ revision: '3', data: context.data(3) }, { ifMatch });
          const error = await expectRefusal(save, 'ERR_REVISION_CONFLICT', `save over revision 1 with ifMatch ${ifMatch}`);
          expectEqual((error as RevisionConflictError).actual, '1', 'actual revision of the error');
        });
      }
      const save = () => context.open('empty').save({ revision: '3', data: context.data(3) }, { ifMatch: '1' });
      await expectRefusal(save, 'ERR_REVISION_CONFLICT', 'save over nothing with ifMatch 1');
      expectEqual(await context.open('empty').load(), null, 'what is stored after it was refused');
    },
  },
  {
    name: 'takes ifMatch null for "only if nothing is stored"',
    features: ['conditions'],
    async run({ open, data }) {
      await open().save({ revision: '1', data: data(1) }, { ifMatch: null });
      expectEqual(await open().load(), { revision: '1', data: data(1) }, 'what is stored');
    },
  },
  {
    name: 'clears only if the stored revision is what ifMatch says',
    features: ['conditions', 'clear'],
    async run(context) {
      await expectUnchanged(context, (backend) =>
        expectRefusal(() => backend.clear({ ifMatch: '2' }), 'ERR_REVISION_CONFLICT', 'clear with another ifMatch'),
      );
      const backend = context.open();
      await backend.save({ revision: '1', data: context.data(1) });
      await backend.clear({ ifMatch: '1' });
      expectEqual(await backend.load(), null, 'load after a conditional clear');
    },
  },
  {
    name: 'keeps every way of writing to its ifMatch, and refuses one that is no revision',
    features: ['conditions', 'clear', 'update', 'metadata'],
    async run(context) {
      const snapshot = { revision: '2', data: context.data(2) };
      const writes: Record<string, (backend: CompleteBackend, ifMatch: string) => Promise<unknown>> = {
        save: (backend, ifMatch) => backend.save(snapshot, { ifMatch }),
        saveWithMetadata: (backend, ifMatch) => backend.saveWithMetadata({ snapshot, metadata: sampleMetadata }, { ifMatch }),
        update: (backend, ifMatch) => backend.update(() => snapshot, { ifMatch }),
        clear: (backend, ifMatch) => backend.clear({ ifMatch }),
      };
      for (const [name, write] of Object.entries(writes)) {
        await expectUnchanged(context, async (backend) => {
          await expectRefusal(() => write(backend, '9'), 'ERR_REVISION_CONFLICT', `${name} with another ifMatch`);
          await expectRefusal(() => write(backend, '01'), 'ERR_INVALID_OPTION', `${name} with an ifMatch that is no revision`);
        });
      }
    },
  },
  {
    name: 'lets exactly one of ten conditional saves at once through',
    features: ['conditions'],
    async run({ open, data }) {
      await open().save({ revision: '0', data: data(0) });
      const saves = Array.from({ length: 10 }, (_, n) => open().save({ revision: '1', data: data(n) }, { ifMatch: '0' }));
      const outcomes = await Promise.allSettled(saves);
      const winners = outcomes.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
      expectEqual(winners.length, 1, 'saves that took effect');
      expectEqual((await open().load())?.data, data(winners[0] as number), 'data of the save that was answered');
    },
  },
  {
    name: 'update loses nothing when ten handles update at once',
    features: ['update'],
    async run({ open, data }) {
      const updates = Array.from({ length: 10 }, () =>
        open().update((current) => ({ revision: nextRevision(current), data: data(1) })),
      );
      await Promise.all(updates);
      expectEqual((await open().load())?.revision, '10', 'revision after ten updates that each count one up');
    },
  },
  {
    name: 'update loses nothing where every update keeps the revision',
    features: ['update'],
    async run({ open, data }) {
      const samples = Array.from({ length: 11 }, (_, n) => data(n));
      await open().save({ revision: '1', data: samples[0] });
      const next = (current: unknown) => samples[samples.findIndex((sample) => isEqual(sample, current)) + 1];
      const update = () => open().update((current) => ({ revision: '1', data: next(current?.data) }));
      await Promise.all(Array.from({ length: 10 }, update));
      expectEqual((await open().load())?.data, samples[10], 'data after ten updates that each go one sample further');
    },
  },
  {
    name: 'update starts again where its record was removed, and another one of its revision was stored',
    features: ['update', 'clear'],
    async run({ open, data }) {
      const [here, there] = [open(), open()];
      await here.save({ revision: '1', data: data(1) });
      const seen: unknown[] = [];
      let others: Promise<unknown> | undefined;
      await here.update((current) => {
        seen.push(current?.data);
        others ??= Promise.allSettled([there.clear(), there.save({ revision: '1', data: data(2) })]);
        return { revision: '2', data: data(3) };
      });
      await others;
      if ((await open().load())?.revision === '1') return; // the other save came later
      expectEqual(seen.at(-1), data(2), 'what the updater was given last, where it has replaced the save of another handle');
    },
  },
  {
    name: 'update takes effect over data that JSON cannot say',
    features: ['update'],
    sampleDataOnly: true,
    async run({ open }) {
      const data = { at: new Date(0), ids: new Map([['a', new Set([1])]]), bytes: new Uint8Array([1, 2]) };
      const isTaken = await open()
        .save({ revision: '1', data })
        .then(
          () => true,
          () => false,
        );
      if (!isTaken) return;
      await open().update((current) => ({ revision: '2', data: current?.data }));
      expectEqual((await open().load())?.revision, '2', 'revision after an update that keeps the data');
    },
  },
  {
    name: 'a clear takes its turn among the other operations of its handle',
    features: ['clear'],
    async run({ open, data }) {
      const backend = open();
      const [, before, , after] = await Promise.all([
        backend.save({ revision: '1', data: data(1) }),
        backend.load(),
        backend.clear(),
        backend.load(),
      ]);
      expectEqual([before?.revision, after], ['1', null], 'loads before and after a clear, none of them awaited');
    },
  },
  {
    name: 'update is a plain save to the metadata, and refuses a malformed revision',
    features: ['update', 'metadata'],
    async run(context) {
      await expectUnchanged(context, (backend) => {
        const update = () => backend.update(() => ({ revision: '02', data: context.data(2) }));
        return expectRefusal(update, 'ERR_INVALID_REVISION', 'update to a malformed revision');
      });
      const backend = context.open();
      await backend.saveWithMetadata({ snapshot: { revision: '1', data: context.data(1) }, metadata: sampleMetadata });
      await backend.update(() => ({ revision: '2', data: context.data(2) }));
      expectEqual((await backend.loadWithMetadata())?.metadata.hash, undefined, 'hash of the save before an update');
    },
  },
  {
    name: 'update gives null where nothing is stored, and resolves to what it stored',
    features: ['update'],
    async run({ open, data }) {
      const seen: unknown[] = [];
      const stored = await open().update((current) => {
        seen.push(current);
        return { revision: '1', data: data(1) };
      });
      expectEqual(seen, [null], 'what the updater was given');
      expectEqual(stored, { revision: '1', data: data(1) }, 'what update resolves to');
      expectEqual(await open().load(), stored, 'what is stored');
    },
  },
  {
    name: 'update with an updater that throws, or returns no snapshot, changes nothing',
    features: ['update'],
    async run(context) {
      const cause = new Error('changed my mind');
      await expectUnchanged(context, async (backend) => {
        const update = () =>
          backend.update(() => {
            throw cause;
          });
        const error = await expectRejection(update, 'update with an updater that throws');
        expectTrue(
          StorageError.is(error) && error.cause === cause,
          `expected the updater's error as cause, got ${String(error)}`,
        );
      });
      await expectUnchanged(context, (backend) =>
        expectRefusal(
          () => backend.update(() => null as never),
          'ERR_INVALID_SNAPSHOT',
          'update with an updater that returns null',
        ),
      );
    },
  },
  {
    name: 'rejects with the reason of a signal that is aborted already, and changes nothing',
    features: ['signals'],
    async run(context) {
      const reason = new Error('no longer needed');
      const controller = new AbortController();
      controller.abort(reason);
      const { signal } = controller;
      await expectUnchanged(context, async (backend) => {
        const save = () => backend.save({ revision: '2', data: context.data(2) }, { signal });
        expectTrue((await expectRejection(save, 'save with an aborted signal')) === reason, "expected the signal's reason");
        const load = () => backend.load({ signal });
        expectTrue((await expectRejection(load, 'load with an aborted signal')) === reason, "expected the signal's reason");
        if (!context.promises('update')) return;
        const update = () => backend.update(() => ({ revision: '2', data: context.data(2) }), { signal });
        expectTrue((await expectRejection(update, 'update with an aborted signal')) === reason, "expected the signal's reason");
        if (!context.promises('clear')) return;
        const clear = () => backend.clear({ signal });
        expectTrue((await expectRejection(clear, 'clear with an aborted signal')) === reason, "expected the signal's reason");
      });
    },
  },
  {
    name: 'rejects a load at once with the reason of its signal, and goes on with the next operation',
    features: ['signals'],
    async run({ open, data }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      const [reason, controller] = [new Error('too slow'), new AbortController()];
      const loading = backend.load({ signal: controller.signal });
      controller.abort(reason);
      const error = await expectRejection(() => loading, 'load whose signal is aborted while it is under way');
      expectTrue(error === reason, `expected the signal's reason, got ${String(error)}`);
      expectEqual(await backend.load(), { revision: '1', data: data(1) }, 'what the next load gives');
    },
  },
  {
    name: 'rejects a save at once when its signal is aborted, and says whether its outcome is known',
    features: ['signals'],
    async run({ open, data }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      const [reason, controller] = [new Error('too slow'), new AbortController()];
      const saving = backend.save({ revision: '2', data: data(2) }, { signal: controller.signal });
      controller.abort(reason);
      const error = await expectRejection(() => saving, 'save whose signal is aborted while it is under way');
      const revision = (await backend.load())?.revision;
      if (error === reason) {
        expectEqual(revision, '1', "revision that is stored after a save was rejected with its signal's reason");
      } else {
        expectTrue(StorageError.is(error) && error.code === 'ERR_OUTCOME_UNKNOWN', `expected ERR_OUTCOME_UNKNOWN, got ${error}`);
        expectTrue(error.cause === reason, `expected the signal's reason as cause, got ${String(error.cause)}`);
        expectTrue(['1', '2'].includes(String(revision)), `expected revision 1 or 2 to be stored, got ${revision}`);
      }
      await backend.save({ revision: '3', data: data(3) });
      expectEqual(await open().load(), { revision: '3', data: data(3) }, 'what is stored after the next save');
    },
  },
];
