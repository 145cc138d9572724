import fc from 'fast-check';
import {
  KeyedMemoryBackend,
  nextRevision,
  type Operation,
  RevisionConflictError,
  SharedMemoryRegistry,
  toRevision,
} from 'shared-memory-registry';
import { checkHistory, FaultPlan, Journal, type JournalEntry, withFaults, withJournal } from 'shared-memory-registry/simulation';
import { rejection, thrown } from '../support/refusals';

type Part = Pick<JournalEntry, 'type' | 'begin'> & Partial<JournalEntry>;

const conflict = new RevisionConflictError('1', '2');

const history = (...parts: Part[]): JournalEntry[] =>
  parts.map((part, index) => ({
    number: index + 1,
    client: 'a',
    key: 'k',
    beganAt: 0,
    outcome: part.end === undefined ? 'pending' : 'error' in part ? 'failed' : 'done',
    ...part,
  }));

/** So many saves, each loaded, one after another. */
const pairs = (count: number): Part[] =>
  Array.from({ length: count }, (_, index): Part[] => [
    { type: 'save', revision: `${index}`, begin: 4 * index, end: 4 * index + 1 },
    { type: 'load', revision: `${index}`, begin: 4 * index + 2, end: 4 * index + 3 },
  ]).flat();

const isLinearizable = (...parts: Part[]) => checkHistory(history(...parts)).linearizable;

/** Numbers of the operations that can't be explained. */
const unexplained = (...parts: Part[]) => checkHistory(history(...parts)).entries?.map(({ number }) => number);

describe('one after another', () => {
  test('what is read is what was written last', () => {
    const entries = history(
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'load', revision: '1', begin: 3, end: 4 },
      { type: 'update', revision: '2', begin: 5, end: 6 },
      { type: 'stat', revision: '2', begin: 7, end: 8 },
      { type: 'getUsage', begin: 9, end: 10 },
      { type: 'clear', begin: 11, end: 12 },
      { type: 'load', revision: null, begin: 13, end: 14 },
    );
    expect(checkHistory(entries)).toEqual({ linearizable: true });
  });

  test.each<[string, Part['type'], string | null]>([
    ['an earlier revision', 'load', '1'],
    ['nothing', 'load', null],
    ['a revision that nobody wrote', 'load', '7'],
    ['an earlier revision, in a stat', 'stat', '1'],
  ])('to find %s is not', (_name, type, revision) => {
    const writes: Part[] = [
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'save', revision: '2', begin: 3, end: 4 },
    ];
    expect(isLinearizable(...writes, { type, revision, begin: 5, end: 6 })).toBe(false);
    expect(isLinearizable(...writes, { type, revision: '2', begin: 5, end: 6 })).toBe(true);
  });

  test('nothing is found after a clear', () => {
    const clear: Part = { type: 'clear', begin: 1, end: 2 };
    expect(isLinearizable(clear, { type: 'load', revision: '1', begin: 3, end: 4 })).toBe(false);
  });

  test('a load of which is not known what it found may have found anything', () => {
    const save: Part = { type: 'save', revision: '1', begin: 1, end: 2 };
    expect(isLinearizable(save, { type: 'load', begin: 3, end: 4 })).toBe(true);
  });

  test('a look at what is in use says nothing of a revision', () => {
    const save: Part = { type: 'save', revision: '1', begin: 1, end: 2 };
    const load: Part = { type: 'load', revision: '1', begin: 5, end: 6 };
    expect(isLinearizable(save, { type: 'getUsage', begin: 3, end: 4 }, load)).toBe(true);
  });
});

