// @ts-check
import { size, times } from './format.mjs';

/**
 * A table with a row for each item: what stands in a column, by its heading.
 * @template Item
 * @param {readonly Item[]} items
 * @param {Record<string, (item: Item) => string>} columns
 */
export function table(items, columns) {
  const lines = [Object.keys(columns), Object.keys(columns).map(() => '---')];
  for (const item of items) lines.push(Object.values(columns).map((cell) => cell(item)));
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Two or three digits that matter: its column says of what it is a ratio. @param {number | null} ratio */
export function plain(ratio) {
  if (ratio !== null && ratio < 0.001) return '< 0.001';
  if (ratio !== null && ratio >= 100) return count(Number(ratio.toPrecision(2)));
  return times(ratio ?? Number.NaN).replace(' ×', '');
}

/** @param {number} number */
export function count(number) {
  return number.toLocaleString('en');
}

/** @param {{ payload: string, bytes: number }} row */
export function payloadAndSize({ payload, bytes }) {
  return `${payload}, ${size(bytes)}`;
}

/** What is lost is marked. @param {number | null} ratio @param {boolean} isLost */
export function marked(ratio, isLost) {
  return plain(ratio) + (isLost ? ' ▲' : '');
}
