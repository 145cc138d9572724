/** The style of a drawn recording. Its colours follow the `color-scheme` of the page, light or dark. */
export const recordingStyle = `
.recording {
  --ink: light-dark(#1b1f24, #e6edf3);
  --faint: light-dark(#57606a, #9da7b3);
  --line: light-dark(#d0d7de, #3d444d);
  --ground: light-dark(#ffffff, #0d1117);
  --ground-2: light-dark(#f6f8fa, #161b22);
  --good: light-dark(#1a7f37, #3fb950);
  --bad: light-dark(#b42318, #ff7b72);
  --side: 22rem;
  --gap: 0.75rem;
  position: relative;
  box-sizing: border-box;
  max-width: 80rem;
  padding-right: calc(var(--side) + 1.5rem);
  color: var(--ink);
  font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
.recording *, .recording *::before, .recording *::after { box-sizing: border-box; }
.recording dl, .recording dd, .recording p, .recording pre { margin: 0; padding: 0; }
.recording pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
.recording-lanes, .recording-step { display: grid; grid-template-columns: repeat(var(--lanes), minmax(0, 1fr)); column-gap: var(--gap); }
.recording-lanes { position: sticky; top: 0; z-index: 2; background: var(--ground); border-bottom: 1px solid var(--line); }
.recording-lanes strong { padding: 0.5rem 0.25rem; text-align: center; overflow-wrap: anywhere; }
.recording-step { position: relative; align-items: center; }
.recording-step > i { grid-row: 1; justify-self: center; align-self: stretch; width: 0; border-left: 1px solid var(--line); }
.recording-step > input { position: absolute; opacity: 0; width: 1px; height: 1px; margin: 0; }
.recording-step > label {
  grid-row: 1; grid-column: var(--lane); z-index: 1; margin: 0.25rem 0; padding: 0.3rem 0.6rem; cursor: pointer; overflow-wrap: anywhere;
  border: 1px solid var(--line); border-left: 4px solid hsl(var(--hue) 60% 50%); border-radius: 0.4rem;
  background: light-dark(hsl(var(--hue) 75% 96%), hsl(var(--hue) 30% 16%));
}
.recording-note > label { border-style: dashed; border-left-style: solid; background: var(--ground); }
.recording-step > label:hover { border-color: hsl(var(--hue) 60% 50%); }
.recording-step > input:checked + label { outline: 2px solid hsl(var(--hue) 60% 50%); font-weight: 600; }
.recording-step > input:focus-visible + label { outline: 3px solid var(--ink); outline-offset: 2px; }
.recording-step > b {
  --columns: calc(var(--lanes) - var(--lane));
  grid-row: 1; grid-column: calc(var(--lane) + 1) / -1; position: relative; border-top: 2px solid hsl(var(--hue) 60% 50%);
  margin-left: calc(-1 * var(--gap)); margin-right: calc((100% - (var(--columns) - 1) * var(--gap)) / (2 * var(--columns)));
}
.recording-step > b::after { content: ''; position: absolute; top: -6px; right: 0; border: 5px solid transparent; border-left: 8px solid hsl(var(--hue) 60% 50%); border-right-width: 0; }
.recording-answer > b { border-top-style: dashed; }
.recording-answer > b::after { right: auto; left: 0; border: 5px solid transparent; border-right: 8px solid hsl(var(--hue) 60% 50%); border-left-width: 0; }
.recording-step:has(> input:checked) ~ .recording-step > label { background: var(--ground); color: var(--faint); }
.recording-moment {
  display: none; position: absolute; z-index: 1; left: calc(100% + 1.5rem); top: 0.25rem; width: var(--side); padding: 0.75rem;
  border: 1px solid var(--line); border-radius: 0.4rem; background: var(--ground-2);
}
.recording-step > input:checked ~ .recording-moment { display: block; }
.recording-moment > p { color: var(--faint); }
.recording-moment > pre { margin-bottom: 0.75rem; }
.recording .recording-moves { display: flex; justify-content: space-between; gap: 0.5rem; margin-bottom: 0.5rem; }
.recording-moves strong { color: var(--ink); }
.recording-moves label { cursor: pointer; color: var(--ink); text-decoration: underline; }
.recording-moves span { visibility: hidden; }
.recording-moment dl > div { margin-top: 0.5rem; padding-left: 0.6rem; border-left: 3px solid var(--line); }
.recording-moment dt { font-weight: 600; overflow-wrap: anywhere; }
.recording-moment small { font-weight: 400; color: var(--faint); }
.recording-moment em { font-style: normal; font-weight: 600; color: var(--good); }
.recording-moment .recording-new, .recording-moment .recording-changed, .recording-moment .recording-again { border-color: var(--good); }
.recording-moment .recording-removed { border-color: var(--bad); }
.recording-moment .recording-removed em { color: var(--bad); }
.recording-moment .recording-removed dd { text-decoration: line-through; }
.recording .recording-failure { margin-top: 0.5rem; padding: 0.5rem 0.75rem; border: 1px solid var(--bad); border-radius: 0.4rem; color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere; }
.recording-rest { color: var(--faint); text-align: center; }
.recording-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 60rem) {
  .recording { --gap: 0.35rem; padding-right: 0; font-size: 0.75rem; }
  .recording-moment { position: static; grid-column: 1 / -1; width: auto; margin: 0.25rem 0 0.5rem; }
}
@media print {
  .recording .recording-step > .recording-moment { display: none; }
}
`;
