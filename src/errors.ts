/** Every error that is thrown on purpose. Each code has a section in docs/errors.md. */

/** The stable codes. `22` is `QuotaExceededError`'s, the number that browsers give theirs. */
export type StorageErrorCode =
  | 'ERR_INVALID_KEY'
  | 'ERR_INVALID_REVISION'
  | 'ERR_INVALID_SNAPSHOT'
  | 'ERR_INVALID_METADATA'
  | 'ERR_INVALID_OPTION'
  | 'ERR_INVALID_CALLBACK'
  | 'ERR_INVALID_CHECKPOINT'
  | 'ERR_INVALID_RECORD'
  | 'ERR_UNCLONEABLE'
  | 'ERR_UNSERIALIZABLE'
  | 'ERR_REVISION_CONFLICT'
  | 'ERR_DISPOSED'
  | 'ERR_HOOK_FAILED'
  | 'ERR_CODEC_FAILED'
  | 'ERR_UPDATER_FAILED'
  | 'ERR_SCHEDULE_FAILED'
  | 'ERR_TOO_MANY_SCHEDULES'
  | 22;

export interface StorageErrorDetails {
  /** What would have been right, as words that follow "expected". */
  readonly expected: string;
  /** What came instead, as words that follow "got". */
  readonly received: string;
  /** The key that the operation was about. */
  readonly key?: string | undefined;
  /** The operation that was refused or failed, such as `save`. */
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
  // On the prototype, as with the built-in errors: an own `name` would be printed once more with every error.
  static {
    Object.assign(StorageError.prototype, { name: 'StorageError', [BRAND]: true });
  }

  declare readonly code: StorageErrorCode | (string & {});
  declare readonly expected: string;
  declare readonly received: string;
  declare readonly key: string | undefined;
  declare readonly operation: string | undefined;

  constructor(code: StorageErrorCode | (string & {}), details: StorageErrorDetails) {
    const { expected, received, key, operation } = details;
    super(
      `${place(operation, key)}expected ${expected}, got ${received} [${code}]`,
      'cause' in details ? { cause: details.cause } : undefined,
    );
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

/** A conditional write met another revision than `ifMatch` said. Nothing has changed. */
export class RevisionConflictError extends StorageError {
  static {
    RevisionConflictError.prototype.name = 'RevisionConflictError';
  }

  /** What `ifMatch` said: a revision, or `null` for "nothing stored". */
  declare readonly ifMatch: string | null;
  /** What is stored: a revision, or `null` for nothing. */
  declare readonly actual: string | null;

  constructor(ifMatch: string | null, actual: string | null) {
    super('ERR_REVISION_CONFLICT', {
      expected: ifMatch === null ? 'nothing to be stored' : `revision ${quote(ifMatch)} to be stored`,
      received: actual === null ? 'nothing' : `revision ${quote(actual)}`,
    });
    Object.assign(this, { ifMatch, actual });
  }
}

/**
 * A write would hold more than the quota. Nothing has changed. `name` and `code` are those that browsers give theirs
 * (Web IDL, `QuotaExceededError`), so code that tells it by either works unchanged.
 */
export class QuotaExceededError extends StorageError {
  static {
    QuotaExceededError.prototype.name = 'QuotaExceededError';
  }

  declare readonly code: 22;
  /** The most that may be held, in bytes. */
  declare readonly quota: number;
  /** What would have been held, in bytes. */
  declare readonly requested: number;

  constructor(quota: number, requested: number) {
    super(22, { expected: `at most ${quota} bytes to be held`, received: `${requested} bytes` });
    Object.assign(this, { quota, requested });
  }
}

/** Refuses a value: says what was expected, and describes what came. */
export function refuse(code: StorageErrorCode, expected: string, value: unknown): never {
  // An async function where a plain one is called: its error must not fail the process on top.
  if (value instanceof Promise) value.catch(() => {});
  throw new StorageError(code, { expected, received: describe(value) });
}

/** Runs code that isn't ours. What it throws becomes the `cause` of a coded error, unless it is one already. */
export function attempt<R>(code: StorageErrorCode, expected: string, action: () => R): R {
  try {
    return action();
  } catch (cause) {
    throw wrap(code, expected, cause);
  }
}

/** What `attempt` throws. For code that is run so often that an `action` would cost too much. */
export function wrap(code: StorageErrorCode, expected: string, cause: unknown): StorageError {
  return StorageError.is(cause) ? cause : new StorageError(code, { expected, received: describe(cause), cause });
}

/** Runs an operation. Its errors say which it was. */
export function operate<R>(operation: string, action: () => R, key?: unknown): R {
  try {
    return action();
  } catch (error) {
    throw StorageError.is(error) ? locate(error, operation, typeof key === 'string' ? key : undefined) : error;
  }
}

/** Adds to an error where it happened, unless it says so already. */
export function locate<E extends StorageError>(error: E, operation: string, key?: string): E {
  if (error.operation !== undefined || error.key !== undefined || Object.isFrozen(error)) return error;
  const message = `${place(operation, key)}${error.message}`;
  return Object.assign(error, { operation, key, message, stack: error.stack?.replace(error.message, () => message) });
}

function place(operation?: string, key?: string): string {
  if (key === undefined) return operation === undefined ? '' : `${operation}: `;
  return `${operation ?? 'storage'}(${quote(key)}): `;
}

const LONGEST = 80;

/** JSON text of a string, cut where it would fill the screen. */
export function quote(text: string): string {
  return text.length > LONGEST ? `${JSON.stringify(text.slice(0, LONGEST))}… (${text.length} characters)` : JSON.stringify(text);
}

/** A few words on any value at all. Never throws, not even on a revoked Proxy. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'a function';
    case 'object':
      return describeObject(value);
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}

function describeObject(value: object | null): string {
  if (value === null) return 'null';
  try {
    if (Array.isArray(value)) return 'an array';
    const name: unknown = value.constructor?.name;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return typeof name === 'string' && name !== '' && name !== 'Object' ? `an instance of ${name}` : 'an object';
  } catch {
    return 'an object that cannot be read';
  }
}
