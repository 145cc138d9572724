/** The stable codes, each with a section in docs/errors.md. `22` is that of `QuotaExceededError`, as in browsers. */
export type StorageErrorCode =
  | 'ERR_INVALID_KEY'
  | 'ERR_INVALID_REVISION'
  | 'ERR_INVALID_SNAPSHOT'
  | 'ERR_INVALID_METADATA'
  | 'ERR_INVALID_OPTION'
  | 'ERR_INVALID_CALLBACK'
  | 'ERR_INVALID_CHECKPOINT'
  | 'ERR_INVALID_RECORD'
  | 'ERR_INVALID_THIS'
  | 'ERR_UNCLONEABLE'
  | 'ERR_UNSERIALIZABLE'
  | 'ERR_REVISION_CONFLICT'
  | 'ERR_OUTCOME_UNKNOWN'
  | 'ERR_UNREACHABLE'
  | 'ERR_DISPOSED'
  | 'ERR_HOOK_FAILED'
  | 'ERR_CODEC_FAILED'
  | 'ERR_UPDATER_FAILED'
  | 'ERR_SCHEDULE_FAILED'
  | 'ERR_TOO_MANY_SCHEDULES'
  | 'ERR_NOTHING_EXPLORED'
  | 'ERR_REAL_TIME'
  | 'ERR_NEVER_MET'
  | 22;

export interface StorageErrorDetails {
  /** What would have been right, as words that follow "expected". */
  readonly expected: string;
  /** What came instead, as words that follow "got". */
  readonly received: string;
  /** What is wrong and what to do, for the message. Default: "expected …, got …" */
  readonly summary?: string | undefined;
  /** The key that the operation was about. */
  readonly key?: string | undefined;
  /** The operation that failed, such as `save`. */
  readonly operation?: string | undefined;
  /** What user code threw. */
  readonly cause?: unknown;
}

const BRAND = Symbol.for('shared-memory-registry.StorageError');

/**
 * An error with a stable `code`, the `key`, the `operation`, and what was `expected` and `received`.
 * What user code threw is its `cause`. Custom backends may throw it, with codes of their own.
 */
export class StorageError extends Error {
  declare readonly code: StorageErrorCode | (string & {});
  declare readonly expected: string;
  declare readonly received: string;
  declare readonly key: string | undefined;
  declare readonly operation: string | undefined;

  constructor(code: StorageErrorCode | (string & {}), details: StorageErrorDetails) {
    if (typeof details !== 'object' || details === null) {
      fail('ERR_INVALID_OPTION', 'the details of a StorageError { expected, received }', details);
    }
    const { expected, received, summary = `expected ${expected}, got ${received}`, key, operation } = details;
    super(`${prefix(operation, key)}${summary} [${code}]`, 'cause' in details ? { cause: details.cause } : undefined);
    Object.assign(this, { code, expected, received, key, operation });
  }

  /** Whether this is a `StorageError`, of this copy of the package or of another one. */
  static is(value: unknown): value is StorageError {
    try {
      return typeof value === 'object' && value !== null && BRAND in value;
    } catch {
      return false; // a revoked Proxy
    }
  }
}

nameError(StorageError);
Object.defineProperty(StorageError.prototype, BRAND, { value: true });

/** A conditional write did not find what its condition says. Nothing has changed. */
export class RevisionConflictError extends StorageError {
  /** The revision that the write expected, or `null` for "nothing stored". */
  declare readonly ifMatch: string | null;
  /** What is stored: a revision, or `null` for nothing. */
  declare readonly actual: string | null;

  /** @param summary what the message says. Default: "expected …, got …" */
  constructor(ifMatch: string | null, actual: string | null, summary?: string) {
    super('ERR_REVISION_CONFLICT', {
      expected: ifMatch === null ? 'nothing to be stored' : `revision ${quote(ifMatch)} to be stored`,
      received: actual === null ? 'nothing' : `${ifMatch === actual ? 'another record of ' : ''}revision ${quote(actual)}`,
      summary,
    });
    Object.assign(this, { ifMatch, actual });
  }

  /** Whether this is a `RevisionConflictError`, of this copy of the package or of another one. */
  static override is(value: unknown): value is RevisionConflictError {
    return StorageError.is(value) && value.code === 'ERR_REVISION_CONFLICT';
  }
}

nameError(RevisionConflictError);

/**
 * A write would hold more than the quota. Nothing has changed. `name` and `code` are those that browsers give theirs
 * (https://webidl.spec.whatwg.org/#quotaexceedederror), and the message says "quota exceeded": code that looks for any of
 * the three works unchanged.
 */
export class QuotaExceededError extends StorageError {
  declare readonly code: 22;
  /** The most that may be held, in bytes. */
  declare readonly quota: number;
  /** What would have been held, in bytes. */
  declare readonly requested: number;

  constructor(quota: number, requested: number) {
    super(22, {
      expected: `at most ${quota} bytes to be held`,
      received: `${requested} bytes`,
      summary: `quota exceeded: ${requested} bytes would be held, the quota is ${quota}`,
    });
    Object.assign(this, { quota, requested });
  }

  /** Whether this is a `QuotaExceededError`, of this copy of the package or of another one. */
  static override is(value: unknown): value is QuotaExceededError {
    return StorageError.is(value) && value.code === 22;
  }
}