describe('at the same time', () => {
  test.each([
    ['1', true],
    ['2', true],
    [null, false],
  ])('a load that overlaps a save may find either, and nothing else: %p', (revision, expected) => {
    const parts: Part[] = [
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'save', revision: '2', begin: 3, end: 6 },
      { type: 'load', revision, begin: 4, end: 5 },
    ];
    expect(isLinearizable(...parts)).toBe(expected);
  });

  test('two loads that overlap a save may not go back', () => {
    const found = (first: string, second: string) =>
      isLinearizable(
        { type: 'save', revision: '1', begin: 1, end: 2 },
        { type: 'save', revision: '2', begin: 3, end: 10 },
        { type: 'load', revision: first, client: 'b', begin: 4, end: 5 },
        { type: 'load', revision: second, client: 'c', begin: 6, end: 7 },
      );
    expect([found('1', '1'), found('1', '2'), found('2', '2'), found('2', '1')]).toEqual([true, true, true, false]);
  });

  test('either of two saves may be the last, but not both', () => {
    const saves: Part[] = [
      { type: 'save', revision: '1', begin: 1, end: 4 },
      { type: 'save', revision: '2', begin: 2, end: 3 },
    ];
    const load = (revision: string, begin: number): Part => ({ type: 'load', revision, begin, end: begin + 1 });
    expect(isLinearizable(...saves, load('1', 5))).toBe(true);
    expect(isLinearizable(...saves, load('2', 5))).toBe(true);
    expect(isLinearizable(...saves, load('1', 5), load('2', 7))).toBe(false);
  });

  test('a lost update is, as far as a register goes: both loads came before both saves', () => {
    const parts: Part[] = [
      { type: 'load', revision: '0', begin: 1, end: 3 },
      { type: 'load', revision: '0', client: 'b', begin: 2, end: 4 },
      { type: 'save', revision: '1', begin: 5, end: 7 },
      { type: 'save', revision: '1', client: 'b', begin: 6, end: 8 },
    ];
    expect(isLinearizable(...parts)).toBe(true);
  });
});

describe('a conditional write', () => {
  test('on what is stored goes well', () => {
    const parts: Part[] = [
      { type: 'save', revision: '1', ifMatch: null, begin: 1, end: 2 },
      { type: 'update', revision: '2', ifMatch: '1', begin: 3, end: 4 },
      { type: 'clear', ifMatch: '2', begin: 5, end: 6 },
      { type: 'load', revision: null, begin: 7, end: 8 },
    ];
    expect(isLinearizable(...parts)).toBe(true);
  });

  test.each<[string, Part]>([
    ['a save', { type: 'save', revision: '3', ifMatch: '1', begin: 5, end: 6 }],
    ['a save of the first', { type: 'save', revision: '3', ifMatch: null, begin: 5, end: 6 }],
    ['an update', { type: 'update', revision: '3', ifMatch: '1', begin: 5, end: 6 }],
    ['a clear', { type: 'clear', ifMatch: '1', begin: 5, end: 6 }],
  ])('on something else does not: %s', (_name, write) => {
    const saves: Part[] = [
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'save', revision: '2', begin: 3, end: 4 },
    ];
    expect(isLinearizable(...saves, write)).toBe(false);
    expect(isLinearizable(...saves, { ...write, outcome: 'failed', error: conflict })).toBe(true);
    expect(isLinearizable(...saves, { ...write, ifMatch: '2' })).toBe(true);
    expect(isLinearizable(...saves, { ...write, ifMatch: '2', outcome: 'failed', error: conflict })).toBe(false);
  });

  test('goes well once where there are two on one revision', () => {
    const first: Part = { type: 'save', revision: '1', ifMatch: null, begin: 1, end: 4 };
    const second: Part = { type: 'save', revision: '2', ifMatch: null, begin: 2, end: 3 };
    expect(isLinearizable(first, second)).toBe(false);
    expect(isLinearizable(first, { ...second, outcome: 'failed', error: conflict })).toBe(true);
    expect(isLinearizable({ ...first, outcome: 'failed', error: conflict }, second)).toBe(true);
  });

  test('that met another revision has changed nothing', () => {
    const parts: Part[] = [
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'save', revision: '2', ifMatch: null, begin: 3, end: 4, error: conflict },
    ];
    expect(isLinearizable(...parts, { type: 'load', revision: '1', begin: 5, end: 6 })).toBe(true);
    expect(isLinearizable(...parts, { type: 'load', revision: '2', begin: 5, end: 6 })).toBe(false);
  });
});

