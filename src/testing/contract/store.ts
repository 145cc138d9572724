import type { QuotaExceededError, StorageChange } from '../../index';
import type { ContractCase } from '../contract-case';
import { expectEqual, expectRefusal, jsonBytes, textBytes } from '../expectations';
import { sampleMetadata } from './metadata';
import { expectUnchanged, UNCHANGED_KEY } from './unchanged';

/** What the store promises for all keys together: `clearAll`, the quota, disposal. */
export const storeCases: readonly ContractCase[] = [
  {
    name: 'clearAll removes every key, and handles already held stay valid',
    features: ['clearAll'],
    async run({ open, data, store }) {
      const [a, b] = [open('a'), open('b')];
      for (const backend of [a, b]) await backend.save({ revision: '1', data: data(1) });
      await store.clearAll();
      expectEqual([await a.load(), await b.load()], [null, null], 'loads after clearAll');
      await a.save({ revision: '2', data: data(2) });
      expectEqual(await open('a').load(), { revision: '2', data: data(2) }, 'what a held handle saved after clearAll');
    },
  },
  {
    name: 'clearAll is heard by every handle of a key that was stored',
    features: ['clearAll', 'changes'],
    async run({ open, data, store }) {
      const heard: StorageChange[] = [];
      const backend = open('a', 'writer');
      await backend.save({ revision: '1', data: data(1) });
      for (const key of ['a', 'never-saved']) open(key).subscribe((change) => heard.push(change));
      backend.subscribe((change) => heard.push(change));
      await store.clearAll();
      await open('a').load();
      const change = { type: 'clear', key: 'a', client: null, revision: null, previousRevision: '1' };
      expectEqual(heard, [change, change], 'what two handles of the key heard');
    },
  },
  {
    name: 'refuses a save that is one byte over the quota, as browsers do, and changes nothing',
    features: ['quota'],
    quota: (data) => entryBytes(UNCHANGED_KEY, data),
    async run(context) {
      const quota = entryBytes(UNCHANGED_KEY, context.data);
      await expectUnchanged(context, async (backend) => {
        const save = () => backend.save({ revision: '10', data: context.data(1) });
        const error = (await expectRefusal(save, 22, 'save over the quota')) as QuotaExceededError;
        const given = [error.name, error.quota, error.requested];
        expectEqual(given, ['QuotaExceededError', quota, quota + 1], 'name, quota and requested bytes of the error');
      });
    },
  },
  {
    name: 'shares the quota between keys, and frees what is cleared and what is replaced',
    features: ['quota', 'clear'],
    quota: (data) => entryBytes('a', data) + entryBytes('b', data),
    async run({ open, data }) {
      const save = (key: string) => open(key).save({ revision: '1', data: data(1) });
      for (const key of ['a', 'b', 'a']) await save(key);
      await expectRefusal(() => save('c'), 22, 'save of a third key where two fill the quota');
      await open('a').clear();
      await save('c');
      expectEqual(await open('c').load(), { revision: '1', data: data(1) }, 'what was saved after another key was cleared');
    },
  },
  {
    name: 'holds every way of saving to the quota, and frees what clearAll removes',
    features: ['quota', 'update', 'metadata', 'clearAll'],
    quota: (data) => entryBytes('a', data),
    async run({ open, data, store }) {
      const snapshot = { revision: '1', data: data(1) };
      await open('a').save(snapshot);
      await expectRefusal(() => open('b').update(() => snapshot), 22, 'update over the quota');
      await expectRefusal(
        () => open('b').saveWithMetadata({ snapshot, metadata: sampleMetadata }),
        22,
        'saveWithMetadata over the quota',
      );
      await store.clearAll();
      await open('b').save(snapshot);
      expectEqual(await open('b').load(), snapshot, 'what was saved after clearAll');
    },
  },
  {
    name: 'getUsage gives the quota, and its share of it',
    features: ['quota', 'usage'],
    quota: (data) => 4 * entryBytes('a', data),
    async run({ open, data }) {
      await open('a').save({ revision: '1', data: data(1) });
      const used = entryBytes('a', data);
      expectEqual(await open('a').getUsage(), { used, quota: 4 * used, percentage: 25 }, 'usage of a key that fills a quarter');
    },
  },
  {
    name: 'refuses every operation after disposal, however often it is disposed of',
    features: ['disposal'],
    async run({ open, data, store }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      await store.dispose();
      await store.dispose();
      await expectRefusal(() => backend.load(), 'ERR_DISPOSED', 'load after disposal');
      await expectRefusal(() => backend.save({ revision: '2', data: data(2) }), 'ERR_DISPOSED', 'save after disposal');
    },
  },
];

/** Bytes of a key that holds sample data 1 under revision 1. */
export function entryBytes(key: string, data: (n: number) => unknown): number {
  return textBytes(key) + jsonBytes({ revision: '1', data: data(1) });
}
