import type { PersistedSnapshotMetadata } from '../../index';
import type { ContractCase } from '../contract-case';
import { expectEqual, expectRefusal, expectTrue, jsonBytes, textBytes } from '../expectations';
import { expectUnchanged } from './unchanged';

export const sampleMetadata: PersistedSnapshotMetadata = {
  savedAt: 1234.5,
  schemaVersion: 3,
  sizeBytes: 1,
  compressed: true,
  hash: 'abc',
  ttlMs: 0,
};

/** Metadata, what was measured and tracked, and usage. */
export const metadataCases: readonly ContractCase[] = [
  {
    name: 'loads no metadata where nothing was saved',
    features: ['metadata'],
    async run({ open }) {
      expectEqual(await open().loadWithMetadata(), null, 'loadWithMetadata of a key that was never saved');
    },
  },
  {
    name: 'stamps a plain save with savedAt, schemaVersion 1, its measured size, and compressed false',
    features: ['metadata'],
    async run({ open, data }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      const loaded = await backend.loadWithMetadata();
      const savedAt = loaded?.metadata.savedAt ?? Number.NaN;
      expectTrue(Number.isFinite(savedAt), `savedAt must be the time of the save in ms, got ${savedAt}`);
      const sizeBytes = jsonBytes({ revision: '1', data: data(1) });
      const metadata = { savedAt, schemaVersion: 1, sizeBytes, compressed: false };
      expectEqual(loaded, { snapshot: { revision: '1', data: data(1) }, metadata }, 'what a plain save stored');
    },
  },
  {
    name: 'keeps the metadata it is given to the letter, with fields it does not know',
    features: ['metadata'],
    async run({ open, data }) {
      const metadata = { ...sampleMetadata, origin: 'import', tags: [1, { deep: null }] };
      await open().saveWithMetadata({ snapshot: { revision: '1', data: data(1) }, metadata });
      const expected = { snapshot: { revision: '1', data: data(1) }, metadata };
      expectEqual(await open().loadWithMetadata(), expected, 'what saveWithMetadata stored');
      expectEqual(await open().load(), expected.snapshot, 'what load gives of it');
    },
  },
  {
    name: 'forgets the metadata of the save before',
    features: ['metadata'],
    async run({ open, data }) {
      await open().saveWithMetadata({ snapshot: { revision: '1', data: data(1) }, metadata: sampleMetadata });
      await open().save({ revision: '2', data: data(2) });
      const metadata = (await open().loadWithMetadata())?.metadata;
      expectEqual(metadata && [metadata.schemaVersion, metadata.compressed, metadata.hash], [1, false, undefined], 'metadata');
    },
  },
  {
    name: 'refuses malformed metadata, naming the field, and changes nothing',
    features: ['metadata'],
    async run(context) {
      const wrong: Record<string, unknown> = { savedAt: Number.NaN, schemaVersion: -1, sizeBytes: 1.5, compressed: 1, ttlMs: -1 };
      for (const [field, value] of Object.entries(wrong)) {
        await expectUnchanged(context, async (backend) => {
          const metadata = { ...sampleMetadata, [field]: value };
          const save = () => backend.saveWithMetadata({ snapshot: { revision: '2', data: context.data(2) }, metadata });
          const error = await expectRefusal(save, 'ERR_INVALID_METADATA', `saveWithMetadata with ${field} ${String(value)}`);
          expectTrue(error.message.includes(field), `expected an error that names ${field}, got "${error.message}"`);
        });
      }
    },
  },
  {
    name: 'stat gives what was measured and tracked, whatever the metadata claims',
    features: ['stat', 'metadata'],
    async run({ open, data }) {
      const backend = open();
      expectEqual(await backend.stat(), null, 'stat of a key that was never saved');
      await backend.saveWithMetadata({ snapshot: { revision: '5', data: data(1) }, metadata: sampleMetadata });
      const stat = await backend.stat();
      expectEqual(stat?.sizeBytes, jsonBytes({ revision: '5', data: data(1) }), 'measured bytes');
      expectEqual(stat?.revision, '5', 'revision');
      expectEqual(stat?.updatedAt === sampleMetadata.savedAt, false, 'whether the claimed time was taken over');
    },
  },
  {
    name: 'stat counts saves and keeps the time of creation, and starts anew after a clear',
    features: ['stat', 'clear'],
    async run({ open, data }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      const created = (await backend.stat())?.createdAt ?? Number.NaN;
      expectTrue(Number.isFinite(created), `createdAt must be the time of the save in ms, got ${created}`);
      await new Promise((resolve) => setTimeout(resolve, 5)); // so that a later time is another one
      for (const n of [2, 3]) await open().save({ revision: String(n), data: data(n) });
      const stat = await backend.stat();
      expectEqual([stat?.saveCount, stat?.createdAt], [3, created], 'save count and time of creation after three saves');
      expectTrue(Number(stat?.updatedAt) >= created, `updatedAt must be no earlier than createdAt, got ${stat?.updatedAt}`);
      await backend.clear();
      expectEqual(await backend.stat(), null, 'stat after a clear');
      await backend.save({ revision: '4', data: data(4) });
      expectEqual((await backend.stat())?.saveCount, 1, 'save count after a clear and a save');
    },
  },
  {
    name: 'getUsage gives the measured bytes of its own key and entry',
    features: ['usage'],
    async run({ open, data }) {
      const backend = open('ключ');
      expectEqual((await backend.getUsage()).used, 0, 'usage of a key that was never saved');
      await backend.save({ revision: '1', data: data(1) });
      await open('another').save({ revision: '1', data: data(2) });
      const expected = jsonBytes({ revision: '1', data: data(1) }) + textBytes('ключ');
      expectEqual((await backend.getUsage()).used, expected, 'usage of a key');
    },
  },
];
