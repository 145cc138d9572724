import { describe } from '../errors';
import { formatPath, refusal } from './refusal';
import type { StorageCodec } from './storage-codec';

/**
 * Copies as the structured clone algorithm does (HTML Standard, "Safe passing of structured data"), into objects of
 * this realm: what was loaded passes `toStrictEqual` under Jest, where the global `structuredClone` makes objects of
 * another realm, or is missing.
 *
 * Refused as in IndexedDB: functions, symbols, shared memory, and platform objects that can't be cloned. One thing no
 * code can see: a live Proxy is copied as the object it shows.
 *
 * @throws {StorageError} `ERR_UNCLONEABLE`, naming the path
 */
export const structured = { encode: clone, decode: clone } satisfies StorageCodec<unknown>;

/**
 * A copy that shares no object with the value, and is of the type that the value has.
 * @param settle is given the copy of each object in it when that is complete
 */
export function clone<T>(value: unknown, expected = 'data that can be copied', settle = (copy: object) => copy): T {
  const copier = new Copier(settle);
  try {
    return copier.copy(value) as T;
  } catch (cause) {
    const refused = cause instanceof Refusal;
    throw refusal(
      'ERR_UNCLONEABLE',
      expected,
      refused ? `${cause.message} at ${copier.path}` : `${describe(cause)} while copying ${copier.path}`,
      refused ? cause.cause : cause,
    );
  }
}

/** Data that can't be copied, at the path that the copier has come to. */
export class Refusal extends Error {}

/** One run over one value: what was copied already (for cycles and shared references), and where it is. */
class Copier {
  readonly #copies = new Map<object, object>();
  readonly #keys: string[] = [];

  readonly #settle: (copy: object) => object;

  /** @param settle is given each copy when it is complete */
  constructor(settle: (copy: object) => object) {
    this.#settle = settle;
  }

  get path(): string {
    return formatPath(this.#keys);
  }

  copy(value: unknown): unknown {
    if (typeof value === 'function' || typeof value === 'symbol') throw new Refusal(describe(value));
    if (typeof value !== 'object' || value === null) return value;
    return this.#copies.get(value) ?? this.#settle(this.#copyObject(value));
  }

  #copyObject(source: object): object {
    if (this.#keys.length > DEEPEST) throw new Refusal(`more than ${DEEPEST} levels of nesting`);
    if (Array.isArray(source)) {
      const copy: unknown[] = [];
      copy.length = source.length;
      return this.#copyMembers(source, copy);
    }
    const prototype: unknown = Object.getPrototypeOf(source);
    if (prototype === Object.prototype || prototype === null) return this.#copyMembers(source, {});

    const tag = tagOf(source);
    if (tag === 'Object') return this.#copyMembers(source, {});
    if (ArrayBuffer.isView(source)) return this.#remember(source, this.#copyView(source));
    if (tag === 'Error' && !(Symbol.toStringTag in source)) return this.#copyError(source as Error);

    const leaf = copyLeaf(source);
    if (leaf !== undefined) return this.#remember(source, leaf);

    const entries = slot(() => [...(Map.prototype.entries.call(source) as Iterable<[unknown, unknown]>)]);
    if (entries) return this.#copyMap(source, entries);
    const values = slot(() => [...(Set.prototype.values.call(source) as Iterable<unknown>)]);
    if (values) return this.#copySet(source, values);
    return this.#copyForeign(source, tag);
  }

  #remember<C extends object>(source: object, copy: C): C {
    this.#copies.set(source, copy);
    return copy;
  }

