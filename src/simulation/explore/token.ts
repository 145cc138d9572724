import { refuse } from '../../errors';

/**
 * Choices as text: of the steps that were possible each time, which one was taken. Nothing is written where only one was,
 * nor at the end for those that come first.
 */
export function formatToken(choices: readonly number[]): string {
  return `order:${choices.join('.').replace(/(^|\.)0(\.0)*$/, '')}`;
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function parseToken(token: string): number[] {
  if (typeof token !== 'string' || !/^order:(\d+(\.\d+)*)?$/.test(token)) {
    refuse('ERR_INVALID_OPTION', 'replay to be the token of a failed exploration', token);
  }
  const choices = token.slice('order:'.length);
  return choices === '' ? [] : choices.split('.').map(Number);
}
