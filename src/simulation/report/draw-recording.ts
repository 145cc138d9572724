import { readOptions } from '../../backend/input-validation';
import { fail } from '../../errors';
import type { RecordedStep, Recording, StoredValue } from '../recording';

export interface DrawingOptions {
  /** Tells the drawings of one page apart: ids and names of form controls begin with it. Default: `recording` */
  readonly id?: string | undefined;
  /** What the run has failed with, shown below the last step. */
  readonly failure?: string | undefined;
}

/** So many steps are drawn: a run that goes round in circles shows itself in fewer. */
const MOST_STEPS = 200;

/**
 * A recording as HTML: a lane for each client, and a step in each row. Each step is a radio button, so the arrow keys go from step to
 * step; beside the chosen one are its value and what is stored since then. It needs no script, only `recordingStyle`.
 */
export function drawRecording(recording: Recording, options: DrawingOptions = {}): string {
  const { id = 'recording', failure } = readOptions(options, ['id', 'failure']);
  const { clients, initial } = Object(recording) as Recording;
  if (!Array.isArray(clients)) fail('ERR_INVALID_OPTION', 'a recording, such as that of an ExplorationError', recording);
  const steps = recording.steps.slice(0, MOST_STEPS);
  const rest = recording.steps.length - steps.length;
  const hasContents = initial.length > 0 || steps.some(({ stored }) => stored.length > 0);
  const hasStorage = hasContents || steps.some(({ type }) => type === 'request');
  const lanes = [...clients, ...(hasStorage ? ['storage'] : [])];
  const drawing = { id: escapeHtml(id), clients, lanes: lanes.length, total: steps.length, hasStorage, hasContents };
  return `<div class="recording" style="--lanes: ${lanes.length}">
<div class="recording-lanes">${lanes.map((lane) => `<strong>${escapeHtml(lane)}</strong>`).join('')}</div>
<div role="radiogroup" aria-label="Steps">
${steps.map((step, index) => drawStep(step, index, steps[index - 1]?.stored ?? initial, drawing)).join('\n')}
</div>
${rest > 0 ? `<p class="recording-rest">… and ${rest} more steps</p>\n` : ''}${failure === undefined ? '' : `<p class="recording-failure">✗ ${escapeHtml(failure)}</p>\n`}</div>`;
}

interface Drawing {
  readonly id: string;
  readonly clients: readonly string[];
  readonly lanes: number;
  readonly total: number;
  readonly hasStorage: boolean;
  /** Whether anything is ever stored. */
  readonly hasContents: boolean;
}

function drawStep(step: RecordedStep, index: number, before: readonly StoredValue[], drawing: Drawing): string {
  const { client, type, text } = step;
  const { id, clients, lanes, total, hasStorage } = drawing;
  const lane = clients.indexOf(client) + 1;
  const own = `${id}-${index + 1}`;
  const lifelines = Array.from({ length: lanes }, (_, column) => `<i style="grid-column: ${column + 1}"></i>`).join('');
  const arrow = hasStorage && type !== 'note' ? '<b aria-hidden="true"></b>' : '';
  // The last step is chosen: there, everything can be seen.
  const checked = index + 1 === total ? ' checked' : '';
  return `<div class="recording-step recording-${type}" style="--lane: ${lane}; --hue: ${hueOf(lane)}">${lifelines}
<input type="radio" name="${id}" id="${own}" aria-labelledby="${own}-text"${checked} />
<label for="${own}" id="${own}-text"><span class="recording-hidden">${index + 1} of ${total}, ${escapeHtml(client)}: </span>${escapeHtml(text)}</label>${arrow}
${drawMoment(step, index, before, drawing)}</div>`;
}

/** What can be seen beside a step when it is chosen. */
function drawMoment(step: RecordedStep, index: number, before: readonly StoredValue[], drawing: Drawing): string {
  const { id, total, hasContents } = drawing;
  const move = (to: number, text: string) =>
    to > 0 && to <= total ? `<label for="${id}-${to}" aria-hidden="true">${text}</label>` : `<span>${text}</span>`;
  const value = step.data === undefined ? '' : `<p>Value</p><pre>${escapeHtml(step.data)}</pre>`;
  return `<div class="recording-moment">
<p class="recording-moves">${move(index, '← Back')} <strong>Step ${index + 1} of ${total}</strong> ${move(index + 2, 'Next →')}</p>
${value}${hasContents ? drawContents(step, before) : ''}</div>`;
}

function drawContents({ stored, changed }: RecordedStep, before: readonly StoredValue[]): string {
  const isIn = (values: readonly StoredValue[], key: string) => values.some((value) => value.key === key);
  const removed = before.filter(({ key }) => !isIn(stored, key));
  const changeOf = (value: StoredValue) => {
    if (!changed.includes(value.key)) return 'same';
    const old = before.find(({ key }) => key === value.key);
    if (old === undefined) return 'new';
    return old.revision === value.revision && old.data === value.data ? 'again' : 'changed';
  };
  const all = [
    ...stored.map((value) => drawValue(value, changeOf(value))),
    ...removed.map((value) => drawValue(value, 'removed')),
  ];
  return `<p>Storage</p>${all.length === 0 ? '<p>Nothing is stored.</p>' : `<dl>${all.join('')}</dl>`}`;
}

function drawValue({ key, revision, data }: StoredValue, change: keyof typeof MARKS): string {
  const mark = MARKS[change] && ` <em>${MARKS[change]}</em>`;
  return `<div class="recording-${change}"><dt>${escapeHtml(key)} <small>revision ${escapeHtml(revision)}</small>${mark}</dt><dd><pre>${escapeHtml(data)}</pre></dd></div>`;
}

const MARKS = { same: '', new: 'new', changed: 'changed', again: 'the same again', removed: 'removed' };

/** Far from each other on the circle of colours, for neighbouring lanes. */
function hueOf(lane: number): number {
  return Math.round(210 + (lane - 1) * 137.5) % 360;
}

/** @internal Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
