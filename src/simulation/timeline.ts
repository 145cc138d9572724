import { brief } from './brief';
import { SimulatedFault } from './fault-plan';
import type { JournalEntry, JournalNote } from './journal-entry';

export interface Row extends JournalNote {
  /** What comes from the storage to a client, what goes the other way, or what a client does by itself. */
  readonly type: 'answer' | 'request' | 'note';
}

/** A lane for each client, from top to bottom in the order of effects. */
export function formatTimeline(entries: readonly JournalEntry[], notes: readonly JournalNote[]): string {
  const clients = clientsOf(entries, notes);
  const rows = rowsOf(entries, notes).map((row) => ({ ...row, text: inOneLine(row.text) }));
  const width = (lane: string) =>
    Math.max(inOneLine(lane).length, ...rows.filter(({ client }) => client === lane).map(({ text }) => text.length));
  const widths = clients.map(width);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, lane) => cell.padEnd(widths[lane] ?? 0))
      .join('   ')
      .trimEnd();
  return [
    line(clients.map(inOneLine)),
    line(widths.map((length) => '─'.repeat(length))),
    ...rows.map(({ client, text }) => line(clients.map((lane) => (lane === client ? text : '·')))),
  ].join('\n');
}

/** A key, a client and a note may be any text. */
function inOneLine(text: string): string {
  return text.replace(/\r\n|[\r\n\u2028\u2029]/g, '⏎');
}

/** In the order in which they began. */
export function clientsOf(entries: readonly JournalEntry[], notes: readonly JournalNote[]): readonly string[] {
  const first = [...entries.map(({ client, begin }) => ({ client, place: begin })), ...notes];
  return [...new Set(first.sort((a, b) => a.place - b.place).map(({ client }) => client))];
}

/** What happened, in order: each effect, each failure, each answer that something else has come before, and each note. */
export function rowsOf(entries: readonly JournalEntry[], notes: readonly JournalNote[]): readonly Row[] {
  const named = new Set(entries.map(({ key }) => key)).size > 1;
  const places = [...entries.flatMap(({ effect, end }) => [effect, end]), ...notes.map(({ place }) => place)];
  const rows: Row[] = notes.map((note) => ({ ...note, type: 'note' }));
  const add = (type: Row['type'], client: string, place: number, text: string) => void rows.push({ type, client, place, text });
  for (const entry of entries) {
    const { client, begin, effect, end, outcome } = entry;
    const what = named ? `${entry.type} ${entry.key}` : entry.type;
    if (effect !== undefined) add('request', client, effect, `${what}${resultOf(entry)}`);
    if (end === undefined) {
      if (effect === undefined) add('request', client, begin, `${what} …`);
      else add('answer', client, Number.POSITIVE_INFINITY, `${what} never answered`);
    } else if (outcome === 'failed') {
      add('answer', client, end, `${what} ✗ ${reasonOf(entry.error)}`);
    } else if (effect === undefined) {
      add('answer', client, end, `${what}${resultOf(entry)} without effect`);
    } else if (places.some((place) => place !== undefined && place > effect && place < end)) {
      add('answer', client, end, `${what}${resultOf(entry)} answered`);
    }
  }
  return rows.sort((a, b) => a.place - b.place);
}

function resultOf({ type, revision }: JournalEntry): string {
  if (revision === undefined) return '';
  if (type === 'save' || type === 'update') return ` ${revision}`;
  return ` → ${revision ?? 'nothing'}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof SimulatedFault) return error.kind;
  const { code, name, message } = Object(error) as {
    readonly code?: unknown;
    readonly name?: unknown;
    readonly message?: unknown;
  };
  if (typeof code === 'string') return code;
  return brief(String(name === 'Error' ? message : (name ?? error)));
}
