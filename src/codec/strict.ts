import { describe, fail, StorageError } from '../errors';
import { Copier } from './copier';
import { formatPath } from './format-path';
import type { StorageCodec } from './storage-codec';
import { structured } from './structured';

/**
 * Refuses what IndexedDB refuses (HTML Standard, StructuredSerializeForStorage), a live Proxy included: a Vue `reactive`, a MobX
 * observable or an Immer draft that was not unwrapped fails here as in production, where `structured` copies what it shows. In
 * everything else it is `structured`.
 *
 * It asks the environment's `structuredClone` before it copies, so it takes longer, and getters are read twice.
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path; `ERR_INVALID_OPTION` from the constructor of a registry where the
 * environment has no `structuredClone`
 */
export const strict = {
  /** A getter: a registry that is constructed with this codec looks for the method, and so finds out what is missing. */
  get encode(): (data: unknown) => unknown {
    if (typeof structuredClone === 'function') return encode;
    return fail('ERR_INVALID_OPTION', 'an environment with structuredClone, which the codec strict asks', undefined, 'none');
  },
  decode: structured.decode,
  measure: structured.measure,
} satisfies StorageCodec<unknown>;

function encode(data: unknown): unknown {
  try {
    structuredClone(data);
  } catch (cause) {
    const received = `what structuredClone refuses at ${formatPath(keysToCulprit(data, new Set()))} (${describe(cause)})`;
    throw new StorageError('ERR_UNCLONEABLE', { expected: 'data that IndexedDB can store', received, cause });
  }
  return new Copier().run(data, 'data that IndexedDB can store');
}

/** Leads to the first part that can't be cloned though its own parts can. */
function keysToCulprit(value: unknown, searched: Set<unknown>): string[] {
  if (typeof value !== 'object' || value === null || searched.has(value)) return [];
  searched.add(value);
  for (const [key, part] of entriesOf(value)) {
    if (!isCloneable(part)) return [String(key), ...keysToCulprit(part, searched)];
  }
  return [];
}

function entriesOf(value: object): [key: unknown, part: unknown][] {
  try {
    return [...Map.prototype.entries.call(value)];
  } catch {
    return Object.entries(value); // no Map
  }
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
