import { describe, StorageError } from '../errors';
import { formatPath } from './path';

/** Data that can't be copied. On its way out it gathers the keys that lead to it. */
export class Refusal extends Error {
  readonly #keys: string[] = [];

  constructor(
    culprit: string,
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

  toStorageError(expected: string): StorageError {
    const received = `${this.message} ${this.relation} ${formatPath([...this.#keys].reverse())}`;
    return new StorageError('ERR_UNCLONEABLE', { expected, received, ...('cause' in this && { cause: this.cause }) });
  }
}
