import fc from 'fast-check';
import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { checkHistory, FaultPlan, Journal, type JournalEntry, withFaults, withJournal } from 'shared-memory-registry/simulation';

type Part = Pick<JournalEntry, 'type' | 'begin'> & Partial<JournalEntry>;

const history = (...parts: Part[]): JournalEntry[] =>
  parts.map((part, index) => ({
    number: index + 1,
    client: 'a',
    key: 'k',
    beganAt: 0,
    outcome: part.end === undefined ? 'pending' : 'done',
    ...part,
  }));

test('what happens one after another is linearizable', () => {
  expect(
    checkHistory(
      history(
        { type: 'save', revision: '1', begin: 1, end: 2 },
        { type: 'load', revision: '1', begin: 3, end: 4 },
        { type: 'clear', begin: 5, end: 6 },
        { type: 'load', revision: null, begin: 7, end: 8 },
      ),
    ),
  ).toEqual({ linearizable: true });
});

test('a load that overlaps a save may find either', () => {
  for (const revision of ['1', '2']) {
    const entries = history(
      { type: 'save', revision: '1', begin: 1, end: 2 },
      { type: 'save', revision: '2', begin: 3, end: 6 },
      { type: 'load', revision, begin: 4, end: 5 },
    );
    expect(checkHistory(entries).linearizable).toBe(true);
  }
});

test('a stale load is not, and the fewest operations that show it are given', () => {
  const entries = history(
    { type: 'save', revision: '1', begin: 1, end: 2 },
    { type: 'load', revision: '1', begin: 3, end: 4 },
    { type: 'save', revision: '2', begin: 5, end: 6 },
    { type: 'load', revision: '1', begin: 7, end: 8 },
    { type: 'load', revision: '2', begin: 9, end: 10 },
  );
  const report = checkHistory(entries);
  expect([report.linearizable, report.key, report.entries?.map(({ number }) => number)]).toEqual([false, 'k', [1, 3, 4]]);
});

test('two conditional writes on one revision are not', () => {
  const entries = history(
    { type: 'save', revision: '1', ifMatch: null, begin: 1, end: 4 },
    { type: 'save', revision: '2', ifMatch: null, begin: 2, end: 3 },
  );
  expect(checkHistory(entries).linearizable).toBe(false);
});

test('a save without an answer may have happened or not', () => {
  for (const revision of [null, '1']) {
    const entries = history({ type: 'save', revision: '1', begin: 1 }, { type: 'load', revision, begin: 2, end: 3 });
    expect(checkHistory(entries).linearizable).toBe(true);
  }
});

test('the journal of a registry is linearizable, and that of a stale read is not', async () => {
  const [plan, journal] = [new FaultPlan(), new Journal()];
  const Backend = withJournal(withFaults(KeyedMemoryBackend<string>, plan), journal);
  const handle = new SharedMemoryRegistry<string>({ Backend }).getBackend('k');
  await handle.save({ revision: '1', data: 'a' });
  await handle.save({ revision: '2', data: 'b' });
  await handle.load();
  expect(checkHistory(journal).linearizable).toBe(true);
  plan.failNext('load', { kind: 'stale read' });
  await handle.load();
  expect(checkHistory(journal).linearizable).toBe(false);
});

/** Tries every order of every choice of uncertain operations. */
function bruteForce(entries: readonly JournalEntry[]): boolean {
  const orders = (rest: readonly JournalEntry[]): JournalEntry[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((first) => orders(rest.filter((other) => other !== first)).map((order) => [first, ...order]));
  const explains = (order: readonly JournalEntry[], start: string | null): boolean => {
    let stored = start;
    return order.every((entry, index) => {
      if (order.slice(index + 1).some(({ end = Number.POSITIVE_INFINITY }) => end < entry.begin)) return false;
      if (entry.type === 'load') return entry.outcome !== 'done' || entry.revision === stored;
      if (entry.ifMatch !== undefined && entry.ifMatch !== stored) return false;
      stored = entry.type === 'clear' ? null : (entry.revision ?? null);
      return true;
    });
  };
  const pending = entries.filter(({ outcome }) => outcome === 'pending');
  const choices = Array.from({ length: 2 ** pending.length }, (_, bits) =>
    entries.filter((entry) => !pending.includes(entry) || (bits >> pending.indexOf(entry)) % 2),
  );
  return choices.some((chosen) => orders(chosen).some((order) => [null, '1', '2', '3'].some((start) => explains(order, start))));
}

test('agrees with brute force on small histories', () => {
  const anyEntry = fc.record({
    type: fc.constantFrom('load', 'save', 'clear'),
    revision: fc.constantFrom('1', '2', '3', null),
    isConditional: fc.boolean(),
    ifMatch: fc.constantFrom('1', '2', null),
    begin: fc.integer({ min: 1, max: 12 }),
    length: fc.integer({ min: 1, max: 6 }),
    isPending: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 5 }), (drafts) => {
      const entries = history(
        ...drafts.map(
          ({ type, revision, isConditional, ifMatch, begin, length, isPending }, index): Part => ({
            type: type as 'load',
            begin: begin + index / 10,
            ...(type !== 'clear' && { revision: type === 'save' ? (revision ?? '3') : revision }),
            ...(type !== 'load' && isConditional && { ifMatch }),
            ...(!isPending && { end: begin + length + index / 10 + 0.05 }),
          }),
        ),
      );
      expect(checkHistory(entries).linearizable).toBe(bruteForce(entries));
    }),
    { numRuns: 500 },
  );
});
