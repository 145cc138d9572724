import { slotsOf, tagOf } from './graphs';

/** Two objects that must be the same, and where they are. */
interface Pair {
  readonly left: unknown;
  readonly right: unknown;
  readonly path: string;
  /** Whether they are parts of an object that occurs twice, so that more than one copy of them may be right. */
  readonly repeated: boolean;
}

/**
 * Where two copies of a value first differ, in words; `undefined` if they don't. Members are compared with their order
 * and attributes, objects by kind, prototype and content; a pair that is being compared already counts as the same.
 *
 * A plain object or array that occurs twice on the right may be two copies on the left, with all that is in it. Nothing
 * that is two objects on the right may be one on the left.
 */
export function firstDifference(left: unknown, right: unknown): string | undefined {
  const partners = new Map<object, object>();
  const met = new Set<object>();
  const waiting: Pair[] = [{ left, right, path: 'data', repeated: false }];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const { left, right, path } = pair;
    if (!isObject(left) || !isObject(right)) {
      if (!Object.is(left, right)) return `${path} is ${print(left)} instead of ${print(right)}`;
      continue;
    }
    const partner = partners.get(left);
    if (partner === right) continue;
    if (partner !== undefined) return `${path} is an object that is elsewhere too`;
    partners.set(left, right);

    const [parts, others] = [partsOf(left), partsOf(right)];
    const [facts, expected] = [factsOf(left, parts), factsOf(right, others)];
    if (facts !== expected) return `${path} is ${facts} instead of ${expected}`;

    const seen = met.has(right);
    if (seen && !pair.repeated && !isPlain(right)) return `${path} is no longer the same object as elsewhere`;
    const repeated = pair.repeated || seen;
    if (!repeated) met.add(right);

    const pairs = parts.map(([name, part], index) => {
      return { left: part, right: others[index]?.[1], path: `${path}${name}`, repeated };
    });
    waiting.push(...pairs.reverse());
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || tagOf(value) === '[object Object]';
}

type Part = readonly [name: string, value: unknown];

/** Everything about an object but the values of its parts, as text. */
function factsOf(value: object, parts: readonly Part[]): string {
  const prototype: unknown = Object.getPrototypeOf(value)?.constructor?.name ?? null;
  const members = membersOf(value).map((key) => `${String(key)}${attributesOf(value, key)}`);
  const content = [slotsOf(value), growthOf(value), parts.length];
  return `${tagOf(value)} ${JSON.stringify({ prototype, extensible: Object.isExtensible(value), members, content })}`;
}

/** Keys of own members, in order, with hidden ones. */
function membersOf(value: object): PropertyKey[] {
  // Engines differ in where an error keeps its stack, which is among its slots.
  if (tagOf(value) === '[object Error]') return Object.keys(value);
  const keys = Reflect.ownKeys(value);
  return ArrayBuffer.isView(value) ? keys.filter((key) => !INDEX.test(String(key))) : keys;
}

const INDEX = /^\d+$/;

/** What is unusual about a member: that it is read-only, hidden, fixed or a getter. */
function attributesOf(value: object, key: PropertyKey): string {
  const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(value, key) ?? {};
  return writable && enumerable && configurable ? '' : ` ${JSON.stringify({ writable, enumerable, configurable })}`;
}

interface Growable extends ArrayBuffer {
  readonly resizable?: boolean;
  readonly maxByteLength?: number;
  resize(size: number): void;
}

/** How far a buffer can grow, and how far a view grows with it. */
function growthOf(value: object): number | undefined {
  if (!ArrayBuffer.isView(value)) return tagOf(value) === '[object ArrayBuffer]' ? (value as Growable).maxByteLength : undefined;
  const buffer = value.buffer as Growable;
  const { byteLength, maxByteLength = byteLength, resizable } = buffer;
  if (!resizable) return undefined;
  buffer.resize(maxByteLength);
  const grown = value.byteLength;
  buffer.resize(byteLength);
  return grown;
}

function partsOf(value: object): Part[] {
  if (ArrayBuffer.isView(value)) return [['.buffer', value.buffer]];
  const parts: Part[] = membersOf(value).map((key) => [`[${JSON.stringify(String(key))}]`, Reflect.get(value, key)]);
  switch (tagOf(value)) {
    case '[object Error]':
      return Object.hasOwn(value, 'cause') ? [...parts, ['.cause', (value as Error).cause]] : parts;
    case '[object Map]':
      return [...parts, ...[...(value as Map<unknown, unknown>)].flatMap(entryParts)];
    case '[object Set]':
      return [...parts, ...[...(value as Set<unknown>)].map((member, index): Part => [`(member ${index})`, member])];
    default:
      return parts;
  }
}

function entryParts([key, value]: [unknown, unknown], index: number): Part[] {
  return [
    [`(key ${index})`, key],
    [`(value ${index})`, value],
  ];
}

function print(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isObject(value)) return tagOf(value);
  return Object.is(value, -0) ? '-0' : `${String(value)}${typeof value === 'bigint' ? 'n' : ''}`;
}
