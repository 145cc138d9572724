import type { Exploration } from '../explore/exploration-error';
import { drawRecording, escapeHtml } from './draw-recording';
import { recordingStyle } from './recording-style';

/** The failure of an exploration as one HTML file: it loads nothing else, and runs no script. */
export function reportPage(failed: Exploration, received: string): string {
  const { runs, schedules, recording, timeline, diagram, token, seed } = failed;
  const failure = withoutColours(received);
  const [title = ''] = failure.split('\n');
  const facts = [
    `${counted(schedules, 'schedule')} and ${counted(runs, 'run')} until it failed`,
    counted(recording.steps.length, 'step'),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ];
  const replay =
    token === '' ? '' : `<p>To run just this schedule: <code>explore(scenario, { …, replay: '${escapeHtml(token)}' })</code></p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width" />
<title>Exploration: ${escapeHtml(title)}</title>
<link rel="icon" href="data:," />
<style>${PAGE_STYLE}${recordingStyle}</style>
</head>
<body>
<main>
<h1>Schedule ${schedules} fails</h1>
<p class="facts">${facts.map(escapeHtml).join(' · ')}</p>
<pre class="failure" tabindex="0">${escapeHtml(failure)}</pre>
${replay}
<h2>Step by step</h2>
<p>Time goes downwards; each step is in the lane of its client. Choose a step, or press the arrow keys, to see what is stored since then.</p>
${drawRecording(recording, { failure: title })}
<h2>As text</h2>
<details><summary>Timeline</summary><pre tabindex="0">${escapeHtml(timeline)}</pre></details>
<details><summary>Mermaid diagram</summary><pre tabindex="0">${escapeHtml(diagram)}</pre></details>
</main>
</body>
</html>
`;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** Test runners colour their messages for a terminal. */
function withoutColours(text: string): string {
  return text.replaceAll(ESCAPE_SEQUENCE, '');
}

const ESCAPE_SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

const PAGE_STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; background: light-dark(#ffffff, #0d1117); color: light-dark(#1b1f24, #e6edf3); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.125rem; }
p { margin: 0.5rem 0; }
code, pre { font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { padding: 0.1rem 0.3rem; border-radius: 0.3rem; background: light-dark(#f0f2f4, #21262d); overflow-wrap: anywhere; user-select: all; }
main > pre, details pre { overflow-x: auto; padding: 0.75rem; border-radius: 0.4rem; background: light-dark(#f6f8fa, #161b22); }
.facts { color: light-dark(#57606a, #9da7b3); }
.failure { border-left: 4px solid light-dark(#b42318, #ff7b72); white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; }
@media (min-width: 60rem) { details { max-width: calc(100% - 23.5rem); } }
`;
