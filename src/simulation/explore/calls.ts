import { checkCallback, checkClient, readOptions } from '../../backend/input-validation';
import { fail } from '../../errors';
import { isListOfTexts } from '../checks';
import { cut, whole } from '../timeline';
import type { Accesses, AccessMode } from './accesses';

/** One call, as the options are asked about it. */
export interface ClientCall {
  /** Name of the method; of a function, the name of the calls. */
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Names of methods; of a function, or where the arguments matter, what says of a call whether it is one. */
export type CallFilter = readonly string[] | ((call: ClientCall) => boolean);

export interface CallOptions {
  /** What the calls share, and how the timeline names it. Default: the name of the function or of the class */
  readonly name?: string | undefined;
  /** The methods whose calls are steps; they must be asynchronous. Default: all */
  readonly methods?: readonly string[] | undefined;
  /** Calls that only read. A call that is in neither list may change anything, so it depends on every other effect. */
  readonly reads?: CallFilter | undefined;
  /** Calls that write. Two that write different keys are taken not to depend on each other: in which order keys were added must not be seen. */
  readonly writes?: CallFilter | undefined;
  /** The key that a call reads or writes; nothing for one that uses all keys. Default: its first argument, if that is a string */
  readonly key?: ((call: ClientCall) => string | undefined) | undefined;
  /** A value in the timeline. Default: its JSON text, cut where it is long */
  readonly show?: ((value: unknown) => string) | undefined;
}

/** A call that asks for its turn. */
export interface Call {
  readonly client: string;
  /** What distinguishes its steps from those of other calls. */
  readonly place: string;
  /** What the timeline says of it. */
  readonly label: string;
  readonly key: string | null;
  readonly isDeclared: boolean;
  readonly act: () => unknown;
  /** Notes what it uses. */
  readonly use: (accesses: Accesses) => void;
  readonly show: (value: unknown) => ShownValue;
}

/** A value in the timeline, and all of it. */
export interface ShownValue {
  readonly short: string;
  readonly whole: string;
}

/** Runs a call when it is its turn. */
export type Caller = (call: Call) => Promise<unknown>;

type Method = (...args: unknown[]) => unknown;

/** The object, or the function, with calls that are steps of a client. All else of it is as it was. */
export function asClient<O extends object>(caller: Caller, client: string, target: O, options: CallOptions = {}): O {
  const checked = checkCallOptions(client, target, options);
  const { name, methods } = checked;
  const wrap =
    (method: string, run: (args: unknown[]) => unknown) =>
    (...args: unknown[]) =>
      caller(toCall(checked, client, { method, args }, () => run(args)));
  if (typeof target === 'function') return wrap(name, (args) => Reflect.apply(target, undefined, args)) as unknown as O;
  const wrapped = new Map<string, Method>();
  return new Proxy(target, {
    get(own, property) {
      const value: unknown = Reflect.get(own, property, own);
      if (typeof value !== 'function' || property === 'constructor' || typeof property !== 'string') return value;
      if (!(methods?.includes(property) ?? true)) return value.bind(own);
      const known = wrapped.get(property) ?? wrap(property, (args) => Reflect.apply(value, own, args));
      wrapped.set(property, known);
      return known;
    },
  });
}

type CheckedCallOptions = ReturnType<typeof checkCallOptions>;

function toCall(
  { name, reads, writes, key, show, isFunction }: CheckedCallOptions,
  client: string,
  call: ClientCall,
  act: () => unknown,
): Call {
  const mode = isOf(writes, call) ? 'write' : isOf(reads, call) ? 'read' : undefined;
  const part = key(call) ?? null;
  const args = call.args.map((arg) => show(arg).short).join(', ');
  return {
    client,
    place: `${client}: ${name}${isFunction ? '' : `.${call.method}`}`,
    label: `${isFunction ? name : `${name}.${call.method}`}(${args})`,
    key: part,
    isDeclared: mode !== undefined,
    act,
    use: (accesses) => use(accesses, `declared:${name}`, part, mode),
    show,
  };
}

/**
 * A write of one key depends on other uses of that key, and on those of all keys; a write of all keys on everything of that name. Two writes of different
 * keys do not depend on each other, nor do two reads.
 */
function use(accesses: Accesses, name: string, key: string | null, mode: AccessMode | undefined): void {
  if (mode === undefined) {
    accesses.use(name, 'write');
    accesses.use('calls', 'write');
  } else if (key !== null) {
    accesses.use(`${name} ${key}`, mode);
    accesses.use(`${name}, all`, 'read');
    if (mode === 'write') accesses.use(name, 'add');
  } else {
    accesses.use(name, mode);
    if (mode === 'write') accesses.use(`${name}, all`, 'write');
  }
}

function isOf(filter: CallFilter | undefined, call: ClientCall): boolean {
  if (filter === undefined) return false;
  return typeof filter === 'function' ? filter(call) : filter.includes(call.method);
}

function checkCallOptions(client: string, target: object, options: CallOptions) {
  const names = ['name', 'methods', 'reads', 'writes', 'key', 'show'] as const;
  const { name, methods, reads, writes, key = firstText, show } = readOptions(options, names);
  if (typeof client !== 'string') fail('ERR_INVALID_OPTION', 'a client to be a string', client);
  checkClient(client);
  if (Object(target) !== target) fail('ERR_INVALID_OPTION', 'an object with asynchronous methods, or a function', target);
  if (name !== undefined && typeof name !== 'string') fail('ERR_INVALID_OPTION', 'name to be a string', name);
  if (methods !== undefined && !isListOfTexts(methods)) fail('ERR_INVALID_OPTION', 'methods to be a list of names', methods);
  for (const [option, filter] of Object.entries({ reads, writes })) {
    if (filter === undefined || typeof filter === 'function' || isListOfTexts(filter)) continue;
    fail('ERR_INVALID_OPTION', `${option} to be a list of methods, or a function of a call`, filter);
  }
  checkCallback(key, 'key');
  if (show !== undefined) checkCallback(show, 'show');
  const isFunction = typeof target === 'function';
  const given = isFunction ? (target as Method).name : target.constructor?.name;
  return { name: name ?? (given || 'target'), methods, reads, writes, key, show: showBy(show), isFunction };
}

/** What a call gives may change afterwards, so it becomes text at once. */
function showBy(show: CallOptions['show']): (value: unknown) => ShownValue {
  if (show !== undefined) {
    return (value) => {
      const text = show(value);
      return { short: text, whole: text };
    };
  }
  return (value) => {
    const text = whole(() => value);
    return { short: cut(text), whole: text };
  };
}

function firstText({ args: [first] }: ClientCall): string | undefined {
  return typeof first === 'string' ? first : undefined;
}
