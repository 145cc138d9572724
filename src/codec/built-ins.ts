import { describe } from '../errors';
import { Refusal } from './refusal';

/** What a built-in object's copy needs of the run that it is a part of. */
export interface Run {
  /** The copy of a part, or the one that was made of it already. A refusal names it so. */
  copyPart(part: unknown, name: () => string): unknown;
  /** The copy of the buffer of a view: not a part with a name of its own. */
  copyBuffer(buffer: object): object;
  /** Makes this the copy of the object wherever it is met, from now on. */
  remember<C extends object>(copy: C): C;
}

/**
 * A copy of an object that is neither plain nor an array: of a built-in or a platform object. Nothing for an instance of
 * somebody's class, which is copied to a plain object.
 */
export function copyBuiltIn(source: object, run: Run): object | undefined {
  const tag = tagOf(source);
  if (tag === 'Object' && !(Symbol.toStringTag in source)) return undefined;
  if (ArrayBuffer.isView(source)) return run.remember(copyView(source, run));
  if (tag === 'Error' && !(Symbol.toStringTag in source)) return copyError(source as Error, run);

  // A tag is a guess, since an object can call itself anything. The slot that goes with it is what counts.
  for (const kind of [tag, ...BY_TAG.keys()]) {
    const copy = BY_TAG.get(kind)?.(source, run);
    if (copy !== undefined) return copy;
  }
  if (isRefused(source)) throw new Refusal(describe(source));
  // The platform would look at all that it leads to, and so read getters a second time. Its own objects have no such members.
  if (leadsOn(source)) return undefined;
  const copy = copyForeign(source);
  // What the platform copies to a plain object is an instance of somebody's class under another name.
  return tagOf(copy) === 'Object' ? undefined : run.remember(copy);
}

/** Copies of the built-in objects that hold what they hold in an internal slot; nothing for an object without it. */
const BY_TAG = new Map<string, (source: object, run: Run) => object | undefined>(
  Object.entries({
    Date(source: object, run: Run) {
      const time = slot(() => Date.prototype.getTime.call(source));
      return time === undefined ? undefined : run.remember(new Date(time));
    },
    RegExp(source: object, run: Run) {
      const pattern = slot(() => Reflect.get(RegExp.prototype, 'source', source) as string);
      return pattern === undefined ? undefined : run.remember(new RegExp(pattern, (source as RegExp).flags));
    },
    Boolean: (source: object, run: Run) => copyBox(Boolean, source, run),
    Number: (source: object, run: Run) => copyBox(Number, source, run),
    String: (source: object, run: Run) => copyBox(String, source, run),
    BigInt: (source: object, run: Run) => copyBox(BigInt, source, run),
    ArrayBuffer(source: object, run: Run) {
      if (slot(() => Reflect.get(ArrayBuffer.prototype, 'byteLength', source)) === undefined) return undefined;
      const bytes = new Uint8Array(source as ArrayBuffer); // throws if it is detached
      const { resizable, maxByteLength } = source as { resizable?: boolean; maxByteLength?: number };
      const copy = Reflect.construct(ArrayBuffer, [bytes.length, { maxByteLength: resizable ? maxByteLength : undefined }]);
      new Uint8Array(copy).set(bytes);
      return run.remember(copy);
    },
    Map(source: object, run: Run) {
      const entries = slot(() => [...(Map.prototype.entries.call(source) as Iterable<[unknown, unknown]>)]);
      return entries && copyMap(entries, run);
    },
    Set(source: object, run: Run) {
      const values = slot(() => [...(Set.prototype.values.call(source) as Iterable<unknown>)]);
      return values && copySet(values, run);
    },
  }),
);

function copyBox(Box: { readonly prototype: { valueOf(): unknown } }, source: object, run: Run): object | undefined {
  const value = slot<unknown>(() => Reflect.apply(Box.prototype.valueOf, source, []));
  return value === undefined ? undefined : run.remember(Object(value));
}

function copyMap(entries: [unknown, unknown][], run: Run): object {
  const copy = run.remember(new Map());
  for (const [key, value] of entries) {
    const name = () => describe(key);
    copy.set(run.copyPart(key, name), run.copyPart(value, name));
  }
  return copy;
}

function copySet(values: unknown[], run: Run): object {
  const copy = run.remember(new Set());
  for (const [index, value] of values.entries()) copy.add(run.copyPart(value, () => String(index)));
  return copy;
}

/** A view keeps its buffer, and views that shared one share its copy. */
function copyView(source: ArrayBufferView, run: Run): object {
  const buffer = run.copyBuffer(source.buffer) as ArrayBuffer;
  const name = Reflect.get(TypedArray.prototype, Symbol.toStringTag, source) as 'Uint8Array' | undefined;
  if (name === undefined) return new DataView(buffer, source.byteOffset, source.byteLength);
  return new globalThis[name](buffer, source.byteOffset, (source as Uint8Array).length);
}

/** Name (of a built-in error), message, stack and cause, as V8 and the standard have it. */
function copyError(source: Error, run: Run): Error {
  const { name: given } = source;
  const name = ERROR_NAMES.find((known) => known === given) ?? 'Error';
  const message = Object.getOwnPropertyDescriptor(source, 'message');
  const stack: unknown = source.stack;
  const copy = run.remember(new globalThis[name](message?.value));
  const hidden = { writable: true, configurable: true, enumerable: false };
  Object.defineProperty(copy, 'stack', { ...hidden, value: typeof stack === 'string' ? stack : undefined });
  if (Object.hasOwn(source, 'cause')) {
    Object.defineProperty(copy, 'cause', { ...hidden, value: run.copyPart(source.cause, () => 'cause') });
  }
  return copy;
}

/** Anything else is for the platform to judge: it refuses a generator, and can clone a Blob. Where it can't clone, nothing can. */
function copyForeign(source: object): object {
  try {
    return structuredClone(source);
  } catch (cause) {
    throw new Refusal(describe(source), cause);
  }
}

/**
 * What no platform clones, whatever has been added to it; and shared memory, which stays shared in a structured clone, so
 * that what is to be stored may hold none (HTML, StructuredSerializeForStorage).
 */
function isRefused(source: object): boolean {
  if (slot(() => Reflect.get(SharedArrayBuffer.prototype, 'byteLength', source)) !== undefined) return true;
  return [Promise, WeakMap, WeakSet].some((type) => source instanceof type);
}

function leadsOn(source: object): boolean {
  const members = Object.values(Object.getOwnPropertyDescriptors(source));
  return members.some(({ enumerable, get, value }) => enumerable && (get !== undefined || Object(value) === value));
}

const ERROR_NAMES = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'] as const;

const TypedArray: { readonly prototype: object } = Object.getPrototypeOf(Uint8Array);

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** What a method of a built-in reads from an internal slot; `undefined` if the object hasn't got that slot. */
function slot<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
