/**
 * Whether two values that a codec has encoded are equal: text, and whatever the codecs of this package make. Anything else is
 * equal to itself alone, so that a difference that can't be seen counts as one.
 * @param compared what is being compared already, and with what: values may contain themselves
 */
export function isEqualData(a: unknown, b: unknown, compared = new Map<unknown, unknown>()): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (compared.has(a)) return compared.get(a) === b;
  compared.set(a, b);
  const [left, right] = [partsOf(a), partsOf(b)];
  return left.length === right.length && left.every((part, index) => isEqualData(part, right[index], compared));
}

/** What an object consists of. Of one that is not known, something that is equal to nothing. */
function partsOf(value: object): unknown[] {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (isPlain(value)) return [tag, Reflect.get(value, 'length'), ...membersOf(value)];
  if (WITH_PRIMITIVE.includes(tag)) return [tag, value.valueOf()];
  if (ArrayBuffer.isView(value)) return [tag, String(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))];
  // By their tags: what a store has copied may be of another realm.
  if (tag === 'ArrayBuffer') return [tag, String(new Uint8Array(value as ArrayBuffer))];
  if (tag === 'Map' || tag === 'Set') return [tag, ...(value as Set<unknown>)];
  if (tag === 'RegExp') return [tag, String(value)];
  if (tag === 'Error') return [tag, String(value), (value as Error).stack, (value as Error).cause];
  return [Symbol('unknown')];
}

/** Tags of objects that are equal if what `valueOf` gives is. */
const WITH_PRIMITIVE = ['Date', 'Boolean', 'Number', 'String', 'BigInt'];

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** In the order of the keys: a store may give them in another order than it was given. */
function membersOf(value: object): unknown[] {
  return Object.keys(value)
    .sort()
    .flatMap((key): unknown[] => [key, Reflect.get(value, key)]);
}
