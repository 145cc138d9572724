import { nameError } from '../errors';
import { StorageError } from '../index';

/** What the contract's tests check with, so that no assertion library is needed. */

/** A promise of the contract that was not kept. */
export class ContractViolation extends Error {
  static {
    nameError(ContractViolation);
  }
}

export function expectTrue(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ContractViolation(message);
}

export function expectEqual(actual: unknown, expected: unknown, subject: string): void {
  if (!isEqual(actual, expected)) {
    throw new ContractViolation(`${subject}\n  expected: ${print(expected)}\n  got:      ${print(actual)}`);
  }
}

/** Checks that the call rejects, without throwing in its caller's stack, and gives the error. */
export async function expectRejection(call: () => Promise<unknown>, subject: string): Promise<unknown> {
  let pending: Promise<unknown>;
  try {
    pending = Promise.resolve(call());
  } catch (error) {
    throw new ContractViolation(`${subject}: expected a rejected promise, but it threw in its caller's stack: ${error}`);
  }
  return pending.then(
    (value) => {
      throw new ContractViolation(`${subject}: expected it to be refused, but it gave ${print(value)}`);
    },
    (error: unknown) => error,
  );
}

/** Checks that the call rejects with a `StorageError` of this code, and gives it. */
export async function expectRefusal(call: () => Promise<unknown>, code: string | number, subject: string): Promise<StorageError> {
  const error = await expectRejection(call, subject);
  expectTrue(StorageError.is(error), `${subject}: expected a StorageError with code ${code}, got ${String(error)}`);
  expectEqual(error.code, code, `${subject}: code of the error "${error.message}"`);
  return error;
}

/** Waits until something has happened that nobody can be awaited for, or for two seconds. What follows says what is wrong. */
export async function eventually(hasHappened: () => boolean): Promise<void> {
  for (let waits = 0; waits < 400 && !hasHappened(); waits += 1) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Equality of data as JSON can say it: own members, arrays by position, numbers by `Object.is`. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

/** Changes every object and array in a value, as careless code would. What is frozen is let be. */
export function scramble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) scramble(member);
  if (Object.isFrozen(value)) return;
  for (const key of Object.keys(value)) Reflect.deleteProperty(value, key);
  Reflect.set(value, 'scrambled', true);
}

/** UTF-8 bytes of a value as JSON text. */
export function jsonBytes(value: unknown): number {
  return textBytes(JSON.stringify(value));
}

/** UTF-8 bytes of a text, counted another way than the library counts, and without TextEncoder, which jsdom lacks. */
export function textBytes(text: string): number {
  return encodeURIComponent(text).replace(/%../g, '.').length;
}

function print(value: unknown): string {
  return typeof value === 'bigint' || value === undefined ? String(value) : JSON.stringify(value);
}
