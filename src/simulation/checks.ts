import type { BackendClass } from '../backend/backend-class';
import { fail } from '../errors';

/** Input validation of the simulation. */

/** By its shape: it may come from another copy of this package. @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkBackendClass(Backend: BackendClass): void {
  const prototype: { readonly perform?: unknown } | undefined = typeof Backend === 'function' ? Backend.prototype : undefined;
  if (typeof prototype?.perform !== 'function') fail('ERR_INVALID_OPTION', 'a class of backends', Backend);
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string') fail('ERR_INVALID_OPTION', `${name} to be a string`, value);
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkMethod<O extends object>(value: O, name: keyof O & string, whose: string): void {
  if (typeof value?.[name] !== 'function') fail('ERR_INVALID_OPTION', `${whose} with a method ${name}`, value);
}

export function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
