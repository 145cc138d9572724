import { drawRecording, type Recording } from '../../dist/simulation.js';

type Step = Recording['steps'][number];

/** A sequence diagram of a journal, as the pages have it, drawn as the report draws a run. */
export function drawDiagram(text: string, id: string): string {
  const names = new Map<string, string>();
  const steps: Step[] = [];
  const add = (type: Step['type'], client: string, label: string) =>
    void steps.push({ type, client: names.get(client) ?? client, text: textOf(label), stored: [], changed: [] });
  for (const line of text.split('\n')) {
    const [, participant, name] = /^ *participant (\w+) as (.*)$/.exec(line) ?? [];
    if (participant !== undefined && name !== undefined) names.set(participant, name);
    const [, note, noted] = /^ *note over (\w+): (.*)$/.exec(line) ?? [];
    if (note !== undefined) add('note', note, noted ?? '');
    const [, from, arrow, to, label] = /^ *(\w+)(--?>>)(\w+): (.*)$/.exec(line) ?? [];
    if (arrow === '->>') add('request', from ?? '', label ?? '');
    if (arrow === '-->>') add('answer', to ?? '', label ?? '');
  }
  const html = drawRecording({ clients: [...names.values()], initial: [], steps }, { id });
  return `<div class="diagram" v-pre>${html}</div>`;
}

/** Mermaid has `#35;` for `#`. */
function textOf(text: string): string {
  return text.replace(/#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
