import { RevisionConflictError } from 'shared-memory-registry';
import { type JournalEntry, type JournalNote, SimulatedFault } from 'shared-memory-registry/simulation';
import { clientsOf, formatTimeline, rowsOf } from '../../src/simulation/timeline';

type Part = Partial<JournalEntry> & Pick<JournalEntry, 'type' | 'begin'>;

function entry(part: Part): JournalEntry {
  const outcome = part.end === undefined ? 'pending' : 'error' in part ? 'failed' : 'done';
  return { number: part.begin, client: 'a', key: 'note', beganAt: 0, outcome, ...part };
}

const note = (client: string, place: number, text = 'click'): JournalNote => ({ client, place, text });
const operation = { type: 'save', key: 'note', client: 'a' } as const;

/** The texts of the rows, and which way they go. */
function rows(parts: Part[], notes: JournalNote[] = []): string[] {
  return rowsOf(parts.map(entry), notes).map(({ type, client, text }) => `${client} ${type}: ${text}`);
}

describe('a row', () => {
  const done = { begin: 1, effect: 2, end: 3 };

  test.each<[string, Part, string]>([
    ['a load that found something', { type: 'load', revision: '7', ...done }, 'load → 7'],
    ['a load that found nothing', { type: 'load', revision: null, ...done }, 'load → nothing'],
    ['a load of which that is not known', { type: 'load', ...done }, 'load'],
    ['a stat', { type: 'stat', revision: '7', ...done }, 'stat → 7'],
    ['a save', { type: 'save', revision: '7', ...done }, 'save 7'],
    ['an update', { type: 'update', revision: '7', ...done }, 'update 7'],
    ['a clear', { type: 'clear', ...done }, 'clear'],
    ['a look at what is in use', { type: 'getUsage', ...done }, 'getUsage'],
    ['what has not taken effect yet', { type: 'save', revision: '7', begin: 1 }, 'save …'],
  ])('of %s', (_name, part, text) => {
    expect(rows([part])).toEqual([`a request: ${text}`]);
  });

  test.each<[string, unknown, string]>([
    ['a conflict', new RevisionConflictError('1', '2'), 'ERR_REVISION_CONFLICT'],
    ['a simulated fault', new SimulatedFault('refused', operation), 'refused'],
    ['an error without a code', new TypeError('no'), 'TypeError'],
    ['an error without a name of its own', new Error('the disk is gone'), 'the disk is gone'],
    [
      'an error with a number for a code',
      Object.assign(new Error('no'), { name: 'QuotaExceededError', code: 22 }),
      'QuotaExceededError',
    ],
    ['what is no error', 'no network', 'no network'],
    ['nothing at all', undefined, 'undefined'],
    ['null', null, 'null'],
  ])('of a failure by %s', (_name, error, reason) => {
    expect(rows([{ type: 'save', revision: '7', begin: 1, end: 2, error }])).toEqual([`a answer: save ✗ ${reason}`]);
  });

  test('is one of the effect and one of the failure where a reply was lost', () => {
    const error = new SimulatedFault('lost reply', operation);
    expect(rows([{ type: 'save', revision: '7', ...done, error }])).toEqual(['a request: save 7', 'a answer: save ✗ lost reply']);
  });

  test('says that there was no effect', () => {
    expect(rows([{ type: 'save', revision: '7', begin: 1, end: 2 }])).toEqual(['a answer: save 7 without effect']);
  });

  test('says that there was no answer, after everything else', () => {
    const parts: Part[] = [
      { type: 'save', revision: '7', begin: 1, effect: 2 },
      { type: 'load', client: 'b', revision: '7', begin: 3, effect: 4, end: 5 },
    ];
    expect(rows(parts)).toEqual(['a request: save 7', 'b request: load → 7', 'a answer: save never answered']);
  });

  test('names the key where there are several', () => {
    const parts: Part[] = [
      { type: 'load', revision: null, begin: 1, effect: 2, end: 3 },
      { type: 'save', key: 'other', begin: 4, end: 5, error: null },
      { type: 'clear', key: '', begin: 6 },
    ];
    expect(rows(parts)).toEqual(['a request: load note → nothing', 'a answer: save other ✗ null', 'a request: clear  …']);
  });
});

describe('an answer', () => {
  const load: Part = { type: 'load', begin: 1, effect: 2, end: 6 };

  test.each<[string, Part[], JournalNote[]]>([
    ['an effect', [{ type: 'save', client: 'b', begin: 3, effect: 4, end: 7 }], []],
    ['an end', [{ type: 'save', client: 'b', begin: 0, end: 5, error: null }], []],
    ['a note', [], [note('b', 5)]],
  ])('has a row of its own where %s has come before it', (_name, others, notes) => {
    expect(rows([load, ...others], notes)).toContain('a answer: load answered');
  });

  test.each<[string, Part[], JournalNote[]]>([
    ['nothing', [], []],
    ['a call', [{ type: 'save', client: 'b', begin: 4 }], []],
    ['what came before', [{ type: 'save', client: 'b', begin: 0, effect: 1, end: 1.5 }], [note('b', 1.7)]],
    ['what came after', [{ type: 'save', client: 'b', begin: 5, effect: 7, end: 8 }], [note('b', 9)]],
  ])('has none where %s has', (_name, others, notes) => {
    expect(rows([load, ...others], notes)).not.toContain('a answer: load answered');
  });
});

