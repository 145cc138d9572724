/**
 * How many UTF-8 bytes data takes as JSON text, counted without building the text and without recursion, so that it
 * succeeds for everything that could be stored.
 *
 * What JSON can't say counts by these rules: a bigint as its digits; a Map as the array of its entries, a Set as the
 * array of its values; an ArrayBuffer or a view of one as its bytes; a RegExp as its text; an Error as
 * `{ name, message }` and its enumerable properties; a reference back to something that contains it as `null`.
 */
export function jsonSize(data: unknown): number {
  const known = new Map<object, number>();
  const open: Container[] = [];

  /** Bytes of a value, or `undefined` after opening it to be counted first. */
  const sizeOf = (value: unknown): number | undefined => {
    const plain = simplify(value);
    if (typeof plain === 'number') return plain;
    const size = known.get(plain);
    if (size === undefined) {
      known.set(plain, NULL); // met again before it is finished, it contains itself
      open.push(containerOf(plain));
    }
    return size;
  };

  const size = sizeOf(data);
  if (size !== undefined) return size;
  for (;;) {
    const container = open[open.length - 1] as Container;
    if (container.next < container.members.length) {
      const memberSize = sizeOf(container.members[container.next]);
      if (memberSize === undefined) continue;
      container.size += memberSize;
      container.next += 1;
      continue;
    }
    known.set(container.source, container.size);
    open.pop();
    if (open.length === 0) return container.size;
  }
}

const NULL = 4;

/** An array or an object on the way of being counted. */
interface Container {
  readonly source: object;
  readonly members: readonly unknown[];
  /** Which member is next. */
  next: number;
  /** Bytes so far: brackets, commas and keys from the start. */
  size: number;
}

function containerOf(source: object): Container {
  if (source instanceof Map) return arrayOf(source, [...source]);
  if (source instanceof Set) return arrayOf(source, [...source]);
  if (Array.isArray(source)) {
    const members = Object.keys(source)
      .filter(isIndex)
      .map((index) => source[Number(index)]);
    const holes = source.length - members.length;
    const container = arrayOf(
      source,
      members.map((member) => (isDropped(member) ? null : member)),
    );
    container.size += holes * NULL + (members.length > 0 ? holes : Math.max(0, holes - 1));
    return container;
  }
  const hidden = source instanceof Error ? { name: source.name, message: source.message } : undefined;
  let size = 2;
  const members: unknown[] = [];
  for (const [key, member] of Object.entries<unknown>({ ...hidden, ...source })) {
    if (isDropped(member)) continue;
    size += textSize(key) + 1 + (members.length > 0 ? 1 : 0);
    members.push(member);
  }
  return { source, members, next: 0, size };
}

function arrayOf(source: object, members: readonly unknown[]): Container {
  return { source, members, next: 0, size: 2 + Math.max(0, members.length - 1) };
}

/** Bytes of what is counted at once; otherwise the array or object to be counted member by member. */
function simplify(value: unknown): number | object {
  switch (typeof value) {
    case 'string':
      return textSize(value);
    case 'number':
      return Number.isFinite(value) ? String(value === 0 ? 0 : value).length : NULL;
    case 'boolean':
      return value ? 4 : 5;
    case 'bigint':
      return String(value).length;
    case 'object':
      return value === null ? NULL : simplifyObject(value);
    default:
      return 0; // undefined, a function or a symbol: not written at all
  }
}

function simplifyObject(value: object): number | object {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (value instanceof RegExp) return textSize(String(value));
  if (value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt) {
    return simplify(value.valueOf());
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const replacement: unknown = value.toJSON();
    return replacement === value ? value : simplify(replacement);
  }
  return value;
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key);
}

function isDropped(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

function textSize(text: string): number {
  return utf8Size(JSON.stringify(text));
}

/** UTF-8 bytes of a text. A lone surrogate takes the three bytes of the replacement character. */
export function utf8Size(text: string): number {
  let size = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    size += 1;
    if (unit < 0x800) continue;
    const pairs = unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    size += 1;
    if (pairs) index += 1; // four bytes for two units
  }
  return size;
}
