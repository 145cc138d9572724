import { inspect } from 'node:util';
import { KeyedMemoryBackend, type Operation, SharedMemoryRegistry } from 'shared-memory-registry';
import { FaultPlan, Journal, SimulatedFault, withFaults, withJournal } from 'shared-memory-registry/simulation';
import { rejection, thrown } from '../support/refusals';

function open(journal: Journal, Backend = KeyedMemoryBackend<string>) {
  const registry = new SharedMemoryRegistry<string>({ Backend: withJournal(Backend, journal) });
  return { registry, a: registry.getBackend('note', { client: 'a' }), b: registry.getBackend('note', { client: 'b' }) };
}

const tea = { revision: '1', data: 'tea' };

test('records who did what, to which revision, and how it ended', async () => {
  let time = 100;
  const journal = new Journal({ clock: { now: () => time++ } });
  const { a, b } = open(journal);
  await a.save(tea);
  await b.load();
  await b.save({ revision: '2', data: 'cake' }, { ifMatch: '7' }).catch(() => {});

  expect(journal.entries).toEqual([
    {
      number: 1,
      type: 'save',
      client: 'a',
      key: 'note',
      revision: '1',
      begin: 1,
      effect: 2,
      end: 3,
      beganAt: 100,
      endedAt: 101,
      outcome: 'done',
    },
    {
      number: 2,
      type: 'load',
      client: 'b',
      key: 'note',
      revision: '1',
      begin: 4,
      effect: 5,
      end: 6,
      beganAt: 102,
      endedAt: 103,
      outcome: 'done',
    },
    {
      number: 3,
      type: 'save',
      client: 'b',
      key: 'note',
      revision: '2',
      ifMatch: '7',
      begin: 7,
      end: 8,
      beganAt: 104,
      endedAt: 105,
      outcome: 'failed',
      error: expect.objectContaining({ code: 'ERR_REVISION_CONFLICT' }),
    },
  ]);
});

test.each<[string, (handle: KeyedMemoryBackend<string>) => Promise<unknown>, object]>([
  ['a load', (handle) => handle.load(), { type: 'load', revision: '1' }],
  ['a load with metadata', (handle) => handle.loadWithMetadata(), { type: 'load', revision: '1' }],
  ['a stat', (handle) => handle.stat(), { type: 'stat', revision: '1' }],
  ['a look at what is in use', (handle) => handle.getUsage(), { type: 'getUsage' }],
  ['a save', (handle) => handle.save({ revision: '5', data: '' }), { type: 'save', revision: '5' }],
  ['an update', (handle) => handle.update(() => ({ revision: '6', data: '' })), { type: 'update', revision: '6' }],
  ['a clear', (handle) => handle.clear(), { type: 'clear' }],
  ['a condition', (handle) => handle.clear({ ifMatch: '1' }), { type: 'clear', ifMatch: '1' }],
])('%s is recorded with what is known of it', async (_name, operate, known) => {
  const journal = new Journal({ clock: { now: () => 0 } });
  const { a } = open(journal);
  await a.save(tea);
  journal.clear();
  await operate(a);
  const always = { number: 2, client: 'a', key: 'note', begin: 4, effect: 5, end: 6, beganAt: 0, endedAt: 0, outcome: 'done' };
  expect(journal.entries).toStrictEqual([{ ...always, ...known }]);
});

test('what finds nothing has found null', async () => {
  const journal = new Journal();
  const { a } = open(journal);
  await a.load();
  await a.stat();
  await a.clear({ ifMatch: null });
  expect(journal.entries.map(({ revision, ifMatch }) => [revision, ifMatch])).toEqual([
    [null, undefined],
    [null, undefined],
    [undefined, null],
  ]);
});

test('an update that fails has no revision and no effect', async () => {
  const journal = new Journal();
  const { a } = open(journal);
  const cause = new Error('no');
  const update = a.update(() => {
    throw cause;
  });
  await rejection(update);
  const [entry] = journal.entries;
  expect(entry).toMatchObject({ outcome: 'failed', error: { code: 'ERR_UPDATER_FAILED', cause } });
  expect(entry).not.toHaveProperty('revision');
  expect(entry).not.toHaveProperty('effect');
});

test('what was asked for earlier does not change', async () => {
  const journal = new Journal();
  const { a } = open(journal);
  const saved = a.save(tea);
  const [early] = journal.entries;
  await saved;
  expect([early?.outcome, journal.entries[0]?.outcome]).toEqual(['pending', 'done']);
});

