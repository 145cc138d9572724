import { describe } from '../errors';

/** A value in one cell of a timeline. */
export function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : describe(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const LONGEST = 40;
