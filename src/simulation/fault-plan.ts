import { readOptions } from '../backend/input-validation';
import type { Operation } from '../backend/operation';
import { fail, markClass, nameError } from '../errors';
import { checkText } from './checks';
import { type Random, randomFrom } from './random';

/**
 * What can go wrong with an operation.
 * - `refused`: nothing has happened, and the caller gets an error.
 * - `lost reply`: it has happened, and the caller gets an error.
 * - `dropped`: nothing has happened, and the caller is answered as if it had. Of a save and a clear.
 * - `stale read`: a load finds what was there before the latest write that this plan knows of.
 * - `corrupted read`: a load finds damaged data.
 * - `crash`: it never ends, nor does any other operation of this client, until `restart`.
 */
export type FaultKind = 'refused' | 'lost reply' | 'dropped' | 'stale read' | 'corrupted read' | 'crash';

const KINDS: readonly FaultKind[] = ['refused', 'lost reply', 'dropped', 'stale read', 'corrupted read', 'crash'];

/** `save` is an update as well: both write. */
export type FaultTarget = Operation['type'];

const TARGETS: readonly FaultTarget[] = ['save', 'load', 'clear', 'update', 'stat', 'getUsage'];

export interface FaultOptions {
  /** Default: every key. */
  readonly key?: string | undefined;
  /** Default: every client. */
  readonly client?: string | undefined;
  /** Default: `refused` */
  readonly kind?: FaultKind | undefined;
  /** The cause of the error that the caller gets; a `StorageError` is that error itself. Default: a `SimulatedFault` */
  readonly error?: unknown;
}

export interface RandomFaults {
  readonly seed: number;
  /** The share of operations that fail, from 0 to 1, of those into which one of these kinds can be injected. */
  readonly rate: number;
  /** Default: all of them. */
  readonly kinds?: readonly FaultKind[] | undefined;
}

/** A fault that was injected. */
export interface Fault {
  readonly kind: FaultKind;
  readonly error: unknown;
}

/** What a caller gets where the plan names no other error; the `cause` of a `StorageError`. */
export class SimulatedFault extends Error {
  static {
    nameError(SimulatedFault);
  }

  readonly kind: FaultKind;

  constructor(kind: FaultKind, { type, key, client }: Operation) {
    super(`simulated fault: ${kind} of ${type} ${JSON.stringify(key)} by ${client}`);
    this.kind = kind;
  }
}

interface Rule extends FaultOptions {
  readonly type: FaultTarget;
  readonly kind: FaultKind;
  left: number;
}

interface ClientState {
  crashes: number;
  isDown: boolean;
  /** Who waits for a crash. */
  readonly waiting: (() => void)[];
}

interface Hold {
  readonly type: FaultTarget;
  readonly key: string | undefined;
  readonly client: string | undefined;
  readonly released: Promise<void>;
  readonly open: () => void;
}

/**
 * What is to go wrong, and when: given step by step, or by chance from a seed. Hand it to `withFaults`; it can be changed at
 * any time.
 *
 * @example
 * const plan = new FaultPlan();
 * plan.failNext('save', { client: 'tab-1', kind: 'lost reply' });
 * const remove = plan.fail('load'); // until it is removed
 * const { release } = plan.hold('save');
 */
export class FaultPlan {
  static {
    markClass(FaultPlan);
  }

  /** @internal False for a Proxy of one: that has no private fields. */
  static is(value: unknown): value is FaultPlan {
    return #rules in Object(value);
  }

  #rules: Rule[] = [];
  #holds: Hold[] = [];
  readonly #clients = new Map<string, ClientState>();
  #hasCrashed = false;
  readonly #forced = new WeakMap<Operation, FaultKind>();
  readonly #random: (Required<Omit<RandomFaults, 'seed'>> & { readonly numbers: Random }) | undefined;

  constructor(random?: RandomFaults) {
    if (random === undefined) return;
    const { seed, rate, kinds = KINDS } = readOptions(random, ['seed', 'rate', 'kinds']);
    if (!Number.isSafeInteger(seed)) fail('ERR_INVALID_OPTION', 'seed to be a whole number', seed);
    if (!(Number.isFinite(rate) && rate >= 0 && rate <= 1)) fail('ERR_INVALID_OPTION', 'rate to be a number from 0 to 1', rate);
    if (!Array.isArray(kinds) || kinds.length === 0) fail('ERR_INVALID_OPTION', 'kinds to be a list of kinds of faults', kinds);
    for (const kind of kinds) checkKind(kind);
    this.#random = { rate, kinds, numbers: randomFrom(seed) };
  }

  /** Fails the next operation of this type, or the next so many; then it is over. */
  failNext(type: FaultTarget, options: FaultOptions & { readonly times?: number | undefined } = {}): void {
    const { times = 1, ...rule } = readOptions(options, ['key', 'client', 'kind', 'error', 'times']);
    if (!(Number.isSafeInteger(times) && times > 0)) fail('ERR_INVALID_OPTION', 'times to be a whole number above 0', times);
    this.#add(type, rule, times);
  }

