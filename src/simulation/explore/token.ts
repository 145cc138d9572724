import { refuse } from '../../errors';
import type { Possible, Step } from './step';

/**
 * Choices as text: of the steps that were possible each time, which one was taken. Nothing is written where only one was,
 * nor at the end for those that come first, but for one of them.
 */
export function formatToken(choices: readonly number[]): string {
  return `order:${choices.join('.').replace(/(\.0)+$/, '') || '0'}`;
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function parseToken(token: string): number[] {
  if (typeof token !== 'string' || !/^order:(\d+(\.\d+)*)?$/.test(token)) {
    refuse('ERR_INVALID_OPTION', 'replay to be the token of a failed exploration', token);
  }
  const choices = token.slice('order:'.length);
  return choices === '' ? [] : choices.split('.').map(Number);
}

/** Takes what was taken where there was a choice; where that is not known or not possible, what comes first. */
export function follow(choices: readonly number[]) {
  const left = [...choices];
  let isMissed = false;
  return {
    choose(possible: Possible): Step {
      const chosen = possible[possible.length > 1 ? (left.shift() ?? 0) : 0];
      isMissed ||= chosen === undefined;
      return chosen ?? possible[0];
    },
    /** Whether it has come to all of them. */
    isFollowed: () => !isMissed && left.every((choice) => choice === 0),
  };
}
