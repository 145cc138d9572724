import { describe, StorageError } from '../errors';

/** The error of a codec that refuses data: what it takes, and what came where. */
export function refusal(
  code: 'ERR_UNCLONEABLE' | 'ERR_UNSERIALIZABLE',
  expected: string,
  received: string,
  cause?: unknown,
): StorageError {
  return new StorageError(code, { expected, received, ...(cause === undefined ? undefined : { cause }) });
}

/** Data that can't be copied. On its way out it gathers the keys that lead to it. */
export class Refusal extends Error {
  readonly #keys: string[] = [];

  constructor(
    readonly culprit: string,
    cause?: unknown,
    readonly relation = 'at',
  ) {
    super(culprit, cause === undefined ? undefined : { cause });
  }

  /** What was thrown, seen from the object that has the culprit under this key. */
  static under(key: string, error: unknown): Refusal {
    const refusal = Refusal.from(error);
    refusal.#keys.push(key);
    return refusal;
  }

  /** What is no refusal was thrown by the data itself, as by a getter. */
  static from(error: unknown): Refusal {
    return error instanceof Refusal ? error : new Refusal(describe(error), error, 'while copying');
  }

  /** What came, and where. */
  get received(): string {
    return `${this.culprit} ${this.relation} ${formatPath([...this.#keys].reverse())}`;
  }
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
