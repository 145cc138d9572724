import type { QuotaExceededError, StorageChange } from '../../index';
import type { ContractCase } from '../contract-case';
import { expectEqual, expectRefusal } from '../expectations';
import { expectUnchanged } from './unchanged';

/** What the medium promises for all keys together: `clearAll`, the quota, disposal. */
export const mediumCases: readonly ContractCase[] = [
  {
    name: 'clearAll removes every key, and handles already held stay valid',
    features: ['clearAll'],
    async run({ open, data, medium }) {
      const [a, b] = [open('a'), open('b')];
      for (const backend of [a, b]) await backend.save({ revision: '1', data: data(1) });
      await medium.clearAll();
      expectEqual([await a.load(), await b.load()], [null, null], 'loads after clearAll');
      await a.save({ revision: '2', data: data(2) });
      expectEqual(await open('a').load(), { revision: '2', data: data(2) }, 'what a held handle saved after clearAll');
    },
  },
  {
    name: 'clearAll is heard by every handle of a key that was stored',
    features: ['clearAll', 'changes'],
    async run({ open, data, medium }) {
      const heard: StorageChange[] = [];
      const backend = open('a', 'writer');
      await backend.save({ revision: '1', data: data(1) });
      for (const key of ['a', 'never-saved']) open(key).subscribe((change) => heard.push(change));
      backend.subscribe((change) => heard.push(change));
      await medium.clearAll();
      await open('a').load();
      const change = { type: 'clear', key: 'a', client: null, revision: null, previousRevision: '1' };
      expectEqual(heard, [change, change], 'what two handles of the key heard');
    },
  },
  {
    name: 'refuses a save over the quota as browsers do, and changes nothing',
    features: ['quota'],
    settings: { quota: 4000 },
    async run(context) {
      await expectUnchanged(context, async (backend) => {
        const save = () => backend.save({ revision: '2', data: Array.from({ length: 400 }, (_, n) => context.data(n)) });
        const error = (await expectRefusal(save, 22, 'save over the quota')) as QuotaExceededError;
        expectEqual([error.name, error.quota], ['QuotaExceededError', 4000], 'name and quota of the error');
        expectEqual(error.requested > 4000, true, 'whether more was requested than the quota');
      });
    },
  },
  {
    name: 'shares the quota between keys, and frees what is cleared and what is replaced',
    features: ['quota', 'usage', 'clear'],
    settings: { quota: 4000 },
    async run({ open, data }) {
      const usages = [];
      let saved = 0;
      for (;;) {
        const backend = open(`key-${saved}`);
        const refused = await backend.save({ revision: '1', data: data(1) }).then(
          () => false,
          () => true,
        );
        if (refused || saved > 4000) break;
        usages.push(await backend.getUsage());
        saved += 1;
      }
      const used = usages.reduce((sum, usage) => sum + usage.used, 0);
      expectEqual(used <= 4000 && used > 2000, true, `whether ${used} bytes fill a quota of 4000`);
      expectEqual(usages[0]?.quota, 4000, 'quota that getUsage tells');
      await open('key-0').save({ revision: '2', data: data(1) });
      await open('key-0').clear();
      await open('key-x').save({ revision: '1', data: data(1) });
    },
  },
  {
    name: 'refuses every operation after disposal, however often it is disposed of',
    features: ['disposal'],
    async run({ open, data, medium }) {
      const backend = open();
      await backend.save({ revision: '1', data: data(1) });
      await medium.dispose();
      await medium.dispose();
      await expectRefusal(() => backend.load(), 'ERR_DISPOSED', 'load after disposal');
      await expectRefusal(() => backend.save({ revision: '2', data: data(2) }), 'ERR_DISPOSED', 'save after disposal');
    },
  },
];
