import type { StorageChange } from '../../index';
import type { ContractCase } from '../contract-case';
import { expectEqual } from '../expectations';

/** What the other handles are notified of. */
export const changeCases: readonly ContractCase[] = [
  {
    name: 'notifies the other handles of the key, by the time save returns, and never its own',
    features: ['changes'],
    async run({ open, data }) {
      const [writer, reader] = [open('key', 'writer'), open('key', 'reader')];
      const heard = { writer: [] as StorageChange[], reader: [] as StorageChange[], elsewhere: [] as StorageChange[] };
      writer.subscribe((change) => heard.writer.push(change));
      reader.subscribe((change) => heard.reader.push(change));
      open('other').subscribe((change) => heard.elsewhere.push(change));
      await writer.save({ revision: '1', data: data(1) });
      await writer.save({ revision: '2', data: data(2) });
      const expected = [
        { type: 'save', key: 'key', client: 'writer', revision: '1', previousRevision: null },
        { type: 'save', key: 'key', client: 'writer', revision: '2', previousRevision: '1' },
      ];
      expectEqual(heard.reader, expected, 'what another handle of the key heard by the time save returned');
      expectEqual(heard.writer, [], 'what the handle heard of its own saves');
      expectEqual(heard.elsewhere, [], 'what a handle of another key heard');
    },
  },
  {
    name: 'notifies after the commit, and not in the stack of who saves',
    features: ['changes'],
    async run({ open, data }) {
      const [writer, reader] = [open(), open()];
      const loads: Promise<unknown>[] = [];
      let calling = true;
      let inStack = false;
      reader.subscribe(() => {
        inStack = calling;
        const load = reader.load();
        load.catch(() => {}); // called too late, it fails this test and not the process
        loads.push(load);
      });
      const saving = writer.save({ revision: '1', data: data(1) });
      calling = false;
      await saving;
      expectEqual(inStack, false, "whether a listener was called in its saver's stack");
      expectEqual(await Promise.all(loads), [{ revision: '1', data: data(1) }], 'what a listener loads');
    },
  },
  {
    name: 'notifies of changes in the order of their commits',
    features: ['changes'],
    async run({ open, data }) {
      const heard: StorageChange[] = [];
      open().subscribe((change) => heard.push(change));
      const [a, b] = [open(), open()];
      const writers = [a, b, b, a];
      await Promise.all(writers.map((writer, n) => writer.save({ revision: String(n), data: data(n) })));
      const chain = heard.map(({ previousRevision }) => previousRevision);
      const before = [null, ...heard.slice(0, -1).map(({ revision }) => revision)];
      expectEqual(chain, before, 'revision before each change, and of the change before it');
      const last = (await open().load())?.revision;
      expectEqual([heard.length, heard.at(-1)?.revision], [4, last], 'how many changes were heard, and the last of them');
    },
  },
  {
    name: 'notifies of an update',
    features: ['changes', 'update'],
    async run({ open, data }) {
      const heard: StorageChange[] = [];
      open('key').subscribe((change) => heard.push(change));
      await open('key', 'writer').update(() => ({ revision: '1', data: data(1) }));
      const expected = { type: 'save', key: 'key', client: 'writer', revision: '1', previousRevision: null };
      expectEqual(heard, [expected], 'what was heard of an update');
    },
  },
  {
    name: 'notifies of a clear, and not of a clear where nothing is stored',
    features: ['changes', 'clear'],
    async run({ open, data }) {
      const heard: StorageChange[] = [];
      const writer = open('key', 'writer');
      await writer.save({ revision: '1', data: data(1) });
      open('key').subscribe((change) => heard.push(change));
      await writer.clear();
      await writer.clear();
      const expected = { type: 'clear', key: 'key', client: 'writer', revision: null, previousRevision: '1' };
      expectEqual(heard, [expected], 'what was heard of two clears');
    },
  },
  {
    name: 'notifies of nothing once unsubscribed, even in the middle of a delivery',
    features: ['changes'],
    async run({ open, data }) {
      const reader = open();
      let heard = 0;
      const ends = [0, 1].map(() =>
        reader.subscribe(() => {
          heard += 1;
          for (const end of ends) end();
        }),
      );
      await open().save({ revision: '1', data: data(1) });
      await open().save({ revision: '2', data: data(2) });
      expectEqual(heard, 1, 'calls of two listeners, the first of which ends both');
      for (const end of ends) end(); // once more: nothing happens
    },
  },
  {
    name: "a listener that throws fails nobody's save and keeps nobody from hearing",
    features: ['changes'],
    async run({ open, data, listenerErrors }) {
      const error = new Error('bad listener');
      let heard = 0;
      const reader = open();
      reader.subscribe(() => {
        throw error;
      });
      reader.subscribe(() => {
        heard += 1;
      });
      await open().save({ revision: '1', data: data(1) });
      expectEqual(heard, 1, 'calls of the listener after the one that throws');
      expectEqual(listenerErrors.includes(error), true, 'whether onListenerError was given what the listener threw');
    },
  },
];