test('the time is that of the day, unless it is told otherwise', async () => {
  const journal = new Journal();
  const spy = jest.spyOn(Date, 'now').mockReturnValueOnce(7).mockReturnValueOnce(9);
  const entry = journal.begin({ type: 'load', key: 'note', client: 'a' });
  journal.answer(entry, null);
  spy.mockRestore();
  expect(entry).toMatchObject({ beganAt: 7, endedAt: 9 });
});

describe('around faults', () => {
  const opened = () => {
    const [journal, plan] = [new Journal(), new FaultPlan()];
    return { journal, plan, ...open(journal, withFaults(KeyedMemoryBackend<string>, plan)) };
  };

  test('what was refused has no effect, and what lost its reply has one', async () => {
    const { journal, plan, a } = opened();
    plan.failNext('save');
    plan.failNext('save', { kind: 'lost reply' });
    await rejection(a.save(tea));
    await rejection(a.save(tea));
    expect(journal.entries).toEqual([
      expect.objectContaining({ outcome: 'failed', error: expect.any(SimulatedFault), begin: 1, end: 2 }),
      expect.objectContaining({ outcome: 'failed', error: expect.any(SimulatedFault), begin: 3, effect: 4, end: 5 }),
    ]);
    expect(journal.entries[0]).not.toHaveProperty('effect');
  });

  test('an update whose reply was lost has the revision that it stored', async () => {
    const { journal, plan, a } = opened();
    plan.failNext('update', { kind: 'lost reply' });
    await rejection(a.update(() => tea));
    expect(journal.entries).toMatchObject([{ outcome: 'failed', revision: '1' }]);
  });

  test('what was dropped is done without an effect', async () => {
    const { journal, plan, a } = opened();
    plan.failNext('save', { kind: 'dropped' });
    await a.save(tea);
    expect(journal.entries[0]).toMatchObject({ outcome: 'done', end: 2 });
    expect(journal.entries[0]).not.toHaveProperty('effect');
  });

  test('a load has the revision that its caller was told of', async () => {
    const { journal, plan, a } = opened();
    await a.save(tea);
    await a.save({ revision: '2', data: 'cake' });
    plan.failNext('load', { kind: 'stale read' });
    await a.load();
    expect(journal.find({ type: 'load' })).toMatchObject([{ revision: '1', outcome: 'done' }]);
  });

  test('what a crashed client has begun is pending', async () => {
    const { journal, plan, a } = opened();
    plan.crash('a');
    void a.save(tea);
    await new Promise((resolve) => setImmediate(resolve));
    expect(journal.entries[0]).toMatchObject({ outcome: 'pending' });
    for (const field of ['effect', 'end', 'endedAt', 'error']) expect(journal.entries[0]).not.toHaveProperty(field);
  });
});

test('is asked for those that have all of some fields', async () => {
  const journal = new Journal();
  const { registry, a, b } = open(journal);
  await a.save(tea);
  await b.load();
  await registry.getBackend('other', { client: 'b' }).load();
  await rejection(b.save({ revision: '2', data: '' }, { ifMatch: null }));
  void a.clear();
  const numbers = (...wanted: Parameters<typeof journal.find>) => journal.find(...wanted).map(({ number }) => number);
  expect(numbers({})).toEqual([1, 2, 3, 4, 5]);
  expect(numbers({ client: 'b' })).toEqual([2, 3, 4]);
  expect(numbers({ client: 'b', type: 'load' })).toEqual([2, 3]);
  expect(numbers({ client: 'b', type: 'load', key: 'note' })).toEqual([2]);
  expect(numbers({ revision: '1' })).toEqual([1, 2]);
  expect(numbers({ revision: null })).toEqual([3]);
  expect(numbers({ outcome: 'failed' })).toEqual([4]);
  expect(numbers({ outcome: 'pending' })).toEqual([5]);
  expect(numbers({ client: 'c' })).toEqual([]);
});

describe('keeps', () => {
  test('so many entries, and counts all', async () => {
    const journal = new Journal({ limit: 2 });
    const { a } = open(journal);
    for (const revision of ['1', '2', '3']) await a.save({ revision, data: 'tea' });

    expect(journal.entries.map(({ revision }) => revision)).toEqual(['2', '3']);
    expect(journal.recorded).toBe(3);
  });

  test('so many notes', () => {
    const journal = new Journal({ limit: 2 });
    for (const text of ['one', 'two', 'three']) journal.note('a', text);
    expect(journal.toString().split('\n').slice(2)).toEqual(['two', 'three']);
  });

  test('10,000 where it was not told how many', () => {
    const journal = new Journal();
    const operation: Operation = { type: 'load', key: 'note', client: 'a' };
    for (let count = 0; count < 10_001; count += 1) journal.begin(operation);
    expect([journal.entries.length, journal.entries[0]?.number, journal.recorded]).toEqual([10_000, 2, 10_001]);
  });

  test('nothing once it is cleared, and goes on counting', async () => {
    const journal = new Journal();
    const { a } = open(journal);
    const saved = a.save(tea);
    journal.note('a', 'click');
    journal.clear();
    await saved;
    expect([journal.entries, journal.recorded, journal.toString().trim()]).toEqual([[], 1, '']);
    await a.load();
    expect(journal.entries).toMatchObject([{ number: 2, begin: 5 }]);
  });
});

