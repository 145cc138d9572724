import { describe } from '../errors';
import { brief } from './brief';
import { SimulatedFault } from './fault-plan';
import type { JournalEntry, JournalNote } from './journal-entry';

export interface Row extends JournalNote {
  /** What comes from the storage to a client, what goes the other way, or what a client does by itself. */
  readonly type: 'answer' | 'request' | 'note';
}

/** Gives what decodes the data that an operation has found or stored, if any. */
export type DataOf = (entry: JournalEntry) => (() => unknown) | undefined;

const NO_DATA: DataOf = () => undefined;

/** A lane for each client, from top to bottom in the order of effects. */
export function formatTimeline(entries: readonly JournalEntry[], notes: readonly JournalNote[], dataOf?: DataOf): string {
  const clients = clientsOf(entries, notes);
  const rows = rowsOf(entries, notes, dataOf).map((row) => ({ ...row, text: inOneLine(row.text) }));
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
export function rowsOf(
  entries: readonly JournalEntry[],
  notes: readonly JournalNote[],
  dataOf: DataOf = NO_DATA,
): readonly Row[] {
  const hasKeys = new Set(entries.map(({ key }) => key)).size > 1;
  const places = [...entries.flatMap(({ effect, end }) => [effect, end]), ...notes.map(({ place }) => place)];
  const rows: Row[] = notes.map((note) => ({ ...note, type: 'note' }));
  const add = (type: Row['type'], client: string, place: number, text: string, data?: () => unknown) =>
    void rows.push({ type, client, place, text, ...(data !== undefined && { whole: () => whole(data, 2) }) });
  for (const entry of entries) {
    const { client, begin, effect, end, outcome } = entry;
    const name = entry.type + numberOf(entry, entries);
    const what = hasKeys ? `${name} ${entry.key}` : name;
    const data = dataOf(entry);
    const result = resultOf(entry, data);
    if (effect !== undefined) add('request', client, effect, `${what}${result}`, data);
    if (end === undefined) {
      if (effect === undefined) add('request', client, begin, `${what} …`);
      else add('answer', client, Number.POSITIVE_INFINITY, `${what} never answered`);
    } else if (outcome === 'failed') {
      add('answer', client, end, `${what} ✗ ${reasonOf(entry.error)}`);
    } else if (effect === undefined) {
      add('answer', client, end, `${what}${result} without effect`, data);
    } else if (places.some((place) => place !== undefined && place > effect && place < end)) {
      add('answer', client, end, `${what}${result} answered`, data);
    }
  }
  return joined(rows.sort((a, b) => a.place - b.place));
}

/** Of a clock that goes on several times, the last time is enough. */
function joined(rows: readonly Row[]): readonly Row[] {
  const isTime = (row: Row | undefined) => row?.client === 'clock' && /^\d+ ms$/.test(row.text);
  return rows.filter((row, index) => !(isTime(row) && (row.text === '0 ms' || isTime(rows[index + 1]))));
}

/** `#2` of the second such operation of a client on a key, where it overlaps with another one. */
function numberOf(entry: JournalEntry, entries: readonly JournalEntry[]): string {
  const { type, client, key, begin, end = Number.POSITIVE_INFINITY } = entry;
  const alike = entries.filter((other) => other.type === type && other.client === client && other.key === key);
  const overlaps = alike.some((other) => other !== entry && other.begin < end && begin < (other.end ?? Number.POSITIVE_INFINITY));
  return overlaps ? `#${alike.indexOf(entry) + 1}` : '';
}

function resultOf({ type, revision }: JournalEntry, data: (() => unknown) | undefined): string {
  if (revision === undefined) return '';
  const shown = data === undefined ? '' : `: ${cut(whole(data))}`;
  if (type === 'save' || type === 'update') return ` ${revision}${shown}`;
  return ` → ${revision ?? 'nothing'}${shown}`;
}

/** As much of a text as a row has place for. */
export function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Data as JSON text, in lines if `indent` says so, or what kind of object it is. */
export function whole(data: () => unknown, indent?: number): string {
  try {
    const value = data();
    return typeof value === 'string' && /^[[{"]/.test(value) ? value : (JSON.stringify(value, plain, indent) ?? describe(value));
  } catch {
    return '(damaged)';
  }
}

/** What JSON text would not show is described. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const isShown = typeof value !== 'object' || value === null || kind === 'Object' || kind === 'Array';
  return isShown ? value : `[${kind}]`;
}

/** The longest data that are shown whole. */
const LONGEST = 24;

/** Why something has failed, in a few characters. */
export function reasonOf(error: unknown): string {
  if (error instanceof SimulatedFault) return error.kind;
  const { code, name, message } = Object(error) as {
    readonly code?: unknown;
    readonly name?: unknown;
    readonly message?: unknown;
  };
  if (typeof code === 'string') return code;
  return brief(String(name === 'Error' ? message : (name ?? error)));
}
