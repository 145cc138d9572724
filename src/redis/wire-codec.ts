import { CloneError } from '../codec/clone-error';
import { Copier } from '../codec/copier';
import { frozen } from '../codec/frozen';
import { json } from '../codec/json';
import { reference } from '../codec/reference';
import { decodeWith, encodeWith, measureWith, type StorageCodec } from '../codec/storage-codec';
import { strict } from '../codec/strict';
import { structured } from '../codec/structured';
import { attempt, describe, fail } from '../errors';
import { isJsonTree } from './is-json-tree';
import { deserialize, serialize } from './serialize';

/**
 * The codec of a registry on a server: what it gives is text, or the bytes that `node:v8` makes of what another codec gives. What
 * `structured` gives is JSON text where that keeps all of it, which people can read on the server.
 */
export interface WireCodec<T> extends StorageCodec<T, string | Uint8Array> {
  /** What data of other codecs looks like to it: registries of one namespace must agree. */
  readonly format: string;
}

/**
 * Carries what a codec gives over a connection.
 * @throws {StorageError} `ERR_INVALID_OPTION` for `frozen` and `reference`, which hand out objects of this process
 */
export function createWireCodec<T>(codec: StorageCodec<T>): WireCodec<T> {
  const isOneOf = (...codecs: readonly object[]) => codecs.includes(codec);
  if (isOneOf(frozen, reference)) {
    const received = isOneOf(frozen) ? 'frozen' : 'reference';
    fail('ERR_INVALID_OPTION', 'a codec whose data can be sent to a server, such as structured or json', codec, received);
  }
  const isStructured = isOneOf(structured, strict);
  // Copied: under Jest, what Node makes are objects of another realm.
  const open = (encoded: string | Uint8Array): unknown => {
    if (typeof encoded !== 'string') return structured.decode(deserialize(encoded));
    return isStructured ? JSON.parse(encoded) : encoded;
  };
  return {
    format: isStructured ? 'structured' : isOneOf(json) ? 'json' : 'custom',
    encode: (data) => {
      const copied = codec === (structured as object) ? data : encodeWith(codec, data);
      const encoded = isStructured ? new Copier(assertSendable).run(copied, SENDABLE) : copied;
      if (isStructured && isJsonTree(encoded)) return JSON.stringify(encoded);
      if (!isStructured && typeof encoded === 'string' && !LONE_SURROGATE.test(encoded)) return encoded;
      return attempt('ERR_UNCLONEABLE', SENDABLE, () => serialize(encoded));
    },
    decode: (encoded) => (isStructured ? (open(encoded) as T) : decodeWith(codec, open(encoded))),
    measure: (encoded) => measureWith(codec, open(encoded)),
  };
}

const SENDABLE = 'data that can be sent to a server';

/** UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What `node:v8` can write. Of a DOMException, for one, it makes `{}`. */
const SENDABLE_TAGS = new Set(
  'Object Array Date RegExp Map Set Error Boolean Number String BigInt ArrayBuffer'.split(' ').map((name) => `[object ${name}]`),
);

function assertSendable(copy: object): void {
  const prototype: unknown = Object.getPrototypeOf(copy);
  if (prototype === Object.prototype || prototype === Array.prototype) return;
  if (!SENDABLE_TAGS.has(Object.prototype.toString.call(copy)) && !ArrayBuffer.isView(copy)) throw new CloneError(describe(copy));
}
