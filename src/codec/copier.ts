import { describe, StorageError, type StorageErrorCode } from '../errors';
import { CloneError } from './clone-error';
import { copyBuiltIn } from './copy-built-in';
import { countNumbers, isPrototypeOdd } from './copy-tree';
import { formatPath } from './format-path';

/** An object whose parts are being copied, and the one that contains it. */
interface Containment {
  readonly source: object;
  readonly copy: object | undefined;
  readonly container: Containment | undefined;
  readonly depth: number;
  /** Leads to the part that is being copied. */
  key: Key;
}

/** Described only where an error needs it. */
type Key = string | number | (() => string);

/**
 * One run over one value: copies every object in it, and reads each member once.
 *
 * An object that is met again is recognised in one of two ways. Plain objects and arrays are what there is most of, so those are not
 * remembered: one that contains itself is found by walking outward, from container to container. Everything else, and
 * whatever comes after the 100,000th object, is found in `copies`.
 *
 * One is made with every save: `private` without a `#`, because V8 takes longer to make those.
 */
export class Copier {
  /** Copies of what is to be one object wherever it is met. */
  private copies: Map<object, object> | undefined = undefined;
  private objects = 0;
  private readonly isPrototypeOdd = isPrototypeOdd();
  /** Where this is, for an error: what contains the object that is being copied, and the member of it that is being read. */
  private container: Containment | undefined = undefined;
  private key: Key | undefined = undefined;

  /** @param settle is given each copy when it is complete */
  constructor(private readonly settle?: (copy: object) => void) {}

  /**
   * A copy that shares no object with the value.
   * @param expected what the error says when there can be none
   */
  run(value: unknown, expected = 'data that can be copied', code: StorageErrorCode = 'ERR_UNCLONEABLE'): unknown {
    try {
      return this.copy(value, undefined);
    } catch (error) {
      // Any other error was thrown by the data itself, as by a getter.
      const isOurs = error instanceof CloneError;
      const received = `${isOurs ? error.message : describe(error)} ${isOurs ? 'at' : 'while copying'} ${this.path()}`;
      const cause: unknown = isOurs ? error.cause : error;
      throw new StorageError(code, { expected, received, ...(cause !== undefined && { cause }) });
    }
  }

  private path(): string {
    const keys = this.key === undefined ? [] : [this.key];
    for (let outer = this.container; outer !== undefined; outer = outer.container) keys.unshift(outer.key);
    return formatPath(keys.map((key) => (typeof key === 'function' ? key() : String(key))));
  }

  private copy(value: unknown, container: Containment | undefined): unknown {
    if (typeof value === 'object') return value === null ? value : this.copyObject(value, container);
    if (typeof value === 'function' || typeof value === 'symbol') throw new CloneError(describe(value));
    return value;
  }

  /** Copies what is under a key of an object. */
  private copyPart(value: unknown, key: Key, here: Containment): unknown {
    here.key = key;
    const copy = this.copy(value, here);
    this.container = here.container;
    return copy;
  }

  private copyObject(source: object, container: Containment | undefined): object {
    for (let outer = container; outer !== undefined; outer = outer.container) {
      // A built-in's copy is in `copies`.
      if (outer.source === source && outer.copy !== undefined) return outer.copy;
    }
    if (this.copies !== undefined) {
      const known = this.copies.get(source);
      if (known !== undefined) return known;
    }
    this.container = container;
    this.key = undefined;
    if (container !== undefined && container.depth >= DEEPEST) {
      throw new CloneError(`more than ${DEEPEST} levels of nesting (a Map, a Set and an Error count as ${BUILT_IN_LEVELS})`);
    }
    const copy = Array.isArray(source) ? this.copyArray(source, container) : this.copyOther(source, container);
    if (this.settle !== undefined) {
      this.key = undefined;
      this.settle(copy);
    }
    return copy;
  }

