import { fail } from '../../errors';
import type { EnabledSteps, Step } from './step';

/**
 * Choices as text: which of the enabled steps was taken each time. Nothing is written where only one was enabled, nor for the
 * last choices that took the first step, except for one of them.
 */
export function formatToken(choices: readonly number[]): string {
  return `order:${choices.join('.').replace(/(\.0)+$/, '') || '0'}`;
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function parseToken(token: string): number[] {
  if (typeof token !== 'string' || !/^order:(\d+(\.\d+)*)?$/.test(token)) {
    fail('ERR_INVALID_OPTION', 'replay to be the token of a failed exploration', token);
  }
  const choices = token.slice('order:'.length);
  return choices === '' ? [] : choices.split('.').map(Number);
}

/** Takes the step that was taken where there was a choice; where that is not known or not enabled, the first one. */
export function follow(choices: readonly number[]) {
  const left = [...choices];
  let isMissed = false;
  return {
    choose(enabled: EnabledSteps): Step {
      const chosen = enabled[enabled.length > 1 ? (left.shift() ?? 0) : 0];
      isMissed ||= chosen === undefined;
      return chosen ?? enabled[0];
    },
    /** Whether it has come to all of them. */
    isFollowed: () => !isMissed && left.every((choice) => choice === 0),
  };
}
