import type { JournalEntry } from 'shared-memory-registry/simulation';
import { formatSequenceDiagram } from '../../src/simulation/sequence-diagram';

const loaded = (part: Partial<JournalEntry> = {}): JournalEntry => {
  const always = { number: 1, type: 'load', key: 'note', revision: null, beganAt: 0, outcome: 'done' } as const;
  return { ...always, client: 'a', begin: 1, effect: 2, end: 3, ...part };
};

test('has a participant for each client and one for the storage, and an arrow for each row', () => {
  const error = Object.assign(new Error(), { code: 'ERR_OF_ITS_OWN' });
  const entries = [
    loaded({ type: 'clear', revision: undefined, begin: 1, effect: 3, end: 6 }),
    loaded({ client: 'b', type: 'save', revision: '1', begin: 2, effect: 4, end: 5 }),
    loaded({ client: 'b', begin: 7, effect: 8, end: 9, outcome: 'failed', error }),
  ];
  expect(formatSequenceDiagram(entries, [{ client: 'c', text: 'click', place: 10 }]).split('\n')).toEqual([
    'sequenceDiagram',
    '  participant client1 as a',
    '  participant client2 as b',
    '  participant client3 as c',
    '  participant storage',
    '  client1->>storage: clear',
    '  client2->>storage: save 1',
    '  storage-->>client1: clear answered',
    '  client2->>storage: load → nothing',
    '  storage-->>client2: load ✗ ERR_OF_ITS_OWN',
    '  note over client3: click',
  ]);
});

test('writes what Mermaid reads as its own as codes', () => {
  const entries = [loaded({ key: 'one; #two' }), loaded({ key: 'lines\r\nof it', client: 'a;b#c', begin: 4, effect: 5, end: 6 })];
  expect(formatSequenceDiagram(entries, []).split('\n')).toEqual([
    'sequenceDiagram',
    '  participant client1 as a',
    '  participant client2 as a#59;b#35;c',
    '  participant storage',
    '  client1->>storage: load one#59; #35;two → nothing',
    '  client2->>storage: load lines#13;#10;of it → nothing',
  ]);
});

test('has no storage where nobody has turned to it', () => {
  expect(formatSequenceDiagram([], [{ client: 'a', text: 'click', place: 1 }]).split('\n')).toEqual([
    'sequenceDiagram',
    '  participant client1 as a',
    '  note over client1: click',
  ]);
});
