import { nextRevision, type StorageChange } from '../../index';
import type { ContractCase } from '../contract-case';
import { eventually, expectEqual, expectRefusal } from '../expectations';
import { entryBytes } from './store';

/** What holds between two connections to one store: other processes, or other machines. */
export const connectionCases: readonly ContractCase[] = [
  {
    name: 'loads in one connection what another one has saved',
    features: ['connections'],
    async run({ open, reopen, data }) {
      const other = await reopen();
      await open().save({ revision: '1', data: data(1) });
      expectEqual(await other.open().load(), { revision: '1', data: data(1) }, 'what the other connection loads');
      await other.open().save({ revision: '2', data: data(2) });
      expectEqual(await open().load(), { revision: '2', data: data(2) }, 'what the first connection loads');
    },
  },
  {
    name: 'refuses a conditional save where another connection was faster',
    features: ['connections', 'conditions'],
    async run({ open, reopen, data }) {
      const [here, there] = [open('key', 'here'), (await reopen()).open('key', 'there')];
      await here.save({ revision: '1', data: data(1) });
      await here.load();
      await there.save({ revision: '2', data: data(2) }, { ifMatch: '1' });
      const late = () => here.save({ revision: '2', data: data(3) }, { ifMatch: '1' });
      await expectRefusal(late, 'ERR_REVISION_CONFLICT', 'save over revision 2 of another connection with ifMatch 1');
      expectEqual(await there.load(), { revision: '2', data: data(2) }, 'what is stored after the conflict');
    },
  },
  {
    name: 'update loses nothing when handles of two connections update at once',
    features: ['connections', 'update'],
    async run({ open, reopen, data }) {
      const other = await reopen();
      const handles = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? open() : other.open()));
      await Promise.all(
        handles.map((handle) => handle.update((current) => ({ revision: nextRevision(current), data: data(1) }))),
      );
      expectEqual((await open().load())?.revision, '10', 'revision after ten updates that each count one up');
    },
  },
  {
    name: 'notifies listeners of the changes that another connection makes, in the order of the commits',
    features: ['connections', 'changes'],
    async run({ open, reopen, data }) {
      const other = await reopen();
      const heard: StorageChange[] = [];
      open('key', 'here').subscribe((change) => heard.push(change));
      const writer = other.open('key', 'there');
      for (const n of [1, 2, 3]) await writer.save({ revision: String(n), data: data(n) });
      await eventually(() => heard.length >= 3);
      const changeTo = (n: number) => ({
        type: 'save',
        key: 'key',
        client: 'there',
        revision: String(n),
        previousRevision: n === 1 ? null : String(n - 1),
      });
      expectEqual(heard, [1, 2, 3].map(changeTo), 'what was heard of three saves of another connection');
    },
  },
  {
    name: 'shares one quota between connections',
    features: ['connections', 'quota'],
    quota: (data) => entryBytes('a', data),
    async run({ open, reopen, data }) {
      const other = await reopen();
      await open('a').save({ revision: '1', data: data(1) });
      const save = () => other.open('b').save({ revision: '1', data: data(1) });
      await expectRefusal(save, 22, 'save of a key where one of another connection fills the quota');
    },
  },
  {
    name: 'clearAll in one connection removes what another one has saved, and notifies its listeners',
    features: ['connections', 'clearAll', 'changes'],
    async run({ open, reopen, data }) {
      const other = await reopen();
      const handle = open('a', 'here');
      await handle.save({ revision: '1', data: data(1) });
      const heard: StorageChange[] = [];
      handle.subscribe((change) => heard.push(change));
      await other.store.clearAll();
      expectEqual(await handle.load(), null, 'load after clearAll in another connection');
      await eventually(() => heard.length >= 1);
      const change = { type: 'clear', key: 'a', client: null, revision: null, previousRevision: '1' };
      expectEqual(heard, [change], 'what was heard of clearAll in another connection');
    },
  },
];