describe('what may have happened or not', () => {
  const before: Part = { type: 'save', revision: '1', begin: 1, end: 2 };
  const found = (write: Part, ...revisions: (string | null)[]) =>
    isLinearizable(
      before,
      write,
      ...revisions.map((revision, index): Part => ({ type: 'load', revision, begin: 10 + 2 * index, end: 11 + 2 * index })),
    );

  test.each<[string, Part]>([
    ['a save that was not answered', { type: 'save', revision: '2', begin: 3 }],
    ['a save that failed with another error', { type: 'save', revision: '2', begin: 3, end: 4, error: new Error('lost') }],
    ['an update that was not answered', { type: 'update', revision: '2', begin: 3 }],
  ])('%s is seen, at some time or never', (_name, write) => {
    expect(found(write, '1')).toBe(true);
    expect(found(write, '2')).toBe(true);
    expect(found(write, '1', '2')).toBe(true);
    expect(found(write, '2', '1')).toBe(false);
  });

  test('a clear that was not answered is seen, at some time or never', () => {
    const clear: Part = { type: 'clear', begin: 3 };
    expect([found(clear, '1', null), found(clear, null, '1')]).toEqual([true, false]);
  });

  test('is not seen before it was called', () => {
    const load: Part = { type: 'load', revision: '2', begin: 3, end: 4 };
    expect(isLinearizable(before, load, { type: 'save', revision: '2', begin: 5 })).toBe(false);
  });

  test('happens only where its condition is met', () => {
    const write = (ifMatch: string | null): Part => ({ type: 'save', revision: '2', ifMatch, begin: 3 });
    expect([found(write('1'), '2'), found(write(null), '2'), found(write(null), '1')]).toEqual([true, false, true]);
  });

  test('is a load without an answer, that explains nothing', () => {
    expect(found({ type: 'load', begin: 3 }, '1')).toBe(true);
    expect(found({ type: 'load', begin: 3, end: 4, error: new Error('lost') }, '1')).toBe(true);
    expect(found({ type: 'load', revision: '2', begin: 3, end: 4, error: new Error('lost') }, '1')).toBe(true);
  });

  test.each<[string, Part]>([
    ['was not answered', { type: 'update', begin: 3 }],
    ['failed', { type: 'update', begin: 3, end: 4, error: new Error('lost') }],
  ])('is an update that %s, and that may have stored any revision, once', (_name, update) => {
    expect([found(update, '1'), found(update, '7'), found(update, '1', '7')]).toEqual([true, true, true]);
    expect([found(update, '7', '1'), found(update, '7', '8'), found(update, null)]).toEqual([false, false, false]);
  });

  test('is an update of nobody knows what, that a conditional write has met, or not', () => {
    const save = (ifMatch: string, error?: Error): Part => {
      return { type: 'save', revision: '8', ifMatch, begin: 5, end: 6, ...(error && { error }) };
    };
    const update: Part = { type: 'update', begin: 3 };
    const load = (revision: string): Part => ({ type: 'load', revision, begin: 7, end: 8 });
    expect(isLinearizable(before, update, save('7'), load('8'))).toBe(true);
    expect(isLinearizable(before, update, save('1', conflict), load('7'))).toBe(true);
    expect(isLinearizable(before, update, save('1', conflict), load('1'))).toBe(false);
  });

  test('may happen after a later call was answered', () => {
    const save: Part = { type: 'save', revision: '2', begin: 3, end: 4, error: new Error('lost') };
    const later: Part = { type: 'save', revision: '3', begin: 5, end: 6 };
    const load = (revision: string, begin: number): Part => ({ type: 'load', revision, begin, end: begin + 1 });
    expect(isLinearizable(before, save, later, load('3', 7), load('2', 9))).toBe(true);
    expect(isLinearizable(before, save, later, load('2', 7), load('3', 9))).toBe(false);
  });

  test('is each of several that do the same', () => {
    const clears: Part[] = [
      { type: 'clear', begin: 3 },
      { type: 'clear', begin: 4 },
    ];
    const cycle = (begin: number): Part[] => [
      { type: 'load', revision: null, begin, end: begin + 1 },
      { type: 'save', revision: '1', begin: begin + 2, end: begin + 3 },
    ];
    expect(isLinearizable(before, ...clears, ...cycle(10), ...cycle(20))).toBe(true);
    expect(isLinearizable(before, ...clears, ...cycle(10), ...cycle(20), ...cycle(30))).toBe(false);
  });

  test('is not an update without a condition that has lost every race', () => {
    const update: Part = { type: 'update', begin: 3, end: 4, error: conflict };
    expect([found(update, '1'), found(update, '2')]).toEqual([true, false]);
  });

  test('is everything, where nothing was answered', () => {
    expect(isLinearizable({ type: 'save', revision: '2', ifMatch: '9', begin: 1 }, { type: 'clear', begin: 2 })).toBe(true);
    expect(checkHistory([])).toEqual({ linearizable: true });
  });
});