describe('knows when the last write ended that it keeps no entry of', () => {
  const operation = { key: 'note', client: 'a' };

  test('whether dropped at the limit or by clear', () => {
    const journal = new Journal({ limit: 1 });
    const [first, second] = [1, 2].map(() => journal.begin({ type: 'clear', ...operation }));
    const places = [journal.droppedUntil];
    if (first) journal.answer(first, undefined);
    places.push(journal.droppedUntil);
    if (second) journal.answer(second, undefined);
    places.push(journal.droppedUntil);
    journal.clear();
    places.push(journal.droppedUntil);
    expect(places).toEqual([Number.POSITIVE_INFINITY, 3, 3, 4]);
  });

  test('also where that one was called before another', () => {
    const journal = new Journal();
    const [first, second] = [1, 2].map(() => journal.begin({ type: 'clear', ...operation }));
    if (second) journal.fail(second, new Error('lost'));
    if (first) journal.answer(first, undefined);
    journal.clear();
    expect(journal.droppedUntil).toBe(4);
  });

  test('and not of reads, nor of what it keeps', () => {
    const journal = new Journal();
    const load = journal.begin({ type: 'load', ...operation });
    journal.clear();
    const places = [journal.droppedUntil];
    journal.answer(load, null);
    journal.answer(journal.begin({ type: 'clear', ...operation }), undefined);
    expect([...places, journal.droppedUntil]).toEqual([0, 0]);
  });
});

test('is read at a glance as a timeline, and as a sequence diagram', async () => {
  const journal = new Journal();
  const { registry, a, b } = open(journal);
  await a.save(tea);
  await b.load();
  journal.note('b', 'click');
  await b.save({ revision: '2', data: 'cake' }, { ifMatch: '7' }).catch(() => {});
  await registry.getBackend('other', { client: 'a' }).load();

  expect(journal.toString().split('\n')).toEqual([
    'a                      b',
    '────────────────────   ─────────────────────────────────',
    'save note 1: "tea"     ·',
    '·                      load note → 1: "tea"',
    '·                      click',
    '·                      save note ✗ ERR_REVISION_CONFLICT',
    'load other → nothing   ·',
  ]);
  expect(journal.toMermaid().split('\n')).toEqual([
    'sequenceDiagram',
    '  participant client1 as a',
    '  participant client2 as b',
    '  participant storage',
    '  client1->>storage: save note 1: "tea"',
    '  client2->>storage: load note → 1: "tea"',
    '  note over client2: click',
    '  storage-->>client2: save note ✗ ERR_REVISION_CONFLICT',
    '  client1->>storage: load other → nothing',
  ]);
});

test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null])('a limit of %p is refused', (limit) => {
  expect(thrown(() => new Journal({ limit: limit as never }))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'limit to be a whole number above 0',
  });
});

test.each([undefined, null, {}, { entries: [] }])('a journal like %p is refused', (journal) => {
  expect(thrown(() => withJournal(KeyedMemoryBackend, journal as never))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a Journal',
  });
});

test.each([undefined, null, {}, 'class', () => {}, Map])('a class like %p is refused', (Backend) => {
  expect(thrown(() => withJournal(Backend as never, new Journal()))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    expected: 'a class of backends',
  });
});

test.each<[string, () => unknown]>([
  ['no options', () => new Journal(null as never)],
  ['a misspelt option', () => new Journal({ limits: 5 } as never)],
  ['a clock that is none', () => new Journal({ clock: {} as never })],
  ['no fields', () => new Journal().find(null as never)],
  ['a misspelt field', () => new Journal().find({ kye: 'note' } as never)],
  ['a note of nobody', () => new Journal().note(5 as never, 'click')],
  ['a note that is no text', () => new Journal().note('a', undefined as never)],
])('%s: that is refused', (_name, action) => {
  expect(thrown(action)).toMatchObject({ code: 'ERR_INVALID_OPTION' });
});

test('console.log shows how much was recorded, and the timeline', async () => {
  const journal = new Journal();
  await open(journal).a.save(tea);
  expect(inspect(journal)).toBe(`Journal(1)\n${journal}`);
});
