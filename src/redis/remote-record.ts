import { fail } from '../errors';
import { isRevision } from '../revision';
import { type StorageRecord, TrackedRecord } from '../store/storage-record';
import { deserialize, serialize } from './serialize';

/** A record, made of the two texts that the server has of it. */
export function openRemoteRecord(head: string, body: string): { record: TrackedRecord; version: string } {
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

/**
 * Data and metadata of a record as one text: `t` and text, or `v` and bytes, a character for each; with metadata before that, `m`, their length and
 * their bytes. A text takes the client and the server much less time than a buffer among texts.
 */
export function createBody({ data, metadata }: StorageRecord): string {
  const text = typeof data === 'string' ? `t${data}` : `v${toText(data as Buffer)}`;
  if (metadata === undefined) return text;
  const described = toText(serialize(metadata));
  return `m${described.length} ${described}${text}`;
}

function openBody(body: string): Pick<StorageRecord, 'data' | 'metadata'> {
  if (!body.startsWith('m')) return { data: body.startsWith('v') ? toBytes(body.slice(1)) : body.slice(1) };
  const start = body.indexOf(' ') + 1;
  const end = start + Number(body.slice(1, start));
  return { ...openBody(body.slice(end)), metadata: deserialize(toBytes(body.slice(start, end))) as never };
}

function toText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
