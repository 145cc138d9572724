import type { ContractCase } from '../contract-case';
import { expectEqual, expectRejection, expectTrue, scramble } from '../expectations';
import { sampleMetadata } from './metadata';
import { expectUnchanged } from './unchanged';

/** No object is shared between who saves, the store, and who loads. */
export const isolationCases: readonly ContractCase[] = [
  {
    name: 'stores what was there when save was called',
    features: ['isolation'],
    async run({ open, data }) {
      const backend = open();
      const snapshot = { revision: '1', data: data(1) };
      const saving = backend.save(snapshot);
      scramble(snapshot);
      await saving;
      expectEqual(await backend.load(), { revision: '1', data: data(1) }, 'what is stored after the caller changed its object');
    },
  },
  {
    name: 'is not changed through the object that was saved',
    features: ['isolation'],
    async run({ open, data }) {
      const saved = data(1);
      await open().save({ revision: '1', data: saved });
      scramble(saved);
      expectEqual((await open().load())?.data, data(1), 'what is stored after the saved object was changed');
    },
  },
  {
    name: 'is not changed through an object that was loaded',
    features: ['isolation'],
    async run({ open, data }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      scramble(await backend.load());
      expectEqual(await backend.load(), { revision: '1', data: data(1) }, 'what is stored after a loaded object was changed');
    },
  },
  {
    name: 'shares nothing that can be changed between two loads',
    features: ['isolation'],
    async run({ open, data }) {
      await open().save({ revision: '1', data: data(1) });
      const [first, second] = await Promise.all([open().load(), open().load()]);
      scramble(first);
      expectEqual(second, { revision: '1', data: data(1) }, 'what one loaded after another changed what it had loaded');
    },
  },
  {
    name: 'copies data and metadata in saveWithMetadata and loadWithMetadata',
    features: ['isolation', 'metadata'],
    async run({ open, data }) {
      const backend = open();
      const [saved, metadata] = [data(1), { ...sampleMetadata, labels: ['draft'] }];
      const saving = backend.saveWithMetadata({ snapshot: { revision: '1', data: saved }, metadata });
      scramble(saved);
      scramble(metadata);
      await saving;
      scramble(await backend.loadWithMetadata());
      const expected = { snapshot: { revision: '1', data: data(1) }, metadata: { ...sampleMetadata, labels: ['draft'] } };
      expectEqual(await backend.loadWithMetadata(), expected, 'what is stored after callers changed their objects');
    },
  },
  {
    name: 'gives update a copy, keeps a copy, and returns a copy',
    features: ['isolation', 'update'],
    async run({ open, data }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      const next = data(2);
      const result = await backend.update((current) => {
        scramble(current);
        return { revision: '2', data: next };
      });
      scramble(next);
      scramble(result);
      expectEqual(await backend.load(), { revision: '2', data: data(2) }, 'what is stored after an update');
      const failed = backend.update((current) => {
        scramble(current);
        throw new Error('changed my mind');
      });
      await expectRejection(() => failed, 'update with an updater that throws');
      expectEqual(await backend.load(), { revision: '2', data: data(2) }, 'what is stored after a failed update');
    },
  },
  {
    name: 'refuses data that throws when it is read, with the cause, and changes nothing',
    features: ['isolation'],
    sampleDataOnly: true,
    async run(context) {
      await expectUnchanged(context, async (backend) => {
        const cause = new Error('not now');
        const data = {
          get value(): unknown {
            throw cause;
          },
        };
        const error = await expectRejection(() => backend.save({ revision: '2', data }), 'save of data whose getter throws');
        expectTrue(error instanceof Error && error.cause === cause, `expected the getter's error as cause, got ${String(error)}`);
      });
    },
  },
];