  /** Own enumerable members with string keys, each read once. */
  #copyMembers(source: object, copy: object): object {
    this.#remember(source, copy);
    for (const key of Object.keys(source)) {
      if (!Object.hasOwn(source, key)) continue; // a getter before it has deleted it
      this.#keys.push(key);
      setOwn(copy, key, this.copy(source[key as keyof typeof source]));
      this.#keys.pop();
    }
    return copy;
  }

  #copyMap(source: object, entries: [unknown, unknown][]): object {
    const copy = this.#remember(source, new Map());
    for (const [key, value] of entries) {
      this.#keys.push(describe(key));
      copy.set(this.copy(key), this.copy(value));
      this.#keys.pop();
    }
    return copy;
  }

  #copySet(source: object, values: unknown[]): object {
    const copy = this.#remember(source, new Set());
    for (const [index, value] of values.entries()) {
      this.#keys.push(String(index));
      copy.add(this.copy(value));
      this.#keys.pop();
    }
    return copy;
  }

  /** A view keeps its buffer, and views that shared one share its copy. */
  #copyView(source: ArrayBufferView): object {
    const buffer = (this.#copies.get(source.buffer) ?? this.#copyObject(source.buffer)) as ArrayBuffer;
    const name = Reflect.get(TypedArray.prototype, Symbol.toStringTag, source) as 'Uint8Array' | undefined;
    if (name === undefined) return new DataView(buffer, source.byteOffset, source.byteLength);
    return new globalThis[name](buffer, source.byteOffset, (source as Uint8Array).length);
  }

  /** Name (of a built-in error), message, stack and cause, as V8 and the standard have it. */
  #copyError(source: Error): Error {
    const { name: given } = source;
    const name = ERROR_NAMES.find((known) => known === given) ?? 'Error';
    const message = Object.getOwnPropertyDescriptor(source, 'message');
    const stack: unknown = source.stack;
    const copy = this.#remember(source, new globalThis[name](message?.value));
    if (message === undefined) Reflect.deleteProperty(copy, 'message');
    const hidden = { writable: true, configurable: true, enumerable: false };
    Object.defineProperty(copy, 'stack', { ...hidden, value: typeof stack === 'string' ? stack : undefined });
    if (Object.hasOwn(source, 'cause')) {
      this.#keys.push('cause');
      Object.defineProperty(copy, 'cause', { ...hidden, value: this.copy(source.cause) });
      this.#keys.pop();
    }
    return copy;
  }

  /** Anything else is for the platform to judge: it refuses a Promise, and can clone a Blob. */
  #copyForeign(source: object, tag: string): object {
    // Shared memory stays shared in a structured clone; what is to be stored may hold none (HTML, StructuredSerializeForStorage).
    if (typeof structuredClone !== 'function' || tag === 'SharedArrayBuffer') throw new Refusal(describe(source));
    let copy: object;
    try {
      copy = structuredClone(source);
    } catch (cause) {
      throw new Refusal(describe(source), { cause });
    }
    // What the platform copies to a plain object is an instance of somebody's class under another name.
    return tagOf(copy) === 'Object' ? this.#copyMembers(source, {}) : this.#remember(source, copy);
  }
}

/** Well within any stack, so that what was saved can be loaded, measured and written as JSON wherever that is asked for. */
const DEEPEST = 1000;

const ERROR_NAMES = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'] as const;

const TypedArray: { readonly prototype: object } = Object.getPrototypeOf(Uint8Array);

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Copies of the built-in objects that hold nothing but a value, told by their internal slot and not by their looks. */
function copyLeaf(source: object): object | undefined {
  const time = slot(() => Date.prototype.getTime.call(source));
  if (time !== undefined) return new Date(time);
  const pattern = slot(() => Reflect.get(RegExp.prototype, 'source', source) as string);
  if (pattern !== undefined) return new RegExp(pattern, (source as RegExp).flags);
  for (const Box of [Boolean, Number, String, BigInt]) {
    const value = slot<unknown>(() => Reflect.apply(Box.prototype.valueOf, source, []));
    if (value !== undefined) return Object(value);
  }
  if (slot(() => Reflect.get(ArrayBuffer.prototype, 'byteLength', source)) === undefined) return undefined;
  const bytes = new Uint8Array(source as ArrayBuffer); // throws if it is detached
  const { resizable, maxByteLength } = source as { resizable?: boolean; maxByteLength?: number };
  const copy = Reflect.construct(ArrayBuffer, [bytes.length, { maxByteLength: resizable ? maxByteLength : undefined }]);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** What a method of a built-in reads from an internal slot; `undefined` if the object hasn't got that slot. */
function slot<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Sets an own property whatever its key: plain assignment to `__proto__` would change the prototype. */
function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    Reflect.set(target, key, value);
  }
}