describe('what was there before', () => {
  test('is told by the first answer', () => {
    expect(isLinearizable({ type: 'load', revision: '7', begin: 1, end: 2 })).toBe(true);
    expect(isLinearizable({ type: 'save', revision: '8', ifMatch: '7', begin: 1, end: 2 })).toBe(true);
    expect(isLinearizable({ type: 'load', revision: null, begin: 1, end: 2 })).toBe(true);
  });

  test('may be what no operation names', () => {
    const refused = (ifMatch: string | null, begin: number): Part => ({
      type: 'clear',
      ifMatch,
      begin,
      end: begin + 1,
      error: conflict,
    });
    expect(isLinearizable(refused(null, 1))).toBe(true);
    expect(isLinearizable(refused(null, 1), refused('1', 3))).toBe(true);
    expect(isLinearizable(refused(null, 1), { type: 'load', revision: null, begin: 3, end: 4 })).toBe(false);
  });

  test('is one and the same', () => {
    const parts: Part[] = [
      { type: 'load', revision: '7', begin: 1, end: 2 },
      { type: 'load', revision: '8', begin: 3, end: 4 },
    ];
    expect(isLinearizable(...parts)).toBe(false);
  });
});

describe('the part that can not be explained', () => {
  test('is the fewest operations that show it', () => {
    const entries = history(
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'load', revision: '1', begin: 3, end: 4 },
      { type: 'save', revision: '2', begin: 5, end: 6 },
      { type: 'load', revision: '1', begin: 7, end: 8 },
      { type: 'load', revision: '2', begin: 9, end: 10 },
    );
    const report = checkHistory(entries);
    expect([report.linearizable, report.key, report.entries?.map(({ number }) => number)]).toEqual([false, 'k', [1, 3, 4]]);
    expect(report.entries?.[0]).toBe(entries[0]);
  });

  test('is of the first answer that can not be, whatever comes after it', () => {
    expect(
      unexplained(
        { type: 'save', revision: '1', begin: 1, end: 2 },
        { type: 'load', revision: null, begin: 3, end: 4 },
        { type: 'save', revision: '2', begin: 5, end: 6 },
        { type: 'load', revision: null, begin: 7, end: 8 },
      ),
    ).toEqual([1, 2]);
  });

  test('has no write that is read by what says nothing itself', () => {
    expect(
      unexplained(
        { type: 'save', revision: '1', begin: 1, end: 2 },
        { type: 'load', revision: '1', begin: 3, end: 4 },
        { type: 'save', revision: '2', begin: 5, end: 6 },
        { type: 'clear', begin: 7, end: 8 },
        { type: 'load', revision: '2', begin: 9, end: 10 },
      ),
    ).toEqual([3, 4, 5]);
  });

  test('has the write that was read', () => {
    expect(
      unexplained(
        { type: 'save', revision: '2', begin: 1, end: 2 },
        { type: 'clear', begin: 3, end: 4 },
        { type: 'load', revision: '2', begin: 5, end: 6 },
      ),
    ).toEqual([1, 2, 3]);
  });

  test('has the write that a condition names', () => {
    expect(
      unexplained(
        { type: 'update', revision: '2', begin: 1, end: 2 },
        { type: 'clear', begin: 3, end: 4 },
        { type: 'save', revision: '3', ifMatch: '2', begin: 5, end: 6 },
      ),
    ).toEqual([1, 2, 3]);
  });

  test('has nothing that was called after it', () => {
    expect(
      unexplained(
        { type: 'save', revision: '1', begin: 1, end: 2 },
        { type: 'load', revision: '7', begin: 3, end: 4 },
        { type: 'save', revision: '7', begin: 5, end: 6 },
      ),
    ).toEqual([1, 2]);
  });

  test.each<[string, Part]>([
    ['a load', { type: 'load', revision: '9', begin: 1.5, end: 20 }],
    ['a conflict', { type: 'update', revision: '9', begin: 1.5, end: 20, error: conflict }],
  ])('has no answer that came after it: %s', (_name, late) => {
    expect(
      unexplained({ type: 'save', revision: '1', begin: 1, end: 2 }, late, { type: 'load', revision: null, begin: 3, end: 4 }),
    ).toEqual([1, 3]);
  });

  test('has a write that was read before it was answered', () => {
    expect(
      unexplained(
        { type: 'save', revision: '2', begin: 1, end: 30 },
        { type: 'load', revision: '2', begin: 2, end: 3 },
        { type: 'load', revision: null, begin: 4, end: 5 },
      ),
    ).toEqual([1, 2, 3]);
  });

  test('has no operation that says nothing', () => {
    expect(
      unexplained(
        { type: 'getUsage', begin: 1, end: 2 },
        { type: 'save', revision: '1', begin: 3, end: 4 },
        { type: 'stat', revision: '1', begin: 5, end: 6 },
        { type: 'save', revision: '5', ifMatch: '9', begin: 7, end: 8, error: conflict },
        { type: 'clear', begin: 9 },
        { type: 'load', revision: '7', begin: 10, end: 11 },
      ),
    ).toEqual([2, 6]);
  });

  test('has the answer that nothing explains, and not another in its place', () => {
    expect(
      unexplained(
        { type: 'save', revision: '1', begin: 1, end: 2 },
        { type: 'clear', begin: 3, end: 4 },
        { type: 'load', revision: null, begin: 5, end: 6 },
        { type: 'load', revision: '1', begin: 7, end: 8 },
      ),
    ).toEqual([1, 2, 4]);
  });

  test('keeps to that answer where something was stored several times', () => {
    expect(
      unexplained(
        { type: 'clear', begin: 1, end: 2 },
        { type: 'save', revision: '1', begin: 3, end: 4 },
        { type: 'clear', begin: 5, end: 6 },
        { type: 'load', revision: null, begin: 7, end: 8 },
        { type: 'load', revision: '1', begin: 9, end: 10 },
      ),
    ).toEqual([2, 3, 5]);
  });

  test('has the clear after which nothing was found', () => {
    expect(
      unexplained(
        { type: 'clear', begin: 1, end: 2 },
        { type: 'save', revision: '1', begin: 3, end: 4 },
        { type: 'load', revision: null, begin: 5, end: 6 },
      ),
    ).toEqual([1, 2, 3]);
  });

  test('is in the order of the calls, whatever the order that the entries are given in', () => {
    expect(
      unexplained({ type: 'load', revision: null, begin: 3, end: 4 }, { type: 'save', revision: '1', begin: 1, end: 2 }),
    ).toEqual([2, 1]);
  });

  test('is of the one key that can not be explained', () => {
    const fine: Part[] = [
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'load', revision: '1', begin: 3, end: 4 },
    ];
    const wrong: Part[] = [
      { type: 'clear', key: 'other', begin: 5, end: 6 },
      { type: 'load', key: 'other', revision: '1', begin: 7, end: 8 },
    ];
    expect(isLinearizable(...fine, { type: 'load', key: 'other', revision: '2', begin: 5, end: 6 })).toBe(true);
    const entries = history(...fine, ...wrong);
    expect(checkHistory(entries)).toEqual({ linearizable: false, key: 'other', entries: entries.slice(2) });
  });
});

