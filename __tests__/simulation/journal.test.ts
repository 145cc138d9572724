import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { Journal, withJournal } from 'shared-memory-registry/simulation';

function open(journal: Journal) {
  const registry = new SharedMemoryRegistry<string>({ Backend: withJournal(KeyedMemoryBackend<string>, journal) });
  return { registry, a: registry.getBackend('note', { client: 'a' }), b: registry.getBackend('note', { client: 'b' }) };
}

test('records who did what, to which revision, and how it ended', async () => {
  let time = 100;
  const journal = new Journal({ clock: { now: () => time++ } });
  const { a, b } = open(journal);
  await a.save({ revision: '1', data: 'tea' });
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
  expect(journal.find({ client: 'b', outcome: 'failed' }).map(({ number }) => number)).toEqual([3]);
});

test('keeps so many entries, and counts all', async () => {
  const journal = new Journal({ limit: 2 });
  const { a } = open(journal);
  for (const revision of ['1', '2', '3']) await a.save({ revision, data: 'tea' });

  expect(journal.entries.map(({ revision }) => revision)).toEqual(['2', '3']);
  expect(journal.recorded).toBe(3);
  journal.clear();
  expect([journal.entries, journal.recorded]).toEqual([[], 3]);
});

test('is read at a glance as a timeline, and as a sequence diagram', async () => {
  const journal = new Journal();
  const { registry, a, b } = open(journal);
  await a.save({ revision: '1', data: 'tea' });
  await b.load();
  await b.save({ revision: '2', data: 'cake' }, { ifMatch: '7' }).catch(() => {});
  await registry.getBackend('other', { client: 'a' }).load();

  expect(journal.toString().split('\n')).toEqual([
    'a                      b',
    '────────────────────   ─────────────────────────────────',
    'save note 1            ·',
    '·                      load note → 1',
    '·                      save note ✗ ERR_REVISION_CONFLICT',
    'load other → nothing   ·',
  ]);
  expect(journal.toMermaid().split('\n')).toEqual([
    'sequenceDiagram',
    '  participant client1 as a',
    '  participant client2 as b',
    '  participant storage',
    '  client1->>storage: save note 1',
    '  client2->>storage: load note → 1',
    '  storage-->>client2: save note ✗ ERR_REVISION_CONFLICT',
    '  client1->>storage: load other → nothing',
  ]);
});

test('refuses a limit that is none', () => {
  expect(() => new Journal({ limit: 0 })).toThrow('limit to be a whole number above 0');
});
