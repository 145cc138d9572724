import type { Operation } from '../../backend/operation';
import type { FaultKind, FaultPlan } from '../fault-plan';
import type { ScheduledTurn } from '../with-schedule';
import type { Accesses, DeclaredAccesses } from './accesses';
import type { EnabledStep, ExecutedStep, Step } from './step';

/** A step that a client has asked for. */
export interface Request {
  readonly step: Step;
  readonly label: string;
  readonly turn: ScheduledTurn | undefined;
  readonly declared: DeclaredAccesses;
  /** How often its client had crashed by then. */
  readonly crashes: number;
  /** How often the clock had gone on by then. */
  readonly ticks: number;
  readonly proceed: (accesses: Accesses) => void;
  readonly awaits: ExecutedStep['awaits'];
  /** Whether the timeline says nothing of it: a call says what it has given. */
  readonly isQuiet: boolean;
  /** Of a call: lets it fail. */
  readonly inject: ((fault: FaultKind) => void) | undefined;
  /** Since it is enabled. */
  enabled?: EnabledStep;
}

/** The steps that the clients of a run have asked for and not taken, in the order of asking. */
export class Requests {
  readonly #plan: Pick<FaultPlan, 'hasCrashed' | 'crashesOf'>;
  #all: readonly Request[] = [];
  /** By handle: its operations that have not taken effect, in the order of their calls. */
  readonly #queues = new Map<object, Operation[]>();
  readonly #names = new Map<Operation, string>();
  readonly #counts = new Map<string, number>();

  constructor(plan: Pick<FaultPlan, 'hasCrashed' | 'crashesOf'>) {
    this.#plan = plan;
  }

  /**
   * Counts what is asked for, and gives an operation its place in the queue of its handle.
   * @returns the step, with the same id in every run that comes to it
   */
  enter(label: string, turn: ScheduledTurn | undefined, isQuiet: boolean): Step {
    const { client = label, key = null, phase = 'turn', operation } = turn ?? {};
    const place = isQuiet ? label : key === null ? client : `${client}/${key}`;
    if (turn !== undefined && operation !== undefined && phase === 'effect') this.#enqueue(turn.handle, operation, place);
    const name = operation && this.#names.get(operation);
    const id = name === undefined ? `${place} ${phase}#${this.#count(`${place} ${phase}`)}` : `${name} ${phase}`;
    return { id, base: id, client, key, phase, operation: operation?.type };
  }

  add(request: Request): void {
    this.#all = [...this.#all, request];
  }

  /** Removes one whose step is taken. */
  remove(request: Request): void {
    const { turn } = request;
    this.#all = this.#all.filter((other) => other !== request);
    if (turn?.phase === 'effect') this.#queues.get(turn.handle)?.shift();
  }

  /** Those of clients that have not crashed since. */
  get alive(): readonly Request[] {
    if (!this.#plan.hasCrashed) return this.#all;
    return this.#all.filter(({ step, crashes }) => this.#plan.crashesOf(step.client) === crashes);
  }

  /** Removes those of clients that have crashed. @returns the ids of their steps, without faults */
  dropDead(): readonly string[] {
    const { alive } = this;
    const dead = this.#all.filter((request) => !alive.includes(request));
    this.#all = alive;
    return dead.map(({ step }) => step.base);
  }

  /** Those whose turn it is among the operations of their handles; first the ones of this client. */
  ready(client: string | undefined): Request[] {
    const ready = this.#all.filter(
      ({ turn }) => turn?.phase !== 'effect' || this.#queues.get(turn.handle)?.[0] === turn.operation,
    );
    const isOwn = ({ step }: Request) => step.client === client;
    return [...ready.filter(isOwn), ...ready.filter((request) => !isOwn(request))];
  }

  #enqueue(handle: object, operation: Operation, place: string): void {
    if (!this.#names.has(operation)) this.#names.set(operation, `${place}#${this.#count(place)}`);
    const queue = this.#queues.get(handle);
    if (queue === undefined) this.#queues.set(handle, [operation]);
    else queue.push(operation);
  }

  #count(what: string): number {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    return count;
  }
}
