import type { ContractCase } from '../contract-case';
import { expectEqual, expectRefusal, expectTrue } from '../expectations';
import { expectUnchanged, UNCHANGED_KEY } from './unchanged';

/** What every backend promises: `save` and `load`. */
export const saveAndLoadCases: readonly ContractCase[] = [
  {
    name: 'loads null where nothing was saved',
    features: [],
    async run({ open }) {
      expectEqual(await open().load(), null, 'load of a key that was never saved');
    },
  },
  {
    name: 'loads on one handle what another handle of the key has saved',
    features: [],
    async run({ open, data }) {
      const [writer, reader] = [open(), open()];
      await writer.save({ revision: '7', data: data(1) });
      expectEqual(await reader.load(), { revision: '7', data: data(1) }, 'what another handle loads');
    },
  },
  {
    name: 'gives a new handle at each call',
    features: [],
    async run({ open }) {
      const [first, second] = [open(), open()];
      expectTrue(first !== second, 'getBackend gave one handle twice: its queue would hide what handles can lose to each other');
    },
  },
  {
    name: 'keeps keys apart, whatever strings they are',
    features: [],
    async run({ open, data }) {
      const keys = ['', ' ', 'a', 'A', 'a/../b', 'b', '__proto__', 'constructor', '\0', '\u{1f9ea}', '\ud800', '\udfff'];
      for (const [n, key] of keys.entries()) await open(key).save({ revision: String(n), data: data(n) });
      for (const [n, key] of keys.entries()) {
        expectEqual(
          await open(key).load(),
          { revision: String(n), data: data(n) },
          `what is stored under ${JSON.stringify(key)}`,
        );
      }
    },
  },
  {
    name: 'lets the last save win, whatever its revision',
    features: [],
    async run({ open, data }) {
      await open().save({ revision: '9', data: data(1) });
      await open().save({ revision: '2', data: data(2) });
      expectEqual(await open().load(), { revision: '2', data: data(2) }, 'what is stored after two saves');
    },
  },
  {
    name: 'takes effect in the order in which a handle was called',
    features: [],
    async run({ open, data }) {
      const backend = open();
      const answers = [1, 2, 3].map((n) => {
        const saved = backend.save({ revision: String(n), data: data(n) });
        const loaded = backend.load();
        return Promise.all([loaded, saved]);
      });
      const revisions = (await Promise.all(answers)).map(([loaded]) => loaded?.revision);
      expectEqual(revisions, ['1', '2', '3'], 'revisions loaded after each of three saves, none of them awaited');
    },
  },
  {
    name: 'keeps empty text, zero, false and null as data',
    features: [],
    sampleDataOnly: true,
    async run({ open }) {
      for (const data of ['', 0, false, null]) {
        await open().save({ revision: '1', data });
        expectEqual(await open().load(), { revision: '1', data }, `what is stored after saving ${JSON.stringify(data)}`);
      }
    },
  },
  {
    name: 'refuses undefined as data, or keeps it',
    features: [],
    sampleDataOnly: true,
    async run({ open }) {
      const snapshot = { revision: '1', data: undefined };
      const isKept = await open()
        .save(snapshot)
        .then(
          () => true,
          () => false,
        );
      const loaded = await open().load();
      expectEqual([loaded?.revision, loaded?.data], isKept ? ['1', undefined] : [undefined, undefined], 'what is stored');
    },
  },
  {
    name: 'takes every canonical revision, from 0 to 18446744073709551615',
    features: [],
    async run({ open, data }) {
      for (const revision of ['0', '10', '18446744073709551615']) {
        await open().save({ revision, data: data(1) });
        expectEqual((await open().load())?.revision, revision, 'revision that is loaded');
      }
    },
  },
  {
    name: 'refuses a revision that is not canonical, and changes nothing',
    features: [],
    async run(context) {
      for (const revision of ['01', '-1', '+1', '1e3', ' 1', '', '18446744073709551616', 1, null, undefined]) {
        await expectUnchanged(context, (backend) =>
          expectRefusal(
            () => backend.save({ revision: revision as string, data: context.data(2) }),
            'ERR_INVALID_REVISION',
            `save with revision ${JSON.stringify(revision)}`,
          ).then((error) => expectEqual([error.operation, error.key], ['save', UNCHANGED_KEY], 'operation and key of the error')),
        );
      }
    },
  },
  {
    name: 'refuses what is not a snapshot, and changes nothing',
    features: [],
    async run(context) {
      for (const snapshot of [null, undefined, 1, 'text', [], {}, { revision: '1' }]) {
        await expectUnchanged(context, (backend) =>
          expectRefusal(() => backend.save(snapshot as never), 'ERR_INVALID_SNAPSHOT', `save of ${JSON.stringify(snapshot)}`),
        );
      }
    },
  },
];
