import { describe } from '../errors';
import { copyBuiltIn } from './built-ins';
import { countNumbers } from './copy-tree';
import { Refusal } from './refusal';

/** An object that is being copied, and the one that contains it. */
interface Containment {
  readonly source: object;
  readonly copy: object | undefined;
  readonly container: Containment | undefined;
  readonly depth: number;
}

/**
 * One run over one value: copies every object in it, and reads each member once.
 *
 * There are two ways to know an object again. Plain objects and arrays are what there is most of, so those are not
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

  /** @param settle is given each copy when it is complete */
  constructor(private readonly settle?: (copy: object) => void) {}

  /**
   * A copy that shares no object with the value.
   * @param expected what the error says when there can be none
   */
  run(value: unknown, expected = 'data that can be copied'): unknown {
    try {
      return this.copy(value);
    } catch (error) {
      throw Refusal.from(error).toStorageError(expected);
    }
  }

  private copy(value: unknown, container?: Containment): unknown {
    if (typeof value === 'object') return value === null ? value : this.copyObject(value, container);
    if (typeof value === 'function' || typeof value === 'symbol') throw new Refusal(describe(value));
    return value;
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
    if (container !== undefined && container.depth >= DEEPEST) {
      throw new Refusal(`more than ${DEEPEST} levels of nesting (a Map, a Set and an Error count as ${BUILT_IN_LEVELS})`);
    }
    const copy = Array.isArray(source) ? this.copyArray(source, container) : this.copyOther(source, container);
    if (this.settle !== undefined) this.settle(copy);
    return copy;
  }

  private copyArray(source: readonly unknown[], container: Containment | undefined): object {
    if (!isOrdinary(source)) {
      const indices = Object.keys(source).filter((key) => INDEX.test(key) && Number(key) < source.length);
      return this.copyMembers(source, this.begin(source, new Array(source.length)), indices, container);
    }
    this.objects += source.length / 8; // many references to a long array are as endless as those to many objects
    const copy: unknown[] = this.begin(source, Array.prototype.slice.call(source));
    let here: Containment | undefined;
    let index = countNumbers(copy);
    try {
      for (; index < copy.length; index += 1) {
        const value = copy[index];
        if (!isPart(value)) continue;
        here ??= contain(source, copy, container);
        copy[index] = this.copy(value, here);
      }
    } catch (error) {
      throw Refusal.under(String(index), error);
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
    const here = { source, copy: undefined, container, depth: (container?.depth ?? 0) + BUILT_IN_LEVELS };
    return copyBuiltIn(source, {
      remember: (made) => this.remember(source, made),
      // Not by `copyObject`: what settles copies is to see the view, and not its buffer.
      copyBuffer: (buffer) => this.copies?.get(buffer) ?? this.copyOther(buffer, container),
      copyPart: (part, name) => {
        try {
          return this.copy(part, here);
        } catch (error) {
          throw Refusal.under(name(), error);
        }
      },
    });
  }

  private copyPlain(source: object, container: Containment | undefined): object {
    const copy = this.begin<Members>(source, {});
    let here: Containment | undefined;
    let current = '';
    try {
      for (const key in source) {
        current = key;
        let value: unknown = source[key as keyof typeof source];
        if (isPart(value)) {
          here ??= contain(source, copy, container);
          value = this.copy(value, here);
        }
        // Plain assignment to `__proto__` would change the prototype.
        if (key === '__proto__') setOwn(copy, key, value);
        else copy[key] = value;
      }
    } catch (error) {
      throw Refusal.under(current, error);
    }
    return copy;
  }

  /** Own enumerable members of these keys. */
  private copyMembers(source: object, copy: object, keys: readonly string[], container: Containment | undefined): object {
    const here = contain(source, copy, container);
    for (const key of keys) {
      if (!Object.hasOwn(source, key)) continue; // a getter before it has deleted it
      try {
        setOwn(copy, key, this.copy(source[key as keyof typeof source], here));
      } catch (error) {
        throw Refusal.under(key, error);
      }
    }
    return copy;
  }

  /** Objects that refer to each other many times over would make endless copies: from a number on, each is copied once. */
  private begin<C extends object>(source: object, copy: C): C {
    this.objects += 1;
    if (this.objects <= MANY_OBJECTS) return copy;
    return this.remember(source, copy);
  }

  private remember<C extends object>(source: object, copy: C): C {
    this.copies ??= new Map();
    this.copies.set(source, copy);
    return copy;
  }
}

type Members = Record<string, unknown>;

/** Well within any stack, so that what was saved can be loaded, measured and written as JSON wherever that is asked for. */
const DEEPEST = 1000;
/** Those take several times the stack of plain objects. */
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

function contain(source: object, copy: object | undefined, container: Containment | undefined): Containment {
  return { source, copy, container, depth: container === undefined ? 1 : container.depth + 1 };
}

/**
 * Whether plain assignment and `for…in` do more or less than with an object's own members: with an enumerable member on
 * `Object.prototype`, and where that is frozen.
 */
function isPrototypeOdd(): boolean {
  for (const _key in Object.prototype) return true;
  return Object.isFrozen(Object.prototype);
}

function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
