import { Copier } from '../codec/copier';
import type { AbortSignalLike, Revision, SnapshotInput, SnapshotMetadata, WriteOptions } from '../contracts';
import { attempt, describe, refuse, StorageError, wrap } from '../errors';
import { isRevision, toRevision } from '../revision';
import type { WriteCondition } from '../store/storage-record';

/** The door: every value that comes in is checked here, read once, and refused with a coded error. */

/** @throws {StorageError} `ERR_INVALID_KEY` */
export function checkKey(key: unknown): string {
  if (typeof key === 'string') return key;
  refuse('ERR_INVALID_KEY', 'a key that is a string', key);
}

/**
 * Revision and data of an envelope. Other fields are not looked at.
 * @throws {StorageError} `ERR_INVALID_SNAPSHOT`, `ERR_INVALID_REVISION`
 */
export function checkSnapshot<T>(
  snapshot: SnapshotInput<T>,
  expected = 'a snapshot { revision, data }',
): { revision: Revision; data: T } {
  let revision: string;
  let data: T;
  try {
    if (typeof snapshot !== 'object' || snapshot === null || Array.isArray(snapshot)) {
      refuse('ERR_INVALID_SNAPSHOT', expected, snapshot);
    }
    ({ revision, data } = snapshot);
    if (data === undefined && !('data' in snapshot)) refuseEmpty(snapshot, expected);
  } catch (cause) {
    throw wrap('ERR_INVALID_SNAPSHOT', expected, cause);
  }
  return { revision: toRevision(revision), data };
}

function refuseEmpty(snapshot: object, expected: string): never {
  if (snapshot instanceof Promise) refuse('ERR_INVALID_SNAPSHOT', expected, snapshot);
  throw new StorageError('ERR_INVALID_SNAPSHOT', { expected, received: 'an object without data' });
}

/**
 * A copy of the metadata, with fields that are not known here kept as they are.
 * @throws {StorageError} `ERR_INVALID_METADATA`, naming the field
 */
export function checkMetadata(metadata: SnapshotMetadata): SnapshotMetadata {
  const copy = copyMetadata(metadata);
  for (const [field, [expected, accepts]] of Object.entries(METADATA_FIELDS)) {
    const value: unknown = copy[field as keyof SnapshotMetadata];
    if (!accepts(value)) refuse('ERR_INVALID_METADATA', `metadata.${field} to be ${expected}`, value);
  }
  return copy;
}

function copyMetadata(metadata: SnapshotMetadata): SnapshotMetadata {
  try {
    if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
      refuse('ERR_INVALID_METADATA', 'a metadata object', metadata);
    }
    if (Object.hasOwn(metadata, '__proto__')) {
      refuse('ERR_INVALID_METADATA', 'metadata without a field named __proto__', '__proto__');
    }
    return new Copier().run(metadata) as SnapshotMetadata;
  } catch (error) {
    if (StorageError.is(error) && error.code === 'ERR_INVALID_METADATA') throw error;
    // What the codec refuses says which field; what a getter threw is its cause.
    const cause = StorageError.is(error) ? (error.cause ?? error) : error;
    throw new StorageError('ERR_INVALID_METADATA', { expected: 'metadata that can be copied', received: describe(error), cause });
  }
}

const METADATA_FIELDS: Record<keyof SnapshotMetadata, [expected: string, accepts: (value: unknown) => boolean]> = {
  savedAt: ['a finite number of ms since the epoch', Number.isFinite],
  schemaVersion: ['a whole number, 0 or more', isCount],
  sizeBytes: ['a whole number of bytes, 0 or more', isCount],
  compressed: ['true or false', (value) => typeof value === 'boolean'],
  checksum: ['a string', (value) => value === undefined || typeof value === 'string'],
  ttlMs: ['a finite number of ms, 0 or more', (value) => value === undefined || (Number.isFinite(value) && Number(value) >= 0)],
};

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * The options of these names, each read once.
 * @throws {StorageError} `ERR_INVALID_OPTION`
 */
export function readOptions<O, K extends keyof O>(options: O, names: readonly K[]): Pick<O, K> {
  if (typeof options !== 'object' || options === null) refuse('ERR_INVALID_OPTION', 'options to be an object', options);
  return attempt('ERR_INVALID_OPTION', 'options that can be read', () => {
    // A misspelt `ifMatch` would otherwise be no condition at all.
    const unknown = Object.keys(options).find((name) => !names.includes(name as K));
    if (unknown !== undefined) refuse('ERR_INVALID_OPTION', `options ${names.join(', ')}`, unknown);
    return Object.fromEntries(names.map((name) => [name, options[name]])) as Pick<O, K>;
  });
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkOptions(options: WriteOptions): WriteCondition & { signal: AbortSignalLike | undefined } {
  const { ifMatch, signal } = readOptions(options, ['ifMatch', 'signal']);
  if (ifMatch !== undefined && ifMatch !== null && !isRevision(ifMatch)) {
    refuse('ERR_INVALID_OPTION', 'ifMatch to be a revision, or null for "nothing stored"', ifMatch);
  }
  if (signal !== undefined && !isSignal(signal)) {
    refuse('ERR_INVALID_OPTION', 'signal to be an AbortSignal', signal);
  }
  return { ifMatch, signal };
}

function isSignal(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignalLike).aborted === 'boolean' &&
    typeof (value as AbortSignalLike).addEventListener === 'function' &&
    typeof (value as AbortSignalLike).removeEventListener === 'function'
  );
}

/**
 * The members of a plain object, each read once.
 * @throws {StorageError} `ERR_INVALID_OPTION`
 */
export function readMembers<S extends object>(value: S, expected: string): S {
  return attempt('ERR_INVALID_OPTION', expected, () => {
    if (typeof value !== 'object' || value === null || Symbol.iterator in value) refuse('ERR_INVALID_OPTION', expected, value);
    return { ...value };
  });
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkClient(client: string | undefined): string | undefined {
  if (client === undefined || typeof client === 'string') return client;
  refuse('ERR_INVALID_OPTION', 'client to be a string', client);
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkTime(time: number): number {
  if (Number.isFinite(time)) return time;
  refuse('ERR_INVALID_OPTION', 'now() to return a finite number of ms since the epoch', time);
}

/** @throws {StorageError} `ERR_INVALID_CALLBACK` */
export function checkCallback(value: unknown, name: string): void {
  if (typeof value === 'function') return;
  refuse('ERR_INVALID_CALLBACK', `${name} that is a function`, value);
}
