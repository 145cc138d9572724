/** Object graphs, compared and collected without regard to the realm that their objects come from. */

/** Every object that can be reached from a value. */
export function objectsIn(value: unknown, parts = partsOf): Set<object> {
  const found = new Set<object>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || found.has(next)) continue;
    found.add(next);
    waiting.push(...parts(next));
  }
  return found;
}

/** The objects that can be reached from both. */
export function sharedObjects(left: unknown, right: unknown): object[] {
  const others = objectsIn(right);
  return [...objectsIn(left)].filter((object) => others.has(object));
}

/** The objects that can be reached from more than one of them, by hidden and symbol members as well. */
export function objectsInSeveral(...values: unknown[]): object[] {
  const found = values.map((value) => [...objectsIn(value, (object) => membersOf(() => referencesOf(object)))]);
  const seen = new Set<object>();
  return found.flatMap((objects) => {
    const again = objects.filter((object) => seen.has(object));
    for (const object of objects) seen.add(object);
    return again;
  });
}

/** Whether both are of the same kinds and contents all through, with the same references shared and the same cycles. */
export function isSameGraph(left: unknown, right: unknown): boolean {
  const pairs = new Map<unknown, unknown>();
  const reverse = new Map<unknown, unknown>();
  const waiting: [unknown, unknown][] = [[left, right]];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const [a, b] = pair;
    if (!isObject(a) || !isObject(b)) {
      if (!Object.is(a, b)) return false;
      continue;
    }
    if (pairs.has(a) || reverse.has(b)) {
      if (pairs.get(a) !== b || reverse.get(b) !== a) return false;
      continue;
    }
    pairs.set(a, b);
    reverse.set(b, a);
    if (tagOf(a) !== tagOf(b) || contentOf(a) !== contentOf(b)) return false;
    const [parts, others] = [partsOf(a), partsOf(b)];
    if (parts.length !== others.length) return false;
    parts.forEach((part, index) => {
      waiting.push([part, others[index]]);
    });
  }
  return true;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** What an object holds beside other values, as text. */
function contentOf(value: object): string {
  const keys = ArrayBuffer.isView(value) ? [] : Object.keys(value);
  return JSON.stringify([...keys, Array.isArray(value) ? value.length : slotsOf(value)]);
}

/** What an object holds in internal slots. */
export function slotsOf(value: object): unknown {
  switch (tagOf(value)) {
    case '[object Date]':
      return (value as Date).getTime();
    case '[object RegExp]':
      return String(value);
    case '[object Boolean]':
    case '[object Number]':
    case '[object String]':
    case '[object BigInt]':
      return printed((value as { valueOf(): unknown }).valueOf());
    case '[object Error]':
      return [(value as Error).name, Object.hasOwn(value, 'message'), (value as Error).message, (value as Error).stack];
    case '[object ArrayBuffer]':
      return [...new Uint8Array(value as ArrayBuffer)];
    default:
      return ArrayBuffer.isView(value) ? [value.byteOffset, value.byteLength] : null;
  }
}

function printed(value: unknown): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function partsOf(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  const own: unknown[] = Object.keys(value).map((key) => value[key as keyof typeof value]);
  if (Object.hasOwn(value, 'cause')) own.push((value as Error).cause);
  return [...own, ...collected(value)];
}

/** The parts of an object, with what its hidden and symbol members hold. */
function referencesOf(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  const own = Reflect.ownKeys(value).flatMap((key) => membersOf(() => [Reflect.get(value, key)]));
  const looksPlain = !(value instanceof Map || value instanceof Set) && tagOf(value) === '[object Object]';
  return looksPlain || Array.isArray(value) ? own : [...own, ...collected(value)];
}

function collected(value: object): unknown[] {
  // The likely one first: it is slow to try what fails.
  const entries = membersOf(() => Map.prototype.entries.call(value)).flat();
  return entries.length > 0 ? entries : membersOf(() => Set.prototype.values.call(value));
}

/** What can be read; of a Map or a Set, told by trying, since objects can call themselves anything. */
function membersOf(open: () => Iterable<unknown>): unknown[] {
  try {
    return [...open()];
  } catch {
    return [];
  }
}
