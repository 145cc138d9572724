import { Copier } from '../codec/copier';
import type {
  AbortSignalLike,
  MetadataInput,
  PersistedSnapshotInput,
  PersistedSnapshotMetadata,
  SnapshotEnvelope,
  SnapshotInput,
  WriteOptions,
} from '../contracts';
import { attempt, describe, fail, wrapError } from '../errors';
import { isRevision, toRevision } from '../revision';
import type { WriteCondition } from '../store/storage-record';

/** Every value that a caller hands in is read once and checked here. A wrong one gets the error `ERR_INVALID_…` of its kind. */

export function checkKey(key: unknown): string {
  if (typeof key === 'string') return key;
  fail('ERR_INVALID_KEY', 'a key that is a string', key);
}

/** Revision and data of an envelope. Other fields are not looked at. */
export function checkSnapshot<T>(snapshot: SnapshotInput<T>, expected = 'a snapshot { revision, data }'): SnapshotEnvelope<T> {
  let revision: string;
  let data: T;
  try {
    if (typeof snapshot !== 'object' || snapshot === null || Array.isArray(snapshot)) {
      fail('ERR_INVALID_SNAPSHOT', expected, snapshot);
    }
    ({ revision, data } = snapshot);
    if (data === undefined && !('data' in snapshot)) {
      fail('ERR_INVALID_SNAPSHOT', expected, snapshot, `${describe(snapshot)} without data`);
    }
  } catch (cause) {
    throw wrapError('ERR_INVALID_SNAPSHOT', expected, cause);
  }
  return { revision: toRevision(revision), data };
}

/** Snapshot and metadata, each unchecked. */
export function checkPersisted<T>(persisted: PersistedSnapshotInput<T>): PersistedSnapshotInput<T> {
  const expected = 'a persisted snapshot { snapshot, metadata }';
  return attempt('ERR_INVALID_SNAPSHOT', expected, () => {
    if (typeof persisted !== 'object' || persisted === null) fail('ERR_INVALID_SNAPSHOT', expected, persisted);
    const { snapshot, metadata } = persisted;
    if (snapshot !== undefined || 'snapshot' in persisted) return { snapshot, metadata };
    return fail('ERR_INVALID_SNAPSHOT', expected, persisted, `${describe(persisted)} without snapshot`);
  });
}

/** A copy of the metadata. Fields that are not known here are kept as they are. */
export function checkMetadata(metadata: MetadataInput): PersistedSnapshotMetadata {
  const expected = 'metadata that can be copied';
  const copy = attempt('ERR_INVALID_METADATA', expected, () => {
    if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
      fail('ERR_INVALID_METADATA', 'a metadata object', metadata);
    }
    if (Object.hasOwn(metadata, '__proto__')) {
      fail('ERR_INVALID_METADATA', 'metadata without a field named __proto__', '__proto__');
    }
    return new Copier().run(metadata, expected, 'ERR_INVALID_METADATA') as PersistedSnapshotMetadata;
  });
  for (const [field, [what, accepts]] of Object.entries(METADATA_FIELDS)) {
    const value: unknown = copy[field as keyof PersistedSnapshotMetadata];
    if (!accepts(value)) fail('ERR_INVALID_METADATA', `metadata.${field} to be ${what}`, value);
  }
  return copy;
}

const METADATA_FIELDS: Record<keyof PersistedSnapshotMetadata, [what: string, accepts: (value: unknown) => boolean]> = {
  savedAt: ['a finite number of ms since the epoch', Number.isFinite],
  schemaVersion: ['a whole number, 0 or more', isCount],
  sizeBytes: ['a whole number of bytes, 0 or more', isCount],
  compressed: ['true or false', (value) => typeof value === 'boolean'],
  hash: ['a string', (value) => value === undefined || typeof value === 'string'],
  ttlMs: ['a finite number of ms, 0 or more', (value) => value === undefined || (Number.isFinite(value) && Number(value) >= 0)],
};

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The options of these names. */
export function readOptions<O, K extends keyof O>(options: O, names: readonly K[]): Pick<O, K> {
  if (typeof options !== 'object' || options === null) fail('ERR_INVALID_OPTION', 'options to be an object', options);
  return attempt('ERR_INVALID_OPTION', 'options that can be read', () => {
    // A misspelt `ifMatch` would otherwise be no condition at all.
    const unknown = Object.keys(options).find((name) => !names.includes(name as K));
    if (unknown !== undefined) fail('ERR_INVALID_OPTION', `no other options than ${names.join(', ')}`, unknown);
    const read: Partial<Pick<O, K>> = {};
    for (const name of names) read[name] = options[name];
    return read as Pick<O, K>;
  });
}

/** The options of an operation, as its hooks get them. */
export function checkOptions(options: WriteOptions): WriteCondition {
  const { ifMatch, signal } = readOptions(options, ['ifMatch', 'signal']);
  if (ifMatch !== undefined && ifMatch !== null && !isRevision(ifMatch)) {
    fail('ERR_INVALID_OPTION', 'ifMatch to be a revision, or null for "nothing stored"', ifMatch);
  }
  checkSignal(signal);
  return { ifMatch, signal };
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkSignal(signal: unknown): void {
  const expected = 'signal to be an AbortSignal';
  if (signal !== undefined && !attempt('ERR_INVALID_OPTION', expected, () => isSignal(signal)))
    fail('ERR_INVALID_OPTION', expected, signal);
}

function isSignal(value: unknown): boolean {
  const { aborted, addEventListener, removeEventListener }: Partial<AbortSignalLike> = Object(value);
  return typeof aborted === 'boolean' && [addEventListener, removeEventListener].every((method) => typeof method === 'function');
}

/** The members of a plain object. */
export function readMembers<S extends object>(value: S, expected: string): S {
  return attempt('ERR_INVALID_OPTION', expected, () => {
    if (typeof value !== 'object' || value === null || Symbol.iterator in value) fail('ERR_INVALID_OPTION', expected, value);
    return { ...value };
  });
}

export function checkClient(client: string | undefined): string | undefined {
  if (client === undefined || typeof client === 'string') return client;
  fail('ERR_INVALID_OPTION', 'client to be a string', client);
}

export function checkTime(time: number): number {
  if (Number.isFinite(time)) return time;
  fail('ERR_INVALID_OPTION', 'now() to return a finite number of ms since the epoch', time);
}

export function checkCallback(value: unknown, name: string): void {
  if (typeof value === 'function') return;
  fail('ERR_INVALID_CALLBACK', `${name} that is a function`, value);
}