describe('the journal of a registry', () => {
  function open(plan = new FaultPlan()) {
    const journal = new Journal();
    const Backend = withJournal(withFaults(KeyedMemoryBackend<string>, plan), journal);
    const registry = new SharedMemoryRegistry<string>({ Backend, initial: { k: { revision: '0', data: '' } } });
    return { plan, journal, a: registry.getBackend('k', { client: 'a' }), b: registry.getBackend('k', { client: 'b' }) };
  }

  test('is linearizable, conflicts and failed updates and all', async () => {
    const { journal, a, b } = open();
    await a.load();
    await Promise.all([a.save({ revision: '1', data: 'a' }), b.save({ revision: '2', data: 'b' })]);
    await rejection(a.save({ revision: '3', data: '' }, { ifMatch: '1' }));
    await b.update((current) => ({ revision: nextRevision(current), data: 'c' }));
    await rejection(
      b.update(() => {
        throw new Error('no');
      }),
    );
    await a.clear({ ifMatch: '3' });
    await b.load();
    expect(checkHistory(journal)).toEqual({ linearizable: true });
    expect(checkHistory(journal.entries)).toEqual({ linearizable: true });
  });

  test('is so with faults that are told as such, and not with those that are not', async () => {
    for (const [kind, expected] of [
      ['refused', true],
      ['lost reply', true],
      ['crash', true],
      ['dropped', false],
    ] as const) {
      const { plan, journal, a, b } = open();
      plan.failNext('save', { client: 'a', kind });
      void a.save({ revision: '1', data: 'a' }).catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
      await b.load();
      expect([kind, checkHistory(journal).linearizable]).toEqual([kind, expected]);
    }
  });

  test('of a stale read is not', async () => {
    const { plan, journal, a } = open();
    await a.save({ revision: '1', data: 'a' });
    await a.save({ revision: '2', data: 'b' });
    plan.failNext('load', { kind: 'stale read' });
    await a.load();
    expect(checkHistory(journal)).toMatchObject({
      linearizable: false,
      key: 'k',
      entries: [{ revision: '1' }, { revision: '2' }, { type: 'load', revision: '1' }],
    });
  });
});