  /** Fails every operation of this type. @returns what removes it */
  fail(type: FaultTarget, options: FaultOptions = {}): () => void {
    const rule = this.#add(type, readOptions(options, ['key', 'client', 'kind', 'error']), Number.POSITIVE_INFINITY);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  /** Keeps operations of this type from taking effect until they are released. */
  hold(type: FaultTarget, options: Pick<FaultOptions, 'key' | 'client'> = {}): { readonly release: () => void } {
    const { key, client } = readOptions(options, ['key', 'client']);
    checkTarget(type, { key, client });
    let open = (): void => {};
    const released = new Promise<void>((resolve) => {
      open = resolve;
    });
    const hold = { type, key, client, released, open };
    this.#holds.push(hold);
    return {
      release: () => {
        this.#holds = this.#holds.filter((other) => other !== hold);
        open();
      },
    };
  }

  /** Lets a client crash now: nothing that it has under way ever ends, nor what it begins before its `restart`. */
  crash(client: string): void {
    checkText('client', client);
    const state = this.#stateOf(client);
    state.crashes += 1;
    this.#hasCrashed = true;
    state.isDown = true;
    for (const resolve of state.waiting.splice(0)) resolve();
  }

  /**
   * Resolves when the client crashes, at once if it is down: its own promises never end.
   *
   * @example
   * await Promise.race([transfer(writer), plan.crashed('writer')]);
   */
  crashed(client: string): Promise<void> {
    checkText('client', client);
    const { isDown, waiting } = this.#stateOf(client);
    return new Promise((resolve) => {
      if (isDown) resolve();
      else waiting.push(resolve);
    });
  }

  /** Brings a client back that has crashed. What it had under way never ends: take new handles, as a new process would. */
  restart(client: string): void {
    checkText('client', client);
    this.#stateOf(client).isDown = false;
  }

  /** Removes all faults, releases held operations, and restarts crashed clients. Random faults go on. */
  reset(): void {
    this.#rules = [];
    for (const { open } of this.#holds.splice(0)) open();
    for (const state of this.#clients.values()) state.isDown = false;
  }

  /** @internal Forgets everything, as if it were new. What is held is never released. */
  renew(): void {
    this.#rules = [];
    this.#holds = [];
    this.#clients.clear();
    this.#hasCrashed = false;
  }

  /** @internal What this operation has to wait for; `undefined` for nothing. */
  held(operation: Operation): Promise<void> | undefined {
    return this.#holds.find((hold) => matches(hold, operation))?.released;
  }

  /** @internal Whether a client is down. */
  isDown(client: string): boolean {
    return this.#clients.get(client)?.isDown ?? false;
  }

  /** @internal Whether any client has crashed. */
  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** @internal How often a client has crashed. */
  crashesOf(client: string): number {
    return this.#clients.get(client)?.crashes ?? 0;
  }

  /** @internal Lets this very operation fail, before every other fault. */
  force(operation: Operation, kind: FaultKind): void {
    this.#forced.set(operation, kind);
  }

  /** @internal The fault that is injected into this operation, if any. */
  inject(operation: Operation): Fault | undefined {
    const forced = this.#forced.get(operation);
    if (forced !== undefined) return this.#injected(forced, operation, undefined);
    // A rule for saves is one for updates as well, as far as its kind of fault can be injected into one.
    const rule = this.#rules.find((candidate) => matches(candidate, operation) && canInject(candidate.kind, operation));
    if (rule === undefined) return this.#injectByChance(operation);
    rule.left -= 1;
    if (rule.left === 0) this.#rules = this.#rules.filter((other) => other !== rule);
    return this.#injected(rule.kind, operation, rule.error);
  }

  #injectByChance(operation: Operation): Fault | undefined {
    if (this.#random === undefined) return undefined;
    const { rate, numbers } = this.#random;
    const kinds = this.#random.kinds.filter((kind) => canInject(kind, operation));
    if (kinds.length === 0 || numbers.next() >= rate) return undefined;
    return this.#injected(kinds[numbers.below(kinds.length)] as FaultKind, operation, undefined);
  }

  #injected(kind: FaultKind, operation: Operation, error: unknown): Fault {
    if (kind === 'crash') this.crash(operation.client);
    return { kind, error: error ?? new SimulatedFault(kind, operation) };
  }

  #stateOf(client: string): ClientState {
    const state = this.#clients.get(client) ?? { crashes: 0, isDown: false, waiting: [] };
    this.#clients.set(client, state);
    return state;
  }

  #add(type: FaultTarget, options: FaultOptions, times: number): Rule {
    const { kind = 'refused' } = options;
    checkTarget(type, options);
    checkKind(kind);
    if (!canInject(kind, { type })) fail('ERR_INVALID_OPTION', `a kind of fault that can be injected into a ${type}`, kind);
    const rule = { ...options, type, kind, left: times };
    this.#rules.push(rule);
    return rule;
  }
}

function matches(
  rule: { type: FaultTarget; key?: string | undefined; client?: string | undefined },
  operation: Operation,
): boolean {
  const { type, key = operation.key, client = operation.client } = rule;
  const isOfType = type === operation.type || (type === 'save' && operation.type === 'update');
  return isOfType && key === operation.key && client === operation.client;
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
function checkTarget(type: unknown, { key, client }: Pick<FaultOptions, 'key' | 'client'>): void {
  if (!TARGETS.includes(type as FaultTarget)) fail('ERR_INVALID_OPTION', `a type of operation: ${TARGETS.join(', ')}`, type);
  if (key !== undefined) checkText('key', key);
  if (client !== undefined) checkText('client', client);
}

/** A load can't be dropped, and only a load can find what is stale. */
export function canInject(kind: FaultKind, { type }: Pick<Operation, 'type'>): boolean {
  if (kind === 'dropped') return type === 'save' || type === 'clear';
  if (kind === 'stale read' || kind === 'corrupted read') return type === 'load';
  return true;
}

/** @throws {StorageError} `ERR_INVALID_OPTION` */
export function checkKind(kind: unknown): void {
  if (!KINDS.includes(kind as FaultKind)) fail('ERR_INVALID_OPTION', `a kind of fault: ${KINDS.join(', ')}`, kind);
}
