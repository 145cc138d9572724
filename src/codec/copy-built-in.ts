import { describe } from '../errors';
import { CloneError } from './clone-error';
import { copyPlatformObject } from './copy-platform-object';

/** What a built-in object's copy needs of the run that it is a part of. */
export interface Run {
  /** The copy of a part, or the one that was made of it already. `name` is its key in the path of an error. */
  copyPart(part: unknown, name: () => string): unknown;
  /** The copy of the buffer of a view: not a part with a name of its own. */
  copyBuffer(buffer: object): object;
  /** Makes this the copy of the object already while its parts are copied, for one that contains itself. */
  remember<C extends object>(copy: C): C;
}

/**
 * A copy of an object that is neither plain nor an array: of a built-in or a platform object. Nothing for an instance of
 * somebody's class, which is copied to a plain object.
 */
export function copyBuiltIn(source: object, run: Run): object | undefined {
  const tag = tagOf(source);
  const isTagged = Symbol.toStringTag in source;
  if (tag === 'Object' && !isTagged) return copyPlatformObject(source);
  if (ArrayBuffer.isView(source)) return copyView(source, run);
  if (tag === 'Error' && !isTagged) return copyPlatformObject(source) ?? copyError(source as Error, run);

  // A tag is a guess, since an object can call itself anything. The slot that goes with it is what counts.
  for (const kind of [tag, ...SLOTS.keys()]) {
    const content = slot(() => SLOTS.get(kind)?.(source));
    if (content === undefined) continue;
    if (kind === 'Map') return copyMap(content as [unknown, unknown][], run);
    if (kind === 'Set') return copySet(content as unknown[], run);
    return kind === 'ArrayBuffer' ? copyArrayBuffer(source as ArrayBuffer) : (content as object);
  }
  if (isNeverStored(source)) throw new CloneError(describe(source));
  const platformCopy = copyPlatformObject(source);
  if (platformCopy !== undefined) return platformCopy;
  // The platform would look at all that it leads to, and so read getters a second time. Its own objects have no such members.
  if (leadsOn(source)) return undefined;
  const copy = copyForeign(source);
  // What the platform copies to a plain object is an instance of somebody's class under another name.
  return tagOf(copy) === 'Object' ? undefined : copy;
}

/** By tag: a copy of a built-in object, or what is in its internal slot. Each throws for an object without that slot. */
const SLOTS = new Map<string, (source: object) => unknown>([
  ['Date', (source) => new Date(Date.prototype.getTime.call(source))],
  ['RegExp', (source) => new RegExp(Reflect.get(RegExp.prototype, 'source', source), (source as RegExp).flags)],
  ['Boolean', (source) => Object(Boolean.prototype.valueOf.call(source))],
  ['Number', (source) => Object(Number.prototype.valueOf.call(source))],
  ['String', (source) => Object(String.prototype.valueOf.call(source))],
  ['BigInt', (source) => Object(BigInt.prototype.valueOf.call(source))],
  ['ArrayBuffer', (source) => Reflect.get(ArrayBuffer.prototype, 'byteLength', source)],
  ['Map', (source) => [...Map.prototype.entries.call(source)]],
  ['Set', (source) => [...Set.prototype.values.call(source)]],
]);

/** What a method of a built-in reads from an internal slot; `undefined` if the object hasn't got that slot. */
function slot<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function copyArrayBuffer(source: ArrayBuffer & { resizable?: boolean; maxByteLength?: number }): object {
  const bytes = new Uint8Array(source); // throws if it is detached
  const { resizable, maxByteLength } = source;
  const copy = Reflect.construct(ArrayBuffer, [bytes.length, { maxByteLength: resizable ? maxByteLength : undefined }]);
  new Uint8Array(copy).set(bytes);
  return copy;
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

/** Anything else is for the platform to judge: it refuses a generator and a Proxy. Where it can't clone, nothing can. */
function copyForeign(source: object): object {
  try {
    return structuredClone(source);
  } catch (cause) {
    const tag = tagOf(source);
    const culprit = SLOTS.has(tag) ? `a Proxy of a ${tag}, or what only looks like a ${tag}` : describe(source);
    throw new CloneError(culprit, { cause });
  }
}

/**
 * What structured cloning shares instead of copying is not to be stored: shared memory, and modules of WebAssembly
 * (https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeforstorage).
 */
function isNeverStored(source: object): boolean {
  if (tagOf(source) === 'WebAssembly.Module') return true;
  return slot(() => Reflect.get(SharedArrayBuffer.prototype, 'byteLength', source)) !== undefined;
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
