import type { JournalEntry } from './journal-entry';

interface Row {
  readonly place: number;
  readonly client: string;
  readonly text: string;
}

/** A lane for each client, from top to bottom in the order of effects. */
export function formatTimeline(entries: readonly JournalEntry[]): string {
  const clients = [...new Set(entries.map(({ client }) => client))];
  const rows = rowsOf(entries);
  const width = (lane: string) =>
    Math.max(lane.length, ...rows.filter(({ client }) => client === lane).map(({ text }) => text.length));
  const widths = clients.map(width);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, lane) => cell.padEnd(widths[lane] ?? 0))
      .join('   ')
      .trimEnd();
  return [
    line(clients),
    line(widths.map((length) => '─'.repeat(length))),
    ...rows.map(({ client, text }) => line(clients.map((lane) => (lane === client ? text : '·')))),
  ].join('\n');
}

/** What happened, in order: each effect, each failure, and each answer that something else has come before. */
export function rowsOf(entries: readonly JournalEntry[]): readonly Row[] {
  const named = new Set(entries.map(({ key }) => key)).size > 1;
  const places = entries.flatMap(({ effect, end }) => [effect, end]).filter((place) => place !== undefined);
  const rows: Row[] = [];
  for (const entry of entries) {
    const { client, begin, effect, end, outcome } = entry;
    const what = named ? `${entry.type} ${entry.key}` : entry.type;
    if (effect !== undefined) rows.push({ place: effect, client, text: `${what}${resultOf(entry)}` });
    if (outcome === 'failed' && end !== undefined) rows.push({ place: end, client, text: `${what} ✗ ${reasonOf(entry.error)}` });
    else if (effect === undefined) rows.push({ place: begin, client, text: `${what} …` });
    else if (end === undefined) rows.push({ place: effect + 0.5, client, text: `${what} never answered` });
    else if (places.some((place) => place > effect && place < end)) rows.push({ place: end, client, text: `${what} answered` });
  }
  return rows.sort((a, b) => a.place - b.place);
}

function resultOf({ type, revision }: JournalEntry): string {
  if (revision === undefined) return '';
  if (type === 'save' || type === 'update') return ` ${revision}`;
  return ` → ${revision ?? 'nothing'}`;
}

function reasonOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: string };
  return typeof code === 'string' ? code : (name ?? String(error));
}
