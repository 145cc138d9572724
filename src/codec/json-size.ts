import { utf8Size } from './utf8-size';

/**
 * How many UTF-8 bytes data takes as JSON text; 0 for what JSON writes nothing for, such as `undefined`.
 *
 * What JSON can't say counts by these rules: a bigint as its digits; a Map as the array of its entries, a Set as the
 * array of its values; an ArrayBuffer, a view of one, a Blob and a File as its bytes; a RegExp as its text; an Error as
 * `{ name, message }` and its enumerable properties; a reference back to something that contains it as `null`.
 */
export function jsonSize(data: unknown): number {
  return isTree(data) ? utf8Size(JSON.stringify(data) ?? '') : sizeByRules(data);
}

function sizeByRules(data: unknown): number {
  let outsideText = 0;
  /** Stands in the text, with one digit, for so many bytes. */
  const count = (bytes: number): number => {
    outsideText += bytes - 1;
    return 0;
  };
  /** What is being written, from the outside in, and what stands for it in the text. */
  const open: { readonly source: unknown; readonly substitute: unknown }[] = [];

  const text = JSON.stringify(data, function (this: unknown, _key, source: unknown): unknown {
    if (typeof source === 'bigint' || source instanceof BigInt) return count(String(source).length);
    if (typeof source !== 'object' || source === null) return source;
    if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return count(source.byteLength);
    if (typeof Blob === 'function' && source instanceof Blob) return count(source.size);
    while (open.length > 0 && open.at(-1)?.substitute !== this) open.pop();
    if (open.some((container) => container.source === source)) return null;
    const substitute = substituteFor(source);
    open.push({ source, substitute });
    return substitute;
  });
  return text === undefined ? 0 : utf8Size(text) + outsideText;
}

/** Whether JSON can say all of it: plain objects, arrays and primitives but bigints, not very deep. */
function isTree(data: unknown, depth = 0): boolean {
  if (typeof data !== 'object' || data === null) return typeof data !== 'bigint';
  if (depth > DEEP) return false;
  const isPart = (value: unknown) => isTree(value, depth + 1);
  if (Array.isArray(data)) return data.every(isPart);
  return Object.getPrototypeOf(data) === Object.prototype && Object.values(data).every(isPart);
}

/** Data that contains itself has no end: below this depth, it is measured by the rules. */
const DEEP = 200;

function substituteFor(source: object): unknown {
  if (source instanceof Map || source instanceof Set) return [...source];
  if (source instanceof RegExp) return String(source);
  if (source instanceof Error) return Object.assign({ name: source.name, message: source.message }, source);
  return source;
}
