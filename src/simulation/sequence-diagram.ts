import type { JournalEntry } from './journal-entry';
import { rowsOf } from './timeline';

/** The rows of a timeline as messages between clients and the storage (mermaid.js.org, "Sequence diagrams"). */
export function formatSequenceDiagram(entries: readonly JournalEntry[]): string {
  const clients = [...new Set(entries.map(({ client }) => client))];
  const idOf = (client: string) => `client${clients.indexOf(client) + 1}`;
  return [
    'sequenceDiagram',
    ...clients.map((client) => `  participant ${idOf(client)} as ${escapeText(client)}`),
    '  participant storage',
    ...rowsOf(entries).map(({ client, text }) => {
      const isAnswer = /( answered| ✗ .*)$/.test(text);
      return `  ${isAnswer ? 'storage-->>' : ''}${idOf(client)}${isAnswer ? '' : '->>storage'}: ${escapeText(text)}`;
    }),
  ].join('\n');
}

/** Mermaid reads `;` and `#` as its own. */
function escapeText(text: string): string {
  return text.replace(/[#;\n]/g, (character) => `#${character.charCodeAt(0)};`);
}
