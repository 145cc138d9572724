import { decodeWith, type StorageCodec } from '../codec/storage-codec';
import { utf8Size } from '../codec/utf8-size';
import type { StorageUsage } from '../contracts';
import { attempt, fail } from '../errors';
import type { TrackedRecord } from './storage-record';

/** How many bytes a key and its data take of the quota. */
export type Weigh<T> = (key: string, data: T) => number;

/** Bytes of a key and its record, as the quota counts them: UTF-8 bytes of the key and of the envelope's JSON text, unless `weigh` says otherwise. */
export function weighRecord<T>(key: string, record: TrackedRecord, codec: StorageCodec<T>, weigh: Weigh<T> | undefined): number {
  if (weigh === undefined) return utf8Size(key) + record.sizeBytes(codec);
  const data = decodeWith(codec, record.data);
  const bytes: unknown = attempt('ERR_HOOK_FAILED', 'weigh to succeed', () => weigh(key, data));
  if (Number.isSafeInteger(bytes) && Number(bytes) >= 0) return Number(bytes);
  return fail('ERR_HOOK_FAILED', 'weigh to return a whole number of bytes, 0 or more', bytes);
}

/** Bytes against the quota. */
export function usageOf(used: number, quota: number | undefined): StorageUsage {
  if (quota === undefined) return { used };
  return { used, quota, percentage: quota === 0 ? 100 : (used / quota) * 100 };
}
