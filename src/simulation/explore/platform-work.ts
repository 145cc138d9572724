import { nextTask, realNow } from '../../real-time/next-task';

interface AsyncHook {
  enable(): unknown;
  disable(): unknown;
}

/** The part of Node's async_hooks that is used. */
interface AsyncHooks {
  createHook(hooks: { init?(id: number, type: string): void; after?(id: number): void; destroy?(id: number): void }): AsyncHook;
  executionAsyncResource(): object;
  readonly AsyncLocalStorage: new () => {
    run<R>(store: true, action: () => R): R;
    getStore(): true | undefined;
    disable(): void;
  };
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:async_hooks'): AsyncHooks;
  getBuiltinModule?(name: 'node:worker_threads'): { readonly MessagePort: new () => object };
}

/** Ends with its one callback: a file, a key, a hash, a name to look up, a connection. */
const REQUEST = /REQ|REQUEST|CONNECTWRAP|WRITEWRAP|SHUTDOWNWRAP|SENDWRAP|QUERYWRAP/;

/** Works in several parts, and does not show when it waits for the next one. */
const STREAM = /ZLIB|BROTLI|BLOBREADER/;

/** So long, in ms, a stream may be silent until it is taken to wait: after a part, and before the first one. */
const SILENCE = 20;
const SILENCE_AT_FIRST = 200;

/** The longest wait, in ms, for work that is pending, and for a step that may not come this time. */
const MOST_MS = 2000;
const MOST_MS_FOR_STEP = 200;

/**
 * Asynchronous work that a scenario has Node do outside of JavaScript, such as WebCrypto, files, compression, and loading a module:
 * seen by Node's `async_hooks`. What others do at that time, such as a test runner, does not count. Elsewhere, nothing is seen.
 */
export class PlatformWork {
  readonly #requests = new Set<number>();
  /** Whether each has done a part. */
  readonly #streams = new Map<number, boolean>();
  /** By step: those that were asked for after it, while work was seen. */
  readonly #successors = new Map<string, Set<string>>();
  #lastSign = Number.NEGATIVE_INFINITY;
  /** Whether there was a sign of work since the latest step. */
  #isActiveInStep = false;
  /** Whether there was any. */
  isSeen = false;
  /** Whether a message of a port has come. */
  hasMessages = false;
  /** Whether work would be seen. */
  isWatching = false;
  readonly #begins: AsyncHook | undefined;
  /** Switched on once there is work: with it, Node follows every promise to its end, which slows the run down. */
  readonly #ends: AsyncHook | undefined;
  /** Holds something in what the scenario has begun. */
  readonly #context: InstanceType<AsyncHooks['AsyncLocalStorage']> | undefined;

  constructor() {
    const { process } = globalThis as { process?: NodeProcess };
    const hooks = process?.getBuiltinModule?.('node:async_hooks');
    const threads = process?.getBuiltinModule?.('node:worker_threads');
    if (hooks === undefined || threads === undefined) return;
    const context = new hooks.AsyncLocalStorage();
    this.#context = context;
    this.#begins = hooks.createHook({
      init: (id, type) => {
        if (context.getStore() === undefined) return;
        if (STREAM.test(type)) this.#streams.set(id, false);
        else if (REQUEST.test(type)) this.#requests.add(id);
        else return;
        if (!this.isSeen) this.#ends?.enable();
        this.isSeen = true;
        this.#noteSign();
      },
      after: (id) => {
        this.hasMessages ||= hooks.executionAsyncResource() instanceof threads.MessagePort;
        this.#requests.delete(id);
        if (!this.#streams.has(id)) return;
        this.#streams.set(id, true);
        this.#noteSign();
      },
    });
    this.#ends = hooks.createHook({
      destroy: (id) => {
        this.#requests.delete(id);
        this.#streams.delete(id);
      },
    });
  }

  watch(): void {
    this.isWatching = true;
    this.#begins?.enable();
  }

  /** Watches what is begun by an action. */
  of<R>(action: () => R): R {
    return this.isWatching && this.#context !== undefined ? this.#context.run(true, action) : action();
  }

  stop(): void {
    this.isWatching = false;
    this.#begins?.disable();
    this.#ends?.disable();
    this.#context?.disable();
    this.#requests.clear();
    this.#streams.clear();
  }

  /** Whether a step needs a turn of the event loop, or may need one: while work is watched for, nobody knows yet. */
  get needsTurns(): boolean {
    return this.isWatching || this.isSeen;
  }

  #noteSign(): void {
    this.#lastSign = realNow();
    this.#isActiveInStep = true;
  }

  /** A step begins; or it goes on, after work of which it is known when it was done. */
  beginStep(): void {
    this.#isActiveInStep = false;
  }

  get isPending(): boolean {
    if (this.#requests.size > 0) return true;
    if (this.#streams.size === 0) return false;
    const hasBegun = [...this.#streams.values()].every((isBegun) => isBegun);
    return realNow() - this.#lastSign < (hasBegun ? SILENCE : SILENCE_AT_FIRST);
  }

  /** Whether something is there that may go on at any time. */
  get isActive(): boolean {
    return this.#requests.size > 0 || this.#streams.size > 0;
  }

  /** Notes that one step was asked for after another one. */
  noteSuccessor(step: string | undefined, next: string): void {
    if (!this.isSeen || step === undefined) return;
    const known = this.#successors.get(step);
    if (known === undefined) this.#successors.set(step, new Set([next]));
    else known.add(next);
  }

  /**
   * Resolves when nothing is pending, and the steps have been asked for that followed this one in other runs.
   * @param asked the steps that have been asked for
   */
  async settled(step: string | undefined, asked: ReadonlySet<string>): Promise<void> {
    // Where no work was seen in this step, and none is there that may go on, what follows has been asked for by now.
    const mayFollow = this.#isActiveInStep || this.isActive;
    const known = step === undefined || !mayFollow ? undefined : this.#successors.get(step);
    const isExpected = () => known !== undefined && ![...known].every((next) => asked.has(next));
    const start = realNow();
    while ((this.isPending && realNow() - start < MOST_MS) || (isExpected() && realNow() - start < MOST_MS_FOR_STEP)) {
      await nextTask();
    }
    this.#requests.clear();
  }
}