test('an answer that came late says what it was', () => {
  const parts: Part[] = [
    { type: 'load', revision: null, begin: 1, effect: 3, end: 6 },
    { type: 'save', client: 'b', revision: '1', begin: 2, effect: 4, end: 7 },
  ];
  expect(rows(parts, [note('c', 5)])).toEqual([
    'a request: load → nothing',
    'b request: save 1',
    'c note: click',
    'a answer: load → nothing answered',
    'b answer: save 1 answered',
  ]);
});

test('rows are in the order in which they happened', () => {
  const parts: Part[] = [
    { type: 'load', begin: 1, effect: 6, end: 7 },
    { type: 'save', client: 'b', begin: 2, effect: 3, end: 9 },
    { type: 'clear', client: 'c', begin: 4 },
  ];
  expect(rows(parts, [note('b', 8), note('c', 5)])).toEqual([
    'b request: save',
    'c request: clear …',
    'c note: click',
    'a request: load',
    'b note: click',
    'b answer: save answered',
  ]);
});

test('lanes are in the order in which the clients began', () => {
  const entries = [{ type: 'load', client: 'b', begin: 4 } as const, { type: 'load', client: 'a', begin: 2 } as const].map(entry);
  expect(clientsOf(entries, [note('c', 3), note('d', 1), note('b', 5)])).toEqual(['d', 'a', 'c', 'b']);
});

describe('the text', () => {
  test('has a lane for each client, as wide as what is in it', () => {
    const entries = [
      { type: 'save', client: 'a', revision: '1', begin: 1, effect: 2, end: 3 } as const,
      { type: 'load', client: 'a-long-name', revision: '1', begin: 4, effect: 5, end: 6 } as const,
      { type: 'load', client: 'c', revision: null, begin: 7, effect: 8, end: 9 } as const,
    ].map(entry);
    expect(formatTimeline(entries, [note('a', 10, 'a long note')]).split('\n')).toEqual([
      'a             a-long-name   c',
      '───────────   ───────────   ──────────────',
      'save 1        ·             ·',
      '·             load → 1      ·',
      '·             ·             load → nothing',
      'a long note   ·             ·',
    ]);
  });

  test('may be of one client alone, or of notes alone', () => {
    expect(formatTimeline([], [note('tab', 1), note('tab', 2, 'again')])).toBe('tab\n─────\nclick\nagain');
  });

  test('keeps what has several lines in one', () => {
    const entries = [entry({ type: 'load', client: 'tab\n1', key: 'a\r\nb', begin: 1, effect: 2, end: 3 })];
    expect(formatTimeline(entries, [note('tab\n1', 4, 'one\ntwo')])).toBe('tab⏎1\n───────\nload\none⏎two');
  });

  test('is empty where nothing has happened', () => {
    expect(formatTimeline([], []).trim()).toBe('');
  });
});

describe('data in a row', () => {
  const entry = {
    number: 1,
    type: 'load',
    client: 'a',
    key: 'x',
    revision: '1',
    begin: 1,
    effect: 2,
    end: 3,
    outcome: 'done',
    beganAt: 0,
    endedAt: 0,
  } as const;

  test.each<[unknown, string]>([
    ['tea', 'load → 1: "tea"'],
    ['{"theme":"dark"}', 'load → 1: {"theme":"dark"}'],
    [{ count: 1 }, 'load → 1: {"count":1}'],
    [7, 'load → 1: 7'],
    [null, 'load → 1: null'],
    [undefined, 'load → 1: undefined'],
    [12n, 'load → 1: "12n"'],
    [{ list: 'a'.repeat(50) }, 'load → 1: {"list":"aaaaaaaaaaaaaa…'],
    [{ tags: new Map([['a', 1]]) }, 'load → 1: {"tags":"[Map]"}'],
  ])('%p is shown as %s', (data, row) => {
    expect(rowsOf([entry], [], () => () => data).map(({ text }) => text)).toEqual([row]);
  });

  test('that cannot be decoded are said to be damaged', () => {
    const decode = () => {
      throw new Error('no');
    };
    expect(rowsOf([entry], [], () => decode).map(({ text }) => text)).toEqual(['load → 1: (damaged)']);
  });
});

test('operations of one client that overlap are told apart', () => {
  const save = { type: 'save', client: 'a', key: 'x', outcome: 'done', beganAt: 0, endedAt: 0 } as const;
  const entries = [
    { ...save, number: 1, revision: '1', begin: 1, effect: 4, end: 5 },
    { ...save, number: 2, revision: '2', begin: 2, effect: 3, end: 6 },
    { ...save, number: 3, revision: '3', begin: 7, effect: 8, end: 9 },
  ];
  expect(rowsOf(entries, []).map(({ text }) => text)).toEqual(['save#2 2', 'save#1 1', 'save#2 2 answered', 'save 3']);
});

test('a clock that goes on several times in a row has one row, and none for 0 ms', () => {
  const notes = ['0 ms', '10 ms', '20 ms'].map((text, place) => ({ client: 'clock', text, place }));
  const awake = { client: 'a', text: 'is awake', place: 4 };
  const later = { client: 'clock', text: '30 ms', place: 5 };
  expect(rowsOf([], [...notes, awake, later]).map(({ text }) => text)).toEqual(['20 ms', 'is awake', '30 ms']);
});
