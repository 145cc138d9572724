import { checkSnapshot, checkTime } from '../backend/input-validation';
import { encodeWith, type StorageCodec } from '../codec/storage-codec';
import type { SnapshotInput } from '../contracts';
import { attempt, withContext } from '../errors';
import { TrackedRecord } from '../store/storage-record';

/** The option `initial` as the records of a store. */
export function createInitialRecords<T>(
  initial: Readonly<Record<string, SnapshotInput<T>>>,
  { codec, now }: { readonly codec: StorageCodec<T>; readonly now: () => number },
): Map<string, TrackedRecord> {
  const recordOf = (key: string) => {
    const { revision, data } = checkSnapshot(initial[key] as SnapshotInput<T>);
    const encoded = encodeWith(codec, data);
    return new TrackedRecord(revision, encoded, checkTime(attempt('ERR_HOOK_FAILED', 'now() to succeed', now)));
  };
  return new Map(Object.keys(initial).map((key) => [key, withContext('initial', () => recordOf(key), key)]));
}
