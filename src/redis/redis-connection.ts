import { createClient } from '@redis/client';
import { describe, StorageError } from '../errors';
import type { Script } from './scripts';
import { delay, within } from './timers';

/** A client of `@redis/client` or `redis`, version 6: what `createClient` and `createCluster` return. */
export interface RedisClientLike {
  // biome-ignore lint/suspicious/noExplicitAny: clients differ in type by their modules, scripts and protocol.
  duplicate(overrides?: any): any;
  connect(): Promise<unknown>;
  destroy(): void;
}

/** What is used of a client of one server, and of a cluster. */
interface Client extends RedisClientLike {
  on(event: string, listener: (error: Error) => void): unknown;
  close(): Promise<unknown>;
  readonly options?: { readonly socket?: object };
  readonly _options?: { readonly defaults?: { readonly socket?: object } };
  sendCommand: (...args: unknown[]) => Promise<unknown>;
}

/** A command whose reply may be lost although the server has run it. */
export class LostReplyError extends Error {}

/** A command that the server has certainly not run. */
export class NotSentError extends Error {}

/** How often a connection that is lost is tried again. */
const RECONNECT = { reconnectStrategy: (retries: number) => Math.min(5 * 2 ** retries, 100) };

/** One connection, to a server or to the nodes of a cluster. It is restored by itself when it is lost. */
export class RedisConnection {
  readonly #source: RedisClientLike;
  /** Whatever is sent goes to the node that has this key. */
  readonly #key: string;
  readonly #onReady: () => void;
  #client: Client;
  #isClosed = false;
  #lastError: unknown;

  /** @param onReady called whenever it is connected */
  constructor(source: RedisClientLike, key: string, onReady: () => void) {
    this.#source = source;
    this.#key = key;
    this.#onReady = onReady;
    this.#client = this.#open();
    void this.#connect();
  }

  /** A client that is not connected yet. */
  static clientOf(url: string): RedisClientLike {
    return createClient({ url });
  }

  /** What has gone wrong latest, for an error. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** @throws {NotSentError} @throws {LostReplyError} @throws {StorageError} `ERR_UNREACHABLE` where the server refuses the command for good */
  async send(args: readonly string[]): Promise<unknown> {
    try {
      if (isCluster(this.#client)) return await this.#client.sendCommand(this.#key, false, args);
      return await this.#client.sendCommand(args);
    } catch (error) {
      // That a client is offline says nothing of why it is.
      if (!isError(error, ['ClientOfflineError'])) this.#lastError = error;
      throw toSendError(error);
    }
  }

  /** Runs a script, which the server may not have yet. */
  async run({ source, sha1 }: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.send(['EVALSHA', sha1, ...rest]);
    } catch (error) {
      if (!(error instanceof MissingScriptError)) throw error;
      return this.send(['EVAL', source, ...rest]);
    }
  }

  /** Opens a new connection in the place of one that does not answer. */
  renew(): void {
    if (this.#isClosed) return;
    const old = this.#client;
    this.#client = this.#open();
    void this.#connect();
    destroy(old);
  }

  /** Waits for replies that are on their way, but not for longer than this. */
  async close(ms: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await within(this.#client.close(), ms, () => undefined).catch(() => {});
    destroy(this.#client);
  }

  destroy(): void {
    this.#isClosed = true;
    destroy(this.#client);
  }

  #open(): Client {
    const client = duplicate(this.#source as Client);
    client.on('error', (error) => {
      this.#lastError = error;
    });
    client.on(isCluster(client) ? 'node-ready' : 'ready', () => this.#onReady());
    return client;
  }

  async #connect(): Promise<void> {
    const client = this.#client;
    const isOver = () => this.#isClosed || client !== this.#client;
    while (!isOver()) {
      try {
        await client.connect();
        // One that is destroyed while it connects may go on.
        if (isOver()) destroy(client);
        return;
      } catch (error) {
        this.#lastError = error;
        await delay(50);
      }
    }
  }
}

/** Commands for one that is offline are refused, not queued: who sends them knows that they were not sent. Who sends them has a timer, too. */
function duplicate(source: Client): Client {
  const offline = { disableOfflineQueue: true, commandOptions: { timeout: undefined } };
  if (!isCluster(source)) return source.duplicate({ ...offline, socket: { ...source.options?.socket, ...RECONNECT } });
  const defaults = source._options?.defaults;
  return source.duplicate({
    commandOptions: undefined,
    defaults: { ...defaults, ...offline, socket: { ...defaults?.socket, ...RECONNECT } },
  });
}

function destroy(client: Client): void {
  try {
    client.destroy();
  } catch {
    // It was closed already.
  }
}

function isCluster(client: RedisClientLike): boolean {
  return 'nodeClient' in client;
}

/** The server does not have the script. */
class MissingScriptError extends NotSentError {}

/** Replies of a server that can't run commands at the moment. */
const UNAVAILABLE = /^(LOADING|READONLY|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|BUSY|MOVED|ASK|MISCONF|NOREPLICAS|OOM)\b/;

function toSendError(error: unknown): Error {
  const { message } = error as Error;
  if (isError(error, ['ErrorReply'])) {
    if (message.startsWith('NOSCRIPT')) return new MissingScriptError(message);
    if (UNAVAILABLE.test(message)) return new NotSentError(message, { cause: error });
    return new StorageError('ERR_UNREACHABLE', {
      expected: 'a server that runs the command',
      received: describe(error),
      cause: error,
    });
  }
  const isCertain = isError(error, NOT_SENT) || (error as { syscall?: string }).syscall === 'connect';
  return new (isCertain ? NotSentError : LostReplyError)(message, { cause: error });
}

const NOT_SENT = ['ClientClosedError', 'ClientOfflineError', 'RootNodesUnavailableError', 'TimeoutError'];

/** Whether the error's class, or a class that it extends, has one of these names. `instanceof` fails where the client comes from another copy of its package. */
function isError(error: unknown, names: readonly string[]): boolean {
  for (let proto = Object.getPrototypeOf(Object(error)); proto !== null; proto = Object.getPrototypeOf(proto)) {
    if (names.includes(proto.constructor?.name)) return true;
  }
  return false;
}