  private copyArray(source: readonly unknown[], container: Containment | undefined): object {
    if (!isOrdinary(source)) {
      const indices = Object.keys(source).filter((key) => INDEX.test(key) && Number(key) < source.length);
      return this.copyMembers(source, this.begin(source, new Array(source.length)), indices, container);
    }
    this.objects += source.length >>> 3; // many references to a long array are as endless as those to many objects
    const copy: unknown[] = this.begin(source, Array.prototype.slice.call(source));
    let here: Containment | undefined;
    for (let index = countNumbers(copy); index < copy.length; index += 1) {
      const value = copy[index];
      if (!isPart(value)) continue;
      this.key = index;
      here ??= contain(source, copy, container);
      copy[index] = this.copyPart(value, index, here);
    }
    return copy;
  }

  private copyOther(source: object, container: Containment | undefined): object {
    const prototype: unknown = Object.getPrototypeOf(source);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (isPlain && !this.isPrototypeOdd) return this.copyPlain(source, container);
    const copy = isPlain ? undefined : this.copyBuiltIn(source, container);
    return copy ?? this.copyMembers(source, this.begin(source, {}), Object.keys(source), container);
  }

  private copyBuiltIn(source: object, container: Containment | undefined): object | undefined {
    const here = contain(source, undefined, container, BUILT_IN_LEVELS);
    const copy = copyBuiltIn(source, {
      remember: (made) => this.remember(source, made),
      // Not by `copyObject`: what settles copies is to see the view, and not its buffer.
      copyBuffer: (buffer) => this.copies?.get(buffer) ?? this.copyOther(buffer, container),
      copyPart: (part, name) => {
        this.key = name;
        return this.copyPart(part, name, here);
      },
    });
    return copy && this.remember(source, copy);
  }

  private copyPlain(source: object, container: Containment | undefined): object {
    const copy: Record<string, unknown> = this.begin(source, {});
    let here: Containment | undefined;
    for (const key in source) {
      this.key = key;
      let value: unknown = source[key as keyof typeof source];
      if (isPart(value)) {
        here ??= contain(source, copy, container);
        value = this.copyPart(value, key, here);
      }
      // Plain assignment to `__proto__` would change the prototype.
      if (key === '__proto__') setOwn(copy, key, value);
      else copy[key] = value;
    }
    return copy;
  }

  /** Own enumerable members of these keys. */
  private copyMembers(source: object, copy: object, keys: readonly string[], container: Containment | undefined): object {
    const here = contain(source, copy, container);
    for (const key of keys) {
      if (!Object.hasOwn(source, key)) continue; // a getter before it has deleted it
      this.key = key;
      setOwn(copy, key, this.copyPart(source[key as keyof typeof source], key, here));
    }
    return copy;
  }

  /** Objects that refer to each other many times over would make endless copies: from a number on, each is copied once. */
  private begin<C extends object>(source: object, copy: C): C {
    this.objects += 1;
    return this.objects > MANY_OBJECTS ? this.remember(source, copy) : copy;
  }

  private remember<C extends object>(source: object, copy: C): C {
    this.copies ??= new Map();
    this.copies.set(source, copy);
    return copy;
  }
}

/** Well within any stack, so that what was saved can be loaded, measured and written as JSON wherever that is asked for. */
const DEEPEST = 1000;
/** A Map, Set or Error counts as so many levels: copying one takes several times the stack. */
const BUILT_IN_LEVELS = 4;
const MANY_OBJECTS = 100_000;
/** Long enough to look whether it is sparse: `slice` goes through every place, and there may be four thousand million. */
const LONG_ARRAY = 100_000;
const INDEX = /^(0|[1-9]\d*)$/;

/** Whether `slice` gives an array of what is in this one, and in no more steps than there are entries. */
function isOrdinary(source: readonly unknown[]): boolean {
  const { length, constructor: species } = source;
  if (Object.getPrototypeOf(source) !== Array.prototype || species !== Array) return false;
  return length < LONG_ARRAY || Object.keys(source).length >= length;
}

/** Whether there is more to it than a value that can be handed on. */
function isPart(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol';
}

function contain(source: object, copy: object | undefined, container: Containment | undefined, levels = 1): Containment {
  return { source, copy, container, depth: container === undefined ? levels : container.depth + levels, key: '' };
}

function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
