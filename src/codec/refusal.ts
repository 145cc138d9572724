import { StorageError } from '../errors';

/** The error of a codec that refuses data: what it takes, and what came where. */
export function refusal(
  code: 'ERR_UNCLONEABLE' | 'ERR_UNSERIALIZABLE',
  expected: string,
  received: string,
  cause?: unknown,
): StorageError {
  return new StorageError(code, { expected, received, ...(cause === undefined ? undefined : { cause }) });
}

/** Where in the data something is: `data.items[3].onClick`. */
export function formatPath(keys: readonly string[]): string {
  let path = 'data';
  for (const key of keys) {
    if (path.length > LONGEST) return `${path}…`;
    path += INDEX.test(key) ? `[${key}]` : IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return path;
}

const LONGEST = 120;
const INDEX = /^\d+$/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