nameError(QuotaExceededError);

/**
 * Gives the errors of a class its name. On the prototype, as with the built-in errors: an own `name` would be printed with every
 * error. Defined, since `Error.prototype` may be frozen.
 */
export function nameError(Class: { readonly name: string; readonly prototype: Error }): void {
  Object.defineProperty(Class.prototype, 'name', { value: Class.name, writable: true, configurable: true });
}

/** Whether it is a promise of any realm: Node's own are of another one in Jest. Never throws. */
export function isPromise(value: unknown): value is Promise<unknown> {
  try {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === Object.prototype) return false;
    return Object.prototype.toString.call(value) === '[object Promise]';
  } catch {
    return false; // a revoked Proxy
  }
}

/** Throws the error of a wrong value: says what was expected, and what came. */
export function fail(code: StorageErrorCode, expected: string, value: unknown, received = describe(value)): never {
  if (!isPromise(value)) throw new StorageError(code, { expected, received });
  // Its error must not fail the process on top.
  value.catch(() => {});
  throw new StorageError(code, { expected, received: `${received} (is an await missing?)` });
}

/** Runs code that isn't ours. What it throws becomes the `cause` of a coded error, unless it is one already. */
export function attempt<R>(code: StorageErrorCode, expected: string, action: () => R): R {
  try {
    return action();
  } catch (cause) {
    throw wrapError(code, expected, cause);
  }
}

/** What `attempt` throws. For code that is run so often that an `action` would cost too much. */
export function wrapError(code: StorageErrorCode, expected: string, cause: unknown): StorageError {
  return StorageError.is(cause) ? cause : new StorageError(code, { expected, received: describe(cause), cause });
}

/** Runs an operation. Its errors say which one it was. */
export function withContext<R>(operation: string, action: () => R, key?: unknown): R {
  try {
    return action();
  } catch (error) {
    throw StorageError.is(error) ? addContext(error, operation, typeof key === 'string' ? key : undefined) : error;
  }
}

/** Adds to an error where it happened, unless it says so already. */
export function addContext<E extends StorageError>(error: E, operation: string, key?: string): E {
  if (error.operation !== undefined || error.key !== undefined || Object.isFrozen(error)) return error;
  const message = `${prefix(operation, key)}${error.message}`;
  return Object.assign(error, { operation, key, message, stack: error.stack?.replace(error.message, () => message) });
}

function prefix(operation?: string, key?: string): string {
  if (key === undefined) return operation === undefined ? '' : `${operation}: `;
  return `${operation ?? 'storage'}(${quote(key)}): `;
}

const MARK = Symbol.for('shared-memory-registry.class');

/** This copy of the package: another one, of the other build or after a module reset, has classes of its own. */
const COPY = {};

/** Lets a message say where an instance or a subclass is one of another copy of this package. */
export function markClass(Class: { readonly name: string; readonly prototype: object }): void {
  Object.defineProperty(Class.prototype, MARK, { value: { name: Class.name, copy: COPY } });
}

/** The error of a method that was taken off its object, or called on one of another copy of this package. */
export function invalidThis(method: string, value: unknown): StorageError {
  const described = describe(value);
  // It has the class, and not the private fields.
  const isProxy = described.startsWith('an instance of') && Object(value)[MARK]?.copy === COPY;
  return new StorageError('ERR_INVALID_THIS', {
    operation: method,
    expected: `${method} to be called on its own object, as in object.${method}(…)`,
    received: `${described} as this${isProxy ? ' (is it a Proxy of one?)' : ''}`,
  });
}

/** The error of everything that is asked of a registry after its end. */
export function disposedError(): StorageError {
  return new StorageError('ERR_DISPOSED', {
    expected: 'a registry in use',
    received: 'a disposed registry',
    summary: 'Registry is disposed. Create a new one',
  });
}

const LONGEST = 80;

/** JSON text of a string, cut where it would fill the screen. */
export function quote(text: string): string {
  return text.length > LONGEST ? `${JSON.stringify(text.slice(0, LONGEST))}… (${text.length} characters)` : JSON.stringify(text);
}

/** A few words on any value at all. Never throws, not even on a revoked Proxy. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object(value) !== value) return Object.is(value, -0) ? '-0' : String(value);
  try {
    return typeof value === 'function' ? (nameOfAnotherCopy(value.prototype) ?? 'a function') : describeObject(value as object);
  } catch {
    return `${typeof value === 'function' ? 'a function' : 'an object'} that cannot be read`;
  }
}

/** Of errors of any realm. */
const ERROR_TAGS = ['[object Error]', '[object DOMException]'];

function describeObject(value: object): string {
  if (Array.isArray(value)) return 'an array';
  const name: unknown = nameOfAnotherCopy(value) ?? value.constructor?.name;
  if (ERROR_TAGS.includes(Object.prototype.toString.call(value))) return String(value);
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an instance of ${name}` : 'an object';
}

function nameOfAnotherCopy(value: unknown): string | undefined {
  const mark: { readonly name: string; readonly copy: object } | undefined = Object(value)[MARK];
  if (mark === undefined || mark.copy === COPY) return undefined;
  return `${mark.name} of another copy of this package (ESM and CommonJS builds are two, and so is what a module reset loads again)`;
}