describe('a journal that has dropped entries', () => {
  const begin = (journal: Journal, type: Operation['type'], revision?: string) =>
    journal.begin({ key: 'k', client: 'a', type, ...(revision !== undefined && { revision: toRevision(revision) }) });
  const load = (journal: Journal, revision: string | null) =>
    journal.answer(begin(journal, 'load'), revision === null ? null : { revision });
  const save = (journal: Journal, revision: string) => journal.answer(begin(journal, 'save', revision), undefined);

  test('is judged by what began after the end of those', () => {
    const journal = new Journal({ limit: 3 });
    save(journal, '1');
    load(journal, '1');
    save(journal, '2');
    load(journal, '1');
    expect(checkHistory(journal)).toMatchObject({ linearizable: false, entries: [{ revision: '2' }, { revision: '1' }] });
  });

  test('is not judged while one of them is under way', () => {
    const journal = new Journal();
    const early = begin(journal, 'save', '1');
    journal.clear();
    save(journal, '2');
    load(journal, '1');
    expect(checkHistory(journal).linearizable).toBe(true);
    journal.answer(early, undefined);
    expect(checkHistory(journal).linearizable).toBe(true);
    load(journal, '1');
    load(journal, null);
    expect(checkHistory(journal)).toMatchObject({ linearizable: false, entries: [{ number: 4 }, { number: 5 }] });
  });

  test('may have been written to by one that is kept and began before', () => {
    const journal = new Journal();
    const early = begin(journal, 'save', '1');
    journal.clear();
    const kept = begin(journal, 'save', '2');
    journal.answer(early, undefined);
    load(journal, '1');
    load(journal, '2');
    journal.answer(kept, undefined);
    expect(checkHistory(journal).linearizable).toBe(true);
    load(journal, '1');
    expect(checkHistory(journal).linearizable).toBe(false);
  });

  test('loses nothing with a read', () => {
    const journal = new Journal();
    begin(journal, 'load');
    journal.clear();
    save(journal, '1');
    load(journal, null);
    expect(checkHistory(journal).linearizable).toBe(false);
  });
});

