import fc from 'fast-check';

/** Makers of what no structured clone takes, new each time: no run may see what another one has done to it. */
const MAKERS: readonly (() => unknown)[] = [
  () => () => {},
  () => class Nothing {},
  () => Symbol('mark'),
  () => Object(Symbol('mark')),
  () => new WeakMap(),
  () => new WeakSet(),
  () => new WeakRef({}),
  () => Promise.resolve(),
  () => (function* () {})(),
  () => [][Symbol.iterator](),
  () => new Map().entries(),
  () => detached(new ArrayBuffer(8)),
  () => viewOfDetached(),
  () => [revoked()],
  () => ({
    get broken() {
      throw new RangeError('no');
    },
  }),
];

function detached(buffer: ArrayBuffer): ArrayBuffer {
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function viewOfDetached(): Uint8Array {
  const view = new Uint8Array(8);
  detached(view.buffer);
  return view;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

export const anyRefused: fc.Arbitrary<unknown> = fc.constantFrom(...MAKERS).map((make) => make());
