import { describe } from '../errors';
import { CloneError } from './clone-error';

/** A class of the platform: a browser's, Node's, or that of an environment that imitates a browser. */
interface PlatformClass {
  new (...args: never[]): object;
}

/**
 * A copy of an object of the platform; nothing for any other object. It is the environment that clones it. Where that would be
 * something else (Node makes a Blob of a File, and `{}` of an Event or a URL), a Blob, a File and a DOMException are made anew,
 * and everything else is refused, as in browsers.
 */
export function copyPlatformObject(source: object): object | undefined {
  const Class = platformClassOf(source);
  if (Class === undefined) return undefined;
  let refusal: { cause: unknown } | undefined;
  try {
    const clone: object = structuredClone(source);
    if (clone instanceof Class) return clone;
  } catch (cause) {
    refusal = { cause };
  }
  const copy = MAKERS.get(Class.name)?.(Class, source);
  if (copy === undefined) throw new CloneError(describe(source), refusal);
  return copy;
}

/** The first class in the prototype chain that the environment has put among the globals. */
function platformClassOf(source: object): PlatformClass | undefined {
  for (let prototype: object = Object.getPrototypeOf(source); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const Class: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof Class === 'function' && isPlatformClass(Class.name, Class)) return Class as PlatformClass;
  }
  return undefined;
}

/** Platforms hide their globals from enumeration. What a program puts there can be enumerated, and so can some imitations. */
function isPlatformClass(name: string, Class: unknown): boolean {
  if (OF_THE_LANGUAGE.has(name)) return false;
  const isHidden = Object.getOwnPropertyDescriptor(globalThis, name)?.enumerable === false;
  return (isHidden || IMITATED.has(name)) && Reflect.get(globalThis, name) === Class;
}

/** Classes of browsers that others may imitate. Elements are Nodes, and a MouseEvent is an Event. */
const IMITATED = new Set(
  `AbortController AbortSignal Blob DOMException Event EventTarget File FileList FormData Headers History Location Navigator Node
  ReadableStream Request Response Storage TextDecoder TextEncoder TransformStream URL URLSearchParams Window
  WritableStream`.split(/\s+/),
);

/** An object with the prototype of one of these may be an ordinary one. */
const OF_THE_LANGUAGE = new Set(
  [Object, Array, Date, RegExp, Boolean, Number, String, BigInt, Map, Set, ArrayBuffer]
    .concat([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError] as never[])
    .map(({ name }) => name),
);

const MAKERS = new Map<string, (Class: PlatformClass, source: object) => object | undefined>([
  ['Blob', (Class, source) => remakeBlob(Class, source as Blob, [{ type: (source as Blob).type }])],
  [
    'File',
    (Class, source) => {
      const { name, type, lastModified } = source as File;
      return remakeBlob(Class, source as File, [name, { type, lastModified }]);
    },
  ],
  ['DOMException', remakeException],
]);

/** Blobs can't change, so the copy may share their bytes. */
function remakeBlob(Class: PlatformClass, source: Blob, details: unknown[]): object | undefined {
  const copy: Blob = Reflect.construct(Class, [[source], ...details]);
  return copy.size === source.size ? copy : undefined; // not if it was taken for text
}

function remakeException(Class: PlatformClass, source: object): object {
  const { message, name, stack } = source as DOMException;
  const copy: object = Reflect.construct(Class, [message, name]);
  Object.defineProperty(copy, 'stack', { value: stack, writable: true, configurable: true, enumerable: false });
  return copy;
}