/** When it has taken effect, if it does: what failed with an error that says nothing of it may do so at any time. */
function certainBy({ end = Number.POSITIVE_INFINITY, outcome, error }: JournalEntry): number {
  return outcome === 'done' || error === conflict ? end : Number.POSITIVE_INFINITY;
}

/** Tries every order of every choice of uncertain operations, from everything that may have been there before. */
function bruteForce(entries: readonly JournalEntry[], before: readonly (string | null)[]): boolean {
  const orders = (rest: readonly JournalEntry[]): JournalEntry[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((first) => orders(rest.filter((other) => other !== first)).map((order) => [first, ...order]));
  const explains = (order: readonly JournalEntry[], start: string | null): boolean => {
    let stored = start;
    return order.every((entry, index) => {
      if (order.slice(index + 1).some((later) => certainBy(later) < entry.begin)) return false;
      if (entry.type === 'load') return entry.outcome !== 'done' || entry.revision === stored;
      const isMet = entry.ifMatch === undefined || entry.ifMatch === stored;
      if (entry.error === conflict) return !isMet;
      if (!isMet) return false;
      stored = entry.type === 'clear' ? null : (entry.revision ?? null);
      return true;
    });
  };
  const unknown = entries.find(({ type, revision }) => type === 'update' && revision === undefined);
  if (unknown !== undefined) {
    const guesses = ['1', '2', '3', '9'].map((revision) => ({ ...unknown, revision }));
    return guesses.some((guess) =>
      bruteForce(
        entries.map((entry) => (entry === unknown ? guess : entry)),
        before,
      ),
    );
  }
  const uncertain = entries.filter((entry) => certainBy(entry) === Number.POSITIVE_INFINITY);
  const choices = Array.from({ length: 2 ** uncertain.length }, (_, bits) =>
    entries.filter((entry) => !uncertain.includes(entry) || (bits >> uncertain.indexOf(entry)) % 2),
  );
  return choices.some((chosen) => orders(chosen).some((order) => before.some((start) => explains(order, start))));
}

describe('agrees with brute force on small histories', () => {
  const anyPart = (outcomes: readonly ('done' | 'pending' | 'lost' | 'conflict')[]) =>
    fc
      .record({
        type: fc.constantFrom('load', 'save', 'update', 'clear'),
        revision: fc.constantFrom('1', '2', '3'),
        isEmpty: fc.boolean(),
        ifMatch: fc.constantFrom(undefined, undefined, '1', '2', null),
        begin: fc.integer({ min: 1, max: 12 }),
        length: fc.integer({ min: 1, max: 6 }),
        outcome: fc.constantFrom(...outcomes),
      })
      .map(({ type, revision, isEmpty, ifMatch, begin, length, outcome }): Part => {
        const isLoad = type === 'load';
        const isUnknown = type === 'update' && isEmpty && (outcome === 'pending' || outcome === 'lost');
        return {
          type: type as Part['type'],
          begin,
          ...(type !== 'clear' && !isUnknown && { revision: isLoad && isEmpty ? null : revision }),
          ...(!isLoad && ifMatch !== undefined && { ifMatch }),
          ...(outcome !== 'pending' && { end: begin + length + 0.05 }),
          ...(outcome === 'lost' && { error: new Error('lost') }),
          ...(outcome === 'conflict' && !isLoad && ifMatch !== undefined && { error: conflict }),
        };
      });
  /** No two things happen at the same time. */
  const apart = (parts: Part[]) =>
    parts.map(({ begin, end, ...part }, index) => ({
      ...part,
      begin: begin + index / 100,
      ...(end !== undefined && { end: end + index / 100 }),
    }));

  test('where it is not known what was there before', () => {
    const anyHistory = fc.array(anyPart(['done', 'done', 'pending', 'lost']), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anyHistory, (parts) => {
        const entries = history(...apart(parts));
        expect(checkHistory(entries).linearizable).toBe(bruteForce(entries, [null, '1', '2', '3', '9']));
      }),
      { numRuns: 400 },
    );
  });

  test('where conditional writes met another revision', () => {
    const anyHistory = fc.array(anyPart(['done', 'done', 'conflict', 'pending']), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyHistory, fc.constantFrom('1', '2', '9'), (parts, revision) => {
        const known = history({ type: 'save', revision, begin: 0, end: 0.5 }, ...apart(parts));
        expect(checkHistory(known).linearizable).toBe(bruteForce(known, [null]));
        const unknown = history(...apart(parts));
        expect(checkHistory(unknown).linearizable).toBe(bruteForce(unknown, [null, '1', '2', '3', '9']));
      }),
      { numRuns: 400 },
    );
  });

  test('and the part that it gives can not be explained either', () => {
    const anyHistory = fc.array(anyPart(['done', 'done', 'pending', 'lost']), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anyHistory, (parts) => {
        const { entries = [] } = checkHistory(history(...apart(parts)));
        if (entries.length > 0) expect(bruteForce(entries, [null, '1', '2', '3', '9'])).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

test('eleven saves at once, whose orders are 40 million, are checked', () => {
  const saves = Array.from({ length: 11 }, (_, index): Part => {
    return { type: 'save', client: `c${index}`, revision: `${index}`, begin: 1 + index, end: 100 + index };
  });
  expect(isLinearizable(...saves, { type: 'load', revision: '99', begin: 200, end: 201 })).toBe(false);
});

test('2,000 operations are checked, one after another', () => {
  expect(isLinearizable(...pairs(1000))).toBe(true);
  expect(unexplained(...pairs(1000), { type: 'load', revision: '7', begin: 20_000, end: 20_001 })).toHaveLength(3);
});

test('8,000 operations are checked, after one that was not answered', () => {
  expect(isLinearizable({ type: 'save', revision: 'x', begin: -1 }, ...pairs(4000))).toBe(true);
});

test('what explains the other answers is part of what can not be explained', () => {
  const parts: Part[] = [
    { type: 'save', revision: '1', begin: 1, end: 2 },
    { type: 'update', begin: 3, end: 4, error: new Error('lost') },
    { type: 'load', revision: '5', begin: 5, end: 6 },
    { type: 'load', revision: '1', begin: 7, end: 8 },
    { type: 'load', revision: '1', begin: 9, end: 10 },
  ];
  expect(unexplained(...parts)).toEqual([1, 2, 3, 4]);
});

test.each([
  undefined,
  null,
  {},
  'journal',
  5,
  new Map(),
  [null],
  [5],
  [{ type: 'load' }],
  [{ type: 'load', begin: 1 }],
  [{ key: 'k', begin: 1 }],
  [{ type: 'load', key: 'k' }],
])('a history like %p is refused', (entries) => {
  expect(thrown(() => checkHistory(entries as never))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a Journal or its entries',
  });
});
