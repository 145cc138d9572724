import type { Revision } from './contracts';
import { fail, withContext } from './errors';

/** The revision that has no next one. */
export const LARGEST = '18446744073709551615';
const EXPECTED = `a revision: decimal text from "0" to "${LARGEST}" without sign or leading zeros`;

/** Whether this is canonical decimal text of an unsigned 64-bit number. */
export function isRevision(value: unknown): value is Revision {
  // Asked with every save: a regular expression takes several times as long.
  if (typeof value !== 'string' || value === '' || value.length > LARGEST.length) return false;
  if (value.startsWith('0')) return value.length === 1;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return value.length < LARGEST.length || value <= LARGEST;
}

/**
 * The value, branded.
 * @throws {StorageError} `ERR_INVALID_REVISION`
 */
export function toRevision(value: unknown): Revision {
  return isRevision(value) ? value : fail('ERR_INVALID_REVISION', EXPECTED, value);
}

/**
 * Order by number: below 0 if `a` is older than `b`, 0 if they are the same, above 0 if it is newer.
 * Works as the callback of `sort`.
 * @throws {StorageError} `ERR_INVALID_REVISION`
 */
export function compareRevisions(a: string, b: string): number {
  const [left, right] = withContext('compareRevisions', () => [toRevision(a), toRevision(b)]);
  // Without leading zeros, the longer text is the larger number.
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

/**
 * The revision after a revision, or after that of a snapshot; `'1'` after nothing.
 * @throws {StorageError} `ERR_INVALID_REVISION`, also after the largest one
 */
export function nextRevision(current: string | { readonly revision: string } | null | undefined): Revision {
  return withContext('nextRevision', () => {
    if (current === null || current === undefined) return toRevision('1');
    const revision = toRevision(typeof current === 'object' && 'revision' in current ? current.revision : current);
    if (revision === LARGEST) fail('ERR_INVALID_REVISION', 'a revision that has a next one', revision);
    return toRevision(String(BigInt(revision) + 1n));
  });
}
