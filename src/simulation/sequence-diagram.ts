import type { JournalEntry, JournalNote } from './journal-entry';
import { clientsOf, type DataOf, rowsOf } from './timeline';

/** The rows of a timeline as messages between clients and the storage (mermaid.js.org, "Sequence diagrams"). */
export function formatSequenceDiagram(entries: readonly JournalEntry[], notes: readonly JournalNote[], dataOf?: DataOf): string {
  const clients = clientsOf(entries, notes);
  const idOf = (client: string) => `client${clients.indexOf(client) + 1}`;
  return [
    'sequenceDiagram',
    ...clients.map((client) => `  participant ${idOf(client)} as ${escapeText(client)}`),
    ...(entries.length > 0 ? ['  participant storage'] : []),
    ...rowsOf(entries, notes, dataOf).map(({ type, client, text }) => `  ${PREFIXES[type](idOf(client))}: ${escapeText(text)}`),
  ].join('\n');
}

const PREFIXES = {
  request: (client: string) => `${client}->>storage`,
  answer: (client: string) => `storage-->>${client}`,
  note: (client: string) => `note over ${client}`,
};

/** Mermaid reads `;` and `#` as its own. */
function escapeText(text: string): string {
  return text.replace(/[#;\r\n]/g, (character) => `#${character.charCodeAt(0)};`);
}
