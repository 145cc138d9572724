import type { Accesses } from './accesses';
import { HappensBefore } from './happens-before';
import type { ExecutedStep, Step } from './step';

/**
 * What clients have in common beside the storage, as the runs of an exploration have shown.
 * - `replies`: the order of replies can be seen, in the history of a journal;
 * - `wakes`: one client waits for another, so that the order of all steps that run code of clients can be seen;
 * - `sleeping scenario`: the scenario itself waits for the clock, so that the step that wakes it may run code of any client;
 * - `calls`: a client calls something that may change anything, so that its order among all effects can be seen;
 * - `everything`: the order of all steps can be seen.
 */
export type Fact = 'replies' | 'wakes' | 'sleeping scenario' | 'calls' | 'everything';

/** A client has begun something in a step of another one. */
interface Wake {
  /** The place of that step. */
  readonly by: number;
  readonly client: string;
  /** Whether it was waiting for a step of its own at that time. */
  readonly isBusy: boolean;
}

export interface DependencyOptions {
  /** Clients that depend on each other by more than the storage: each group counts as one client. */
  readonly groups: readonly (readonly string[])[];
  /** Whether clients may crash. */
  readonly crashes: boolean;
  /** Whether time goes on, while there is something else to do, by timers whose code may belong to any client. */
  readonly foreignTime: boolean;
}

/**
 * Which steps depend on each other, as far as the store does not show it. An exploration starts with what its options say, and
 * learns from each run; when it has learnt something, the search begins anew.
 */
export class Dependencies {
  readonly #options: DependencyOptions;
  readonly #facts = new Set<Fact>();
  readonly #states = new Map<string, string>();
  /** Steps, by id, in which the storage was looked at without an operation: with others under way, or with none. */
  readonly #looks = { 'under way': new Set<string>(), 'at rest': new Set<string>() };
  /** How steps, by id, were asked for. */
  readonly #requests = new Map<string, Set<Request>>();
  readonly #withForeignCode = new WeakSet<ExecutedStep>();
  #wakes: Wake[] = [];
  #hasLearnt = false;
  /** The clients of an undeclared dependency: the first has waited for the second, and for a step of its own as well. */
  undeclared: readonly [string, string] | undefined;

  constructor(options: DependencyOptions) {
    this.#options = options;
  }

  learn(fact: Fact): void {
    if (this.#facts.has(fact)) return;
    this.#facts.add(fact);
    this.#hasLearnt = true;
  }

  /** Whether something was learnt since the search began, so that it has to begin anew. */
  get hasNews(): boolean {
    return this.#hasLearnt;
  }

  beginSearch(): void {
    this.#hasLearnt = false;
  }

  /** Forgets what runs have shown: they were not as others will be. */
  forget(): void {
    this.#facts.clear();
    for (const steps of Object.values(this.#looks)) steps.clear();
    this.#requests.clear();
    this.undeclared = undefined;
  }

  /** Handles without a name may be of one client. */
  addUnnamed(client: string): void {
    this.#states.set(client, 'client');
  }

  /** The name of the resource that every step of a client writes: its variables. */
  stateOf(client: string): string {
    const known = this.#states.get(client);
    if (known !== undefined) return known;
    const group = this.#options.groups.findIndex((clients) => clients.includes(client));
    const state = group === -1 ? `client:${client}` : `group:${group}`;
    this.#states.set(client, state);
    return state;
  }

  /** Notes what a step uses by its kind. */
  useCommon({ client, phase, fault, operation }: Step, accesses: Accesses): void {
    const { crashes, foreignTime } = this.#options;
    if (phase === 'time') accesses.use('clock', 'write');
    else if (phase !== 'idle') accesses.use(this.stateOf(client), 'write');
    if (phase !== 'effect' && this.#facts.has('replies')) accesses.use('journal', 'write');
    // An updater is code of the client.
    if (this.#facts.has('wakes') && (phase !== 'effect' || operation === 'update')) accesses.use('scenario', 'write');
    if (this.#facts.has('calls') && (phase === 'effect' || phase === 'time')) accesses.use('calls', 'read');
    const isSeenByAll = fault === 'crash' || (phase === 'time' && foreignTime) || this.#facts.has('everything');
    if (isSeenByAll) accesses.use('everything', 'write');
    else if (crashes || foreignTime || this.#facts.has('sleeping scenario')) accesses.use('everything', 'read');
  }

  /** A listener of a client is called in a step of another one. */
  noteListener({ accesses }: ExecutedStep, client: string): void {
    accesses.use(this.stateOf(client), 'write');
    if (this.#facts.has('wakes')) accesses.use('scenario', 'write');
  }

  /** A step may run code of any client: a listener of the registry, or an operation that was held. */
  noteForeignCode(step: ExecutedStep, resource: string): void {
    step.accesses.use(resource, 'write');
    if (this.#facts.has('wakes')) step.accesses.use('scenario', 'write');
    this.#withForeignCode.add(step);
  }

  hasForeignCode(step: ExecutedStep): boolean {
    return this.#withForeignCode.has(step);
  }

  /**
   * Whether a look at the storage, without an operation, counts as the step's own. What is looked at when nothing else is under
   * way may be the scenario's end, which looks at everything after all clients: it counts only if that step has looked in
   * another run as well, with others under way.
   */
  isOwnLook({ id }: Step, isAtRest: boolean): boolean {
    const { 'under way': underWay, 'at rest': atRest } = this.#looks;
    const [own, other] = isAtRest ? [atRest, underWay] : [underWay, atRest];
    if (!own.has(id)) {
      own.add(id);
      if (other.has(id)) this.#hasLearnt = true;
    }
    return underWay.has(id);
  }

  /**
   * Whether a step that is asked for has waited for all steps before it: it is asked for in a step of another client, with nothing
   * else under way, and never otherwise. The scenario goes on like that after all of its clients.
   * @param isOwn whether it is asked for in a step of its own client
   */
  isJoin({ id }: Step, isAtRest: boolean, isOwn: boolean): boolean {
    const kind = isAtRest ? (isOwn ? 'own at rest' : 'at rest') : isOwn ? 'own' : 'under way';
    const known = this.#requests.get(id) ?? new Set();
    this.#requests.set(id, known);
    const was = isJoin(known);
    const isFirst = known.size === 0;
    known.add(kind);
    if (!isFirst && was !== isJoin(known)) this.#hasLearnt = true;
    return isAtRest && isJoin(known);
  }

  noteWake(wake: Wake): void {
    this.#wakes.push(wake);
  }

  /** Learns from a run that has ended. */
  endRun(run: readonly ExecutedStep[]): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    if (wakes.length === 0) return;
    const order = new HappensBefore(run);
    for (const { by, client, isBusy } of wakes) {
      const isConcurrent = (_step: ExecutedStep, place: number) => !order.isBefore(place, by) && !order.isBefore(by, place);
      if (!run.some(isConcurrent)) continue;
      this.learn('wakes');
      if (isBusy) this.undeclared ??= [client, String(run[by]?.step.client)];
    }
  }
}

/** In a step of its own client or of another one; with others under way, or with none. */
type Request = 'own' | 'own at rest' | 'at rest' | 'under way';

function isJoin(requests: ReadonlySet<Request>): boolean {
  return requests.has('at rest') && !requests.has('under way') && !requests.has('own');
}
