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
 * Plain objects and arrays are what there is most of, so they are not remembered: one that contains itself is found by
 * looking at those that are being copied.
 */
export class Copier {
  /** Whether all that was met are plain objects, ordinary arrays and primitives, and none contains itself. */
  metTree = true;
  /** Copies of what is to be one object wherever it is met. */
  private copies: Map<object, object> | undefined = undefined;
  private objects = 0;
  /** With an enumerable member on `Object.prototype`, `for…in` comes up with more than an object's own. */
  private readonly polluted = isPolluted();

  /** @param settle is given each copy when it is complete */
  constructor(private readonly settle?: (copy: object) => void) {}

  copy(value: unknown, container?: Containment): unknown {
    if (typeof value === 'object') return value === null ? value : this.copyObject(value, container);
    if (typeof value === 'function' || typeof value === 'symbol') throw new Refusal(describe(value));
    return value;
  }

  private copyObject(source: object, container: Containment | undefined): object {
    for (let outer = container; outer !== undefined; outer = outer.container) {
      if (outer.source !== source || outer.copy === undefined) continue;
      this.metTree = false;
      return outer.copy;
    }
    if (this.copies !== undefined) {
      const known = this.copies.get(source);
      if (known !== undefined) return known;
    }
    if (container !== undefined && container.depth >= DEEPEST) throw new Refusal(`more than ${DEEPEST} levels of nesting`);
    const copy = Array.isArray(source) ? this.copyArray(source, container) : this.copyOther(source, container);
    if (this.settle !== undefined) this.settle(copy);
    return copy;
  }

  private copyArray(source: readonly unknown[], container: Containment | undefined): object {
    if (!isOrdinary(source)) {
      this.metTree = false;
      const indices = Object.keys(source).filter((key) => INDEX.test(key) && Number(key) < source.length);
      return this.copyMembers(source, this.count(source, new Array(source.length)), indices, container);
    }
    const copy: unknown[] = this.count(source, source.slice());
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
    if (isPlain && !this.polluted) return this.copyPlain(source, container);
    const copy = isPlain ? undefined : this.copyBuiltIn(source, container);
    return copy ?? this.copyMembers(source, this.count(source, {}), Object.keys(source), container);
  }

  private copyBuiltIn(source: object, container: Containment | undefined): object | undefined {
    // A level of these takes several times the stack of a level of plain objects.
    const here = { source, copy: undefined, container, depth: (container?.depth ?? 0) + 4 };
    const copy = copyBuiltIn(source, {
      remember: (made) => this.remember(source, made),
      copyBuffer: (buffer) => this.copies?.get(buffer) ?? this.copyOther(buffer, container),
      copyPart: (part, key) => {
        try {
          return this.copy(part, here);
        } catch (error) {
          throw Refusal.under(key, error);
        }
      },
    });
    if (copy !== undefined) this.metTree = false;
    return copy;
  }

  private copyPlain(source: object, container: Containment | undefined): object {
    const copy = this.count<Members>(source, {});
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
  private count<C extends object>(source: object, copy: C): C {
    this.objects += 1;
    if (this.objects <= MANY_OBJECTS) return copy;
    this.metTree = false;
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
const MANY_OBJECTS = 100_000;
const INDEX = /^(0|[1-9]\d*)$/;

/** Whether `slice` gives an array of what is in this one, and in no more steps than there are entries. */
function isOrdinary(source: readonly unknown[]): boolean {
  const { length, constructor: species } = source;
  if (Object.getPrototypeOf(source) !== Array.prototype || species !== Array) return false;
  return length < MANY_OBJECTS || Object.keys(source).length >= length;
}

/** Whether there is more to it than a value that can be handed on. */
function isPart(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol';
}

function contain(source: object, copy: object | undefined, container: Containment | undefined): Containment {
  return { source, copy, container, depth: container === undefined ? 1 : container.depth + 1 };
}

function isPolluted(): boolean {
  for (const _key in Object.prototype) return true;
  return false;
}

/** Sets an own property whatever its key: plain assignment to `__proto__` would change the prototype. */
function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    Reflect.set(target, key, value);
  }
}
