import { fail } from '../errors';
import { isRevision } from '../revision';
import { type StorageRecord, TrackedRecord } from '../store/storage-record';
import { deserialize, serialize } from './serialize';

/** A record, made of the two texts that the server has of it. */
export function openRemoteRecord(head: string, body: Buffer): { record: TrackedRecord; version: string } {
  const [revision, createdAt, saveCount, , version, , updatedAt] = head.split(' ');
  if (!isRevision(revision)) fail('ERR_INVALID_RECORD', 'a record on the server', head);
  const { data, metadata } = openBody(body);
  const record = new TrackedRecord(revision, data, Number(updatedAt), metadata, Number(createdAt), Number(saveCount));
  return { record, version: version as string };
}

/** Sorts keys by when they were first saved. */
export function ordinalOf(head: string): [number, number] {
  const [number, part] = (head.split(' ')[5] as string).split('.');
  return [Number(number), Number(part)];
}

/** Data and metadata of a record as bytes: `t` and text, or `v` and bytes; with metadata before that, `m`, their length and their bytes. */
export function createBody({ data, metadata }: StorageRecord): Buffer {
  const bytes = typeof data === 'string' ? Buffer.from(`t${data}`) : Buffer.concat([V, data as Uint8Array]);
  if (metadata === undefined) return bytes;
  const described = serialize(metadata);
  const length = Buffer.alloc(5, 'm');
  length.writeUInt32LE(described.length, 1);
  return Buffer.concat([length, described, bytes]);
}

const V = Buffer.from('v');

function openBody(body: Buffer): Pick<StorageRecord, 'data' | 'metadata'> {
  if (body[0] !== 'm'.charCodeAt(0)) return { data: body[0] === V[0] ? body.subarray(1) : body.toString('utf8', 1) };
  const end = 5 + body.readUInt32LE(1);
  return { ...openBody(body.subarray(end)), metadata: deserialize(body.subarray(5, end)) as never };
}
