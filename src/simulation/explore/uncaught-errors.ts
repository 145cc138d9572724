type Listener = (error: unknown) => void;

interface Emitter {
  rawListeners(event: string): Listener[];
  removeListener(event: string, listener: Listener): unknown;
  on(event: string, listener: Listener): unknown;
}

interface PageEvent {
  readonly error?: unknown;
  readonly reason?: unknown;
  preventDefault(): void;
}

interface Page {
  addEventListener?(type: string, listener: (event: PageEvent) => void): void;
  removeEventListener?(type: string, listener: (event: PageEvent) => void): void;
}

const { process } = globalThis as {
  readonly process?: { getBuiltinModule?(name: 'node:vm'): { runInThisContext(code: string): Emitter } };
};

/** Found once: a script is compiled to find it. */
const emitter = findEmitter();

/** The process that Jest's environments show is a copy, without these events: that of the main context has them. */
function findEmitter(): Emitter | undefined {
  try {
    return process?.getBuiltinModule?.('node:vm').runInThisContext('process');
  } catch {
    return undefined; // a runtime that only has the names of Node's modules
  }
}

/**
 * Hands over what is reported as uncaught from now on: errors in listeners, and rejections that nobody handles. Test runners
 * listen to these as well; their listeners are put back at the end.
 * @returns what ends it
 */
export function catchUncaughtErrors(handle: (error: unknown) => void): () => void {
  const { addEventListener, removeEventListener } = globalThis as unknown as Page;
  const replaced =
    emitter === undefined ? [] : ['unhandledRejection', 'uncaughtException'].map((event) => replace(emitter, event, handle));

  const onEvent = (event: PageEvent) => {
    event.preventDefault();
    handle(event.error ?? event.reason);
  };
  for (const type of ['error', 'unhandledrejection']) addEventListener?.call(globalThis, type, onEvent);
  return () => {
    for (const putBack of replaced) putBack();
    for (const type of ['error', 'unhandledrejection']) removeEventListener?.call(globalThis, type, onEvent);
  };
}

/** Puts the listener in the place of all others, except for those of other explorations that go on. */
function replace(emitter: Emitter, event: string, handle: Listener): () => void {
  const listener = Object.assign((error: unknown) => handle(error), { [isOfExploration]: true });
  const others = emitter.rawListeners(event).filter((other) => !(isOfExploration in other));
  for (const other of others) emitter.removeListener(event, other);
  emitter.on(event, listener);
  return () => {
    emitter.removeListener(event, listener);
    for (const other of others) emitter.on(event, other);
  };
}

const isOfExploration: unique symbol = Symbol.for('shared-memory-registry.isOfExploration');
