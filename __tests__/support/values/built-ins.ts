import fc from 'fast-check';
import { anyKey, anyPrimitive, anyText, define } from './primitives';

const anyDate = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constant(0).map((time) => new Date(time)),
);

const anyRegExp = fc
  .record({
    source: fc.constantFrom('', 'a+', '/', '[\\]/]', '\\n', '\n', '(?<name>😀)'),
    flags: fc.constantFrom('', 'g', 'giu', 'dmsy'),
    lastIndex: fc.nat(3),
  })
  .map(({ source, flags, lastIndex }) => Object.assign(new RegExp(source, flags), { lastIndex }));

const anyBoxed = fc.oneof(fc.constantFrom(-0, Number.NaN, 5n, true, false), fc.double(), anyText).map((value) => Object(value));

const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

const anyBuffer = fc.record({ bytes: fc.uint8Array({ maxLength: 40 }), room: fc.option(fc.nat(40)) }).map(({ bytes, room }) => {
  const growth = room === null ? [] : [{ maxByteLength: bytes.length + room }];
  const buffer: ArrayBuffer = Reflect.construct(ArrayBuffer, [bytes.length, ...growth]);
  new Uint8Array(buffer).set(bytes);
  return buffer;
});

interface Window {
  readonly type: (typeof VIEWS)[number];
  /** In elements. */
  readonly start: number;
  readonly length: number | null;
}

const anyWindow: fc.Arbitrary<Window> = fc.record({
  type: fc.constantFrom(...VIEWS),
  start: fc.nat(3),
  length: fc.option(fc.nat(4)),
});

/** Views of one buffer, and the buffer. None follows a buffer that grows: no code can tell, so the codec can't either. */
const anyViews = fc
  .record({ buffer: anyBuffer, windows: fc.array(anyWindow, { maxLength: 4 }) })
  .map(({ buffer, windows }) => [...windows.flatMap((window) => viewOf(buffer, window)), buffer]);

function viewOf(buffer: ArrayBuffer, { type, start, length }: Window): object[] {
  const offset = start * ('BYTES_PER_ELEMENT' in type ? type.BYTES_PER_ELEMENT : 1);
  try {
    const follows = length === null && !(buffer as { resizable?: boolean }).resizable;
    return [Reflect.construct(type, follows ? [buffer, offset] : [buffer, offset, length ?? 0])];
  } catch {
    return []; // does not fit
  }
}

class OddError extends RangeError {}

const ERRORS = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, OddError];

/** Errors of all kinds, with causes and with members of their own. */
export function errorOf(cause: fc.Arbitrary<unknown>): fc.Arbitrary<Error> {
  const details = {
    type: fc.constantFrom(...ERRORS),
    message: fc.option(anyText, { nil: undefined }),
    name: fc.constantFrom(undefined, undefined, 'TypeError', 'Odd', ''),
    stack: fc.oneof(anyText, fc.constantFrom(undefined, 5)),
    cause: fc.option(fc.record({ cause }), { nil: undefined }),
    extra: fc.array(fc.tuple(anyKey, anyPrimitive), { maxLength: 1 }),
  };
  return fc.record(details).map(({ type, message, name, stack, cause, extra }) => {
    const error = new type(message, cause);
    for (const [key, value] of extra) define(error, key, { value });
    if (name !== undefined) define(error, 'name', { value: name });
    // Given, since the engine's own names the line that made it, which differs from one to the next.
    define(error, 'stack', { value: stack, enumerable: false });
    return error;
  });
}

/** What structured cloning knows by an internal slot, with members of its own that it does not copy. */
export const anyBuiltIn: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.oneof(anyDate, anyRegExp, anyBoxed, anyBuffer, anyViews, errorOf(anyPrimitive)),
    fc.option(fc.record({ key: fc.constantFrom('extra', '__proto__', 'constructor'), value: anyPrimitive }), { freq: 9 }),
  )
  .map(([value, member]) => {
    if (member !== null && !Array.isArray(value)) define(value, member.key, member);
    return value;
  });
