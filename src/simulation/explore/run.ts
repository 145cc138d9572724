import type { Operation } from '../../backend/base-storage-backend';
import { canStrike, type FaultKind, type FaultPlan } from '../fault-plan';
import type { Journal } from '../journal';
import { nextTask, realSleep } from '../next-task';
import type { ScheduledTurn, Scheduler } from '../scheduling';
import { accessOf, type Possible, type Step } from './step';
import type { TimeSource } from './time-source';

/** How a run of a scenario has ended. */
export type Outcome =
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly error: unknown }
  /** It has not waited for operations that it has begun. */
  | { readonly type: 'unfinished'; readonly operations: readonly Operation[] }
  /** It waits for something that does not come; maybe for a client that has crashed. */
  | { readonly type: 'stuck'; readonly crashed: string | undefined }
  /** It goes on and on. */
  | { readonly type: 'endless' }
  /** It did not come to a step that it had come to before. */
  | { readonly type: 'diverged'; readonly missing: string };

export interface Faults {
  readonly kinds: readonly FaultKind[];
  readonly atMost: number;
  readonly clients?: readonly string[] | undefined;
}

/** What can happen in a run beside the operations themselves. */
export interface RunOptions {
  readonly plan: FaultPlan;
  readonly journal: Journal;
  readonly time: TimeSource;
  /** Whether the clock may go on while there is something else to do. */
  readonly mayTimePass: boolean;
  /** What may go wrong, and how often. */
  readonly faults: Faults;
  /** How long to wait, in ms, for something that is no step, such as a real timer. */
  readonly patience: number;
}

/** A step that somebody has asked for. */
interface Waiting {
  readonly step: Step;
  readonly label: string;
  readonly turn: ScheduledTurn | undefined;
  /** How often its client had crashed by then. */
  readonly crashes: number;
  readonly proceed: () => void;
}

interface PossibleStep {
  readonly step: Step;
  readonly take: () => void;
}

/** One run of a scenario: asks what is next, whenever nothing else can happen. */
export class Run implements Scheduler {
  /** What was done, in order. */
  readonly steps: Step[] = [];
  readonly #options: RunOptions;
  readonly #waiting = new Set<Waiting>();
  /** By handle: its operations that have not taken effect, in the order of their calls. */
  readonly #queues = new Map<object, Operation[]>();
  readonly #names = new Map<Operation, string>();
  readonly #counts = new Map<string, number>();
  #idle: (() => void)[] = [];
  #faults = 0;
  #failure: Outcome | undefined;
  /**
   * Whether clients depend on each other by more than what is stored: one begins something by a step of another, or who goes on
   * depends on who has begun to wait first.
   */
  isEntangled = false;
  /** Whether it has waited for something that is no step, so that another run may go another way. */
  hasWaited = false;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  schedule<T>(task: Promise<T>, label: string, turn?: ScheduledTurn): Promise<T> {
    return new Promise((resolve) => {
      this.#ask(label, turn, () => resolve(task));
    });
  }

  /** Resolves when there is nothing left to do. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Lets the run fail by something that the scenario's own promise does not show. */
  fail(error: unknown): void {
    this.#failure ??= { type: 'failed', error };
  }

  /** Whether somebody waits for a turn: what is done at once may then come before it or after it. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  #crashed(): string | undefined {
    return this.steps.find(({ fault, client }) => fault === 'crash' && this.#options.plan.isDown(client))?.client;
  }

  /** Operations that are under way, of clients that are there to wait for them. */
  #unfinished(): Operation[] {
    const { plan } = this.#options;
    const waiting = [...this.#waiting].filter(({ step, crashes }) => plan.crashesOf(step.client) === crashes);
    return waiting.flatMap(({ turn }) => turn?.operation ?? []);
  }

  /** Whether an operation takes effect now. */
  get isInEffect(): boolean {
    return this.steps.at(-1)?.phase === 'effect';
  }

  /** @param choose gives one of the steps that are possible */
  async execute(scenario: () => Promise<unknown>, choose: (possible: Possible) => Step): Promise<Outcome> {
    let hasEnded = false;
    void scenario().then(
      () => {
        hasEnded = true;
      },
      (error) => this.fail(error),
    );
    for (let [waited, rests] = [0, 0]; ; ) {
      await nextTask();
      if (this.#failure !== undefined) return this.#failure;
      if (hasEnded) {
        const operations = this.#unfinished();
        return operations.length > 0 ? { type: 'unfinished', operations } : { type: 'passed' };
      }
      if (this.steps.length + rests === MOST_STEPS) return { type: 'endless' };
      const possible = this.#possible();
      const steps = possible.map(({ step }) => step);
      if (isSome(steps)) {
        waited = 0;
        const { id: wanted } = choose(steps);
        const chosen = possible.find(({ step }) => step.id === wanted);
        if (chosen === undefined) return { type: 'diverged', missing: wanted };
        this.steps.push(chosen.step);
        chosen.take();
      } else if (this.#idle.length > 0) {
        rests += 1;
        for (const resolve of this.#idle.splice(0)) resolve();
      } else {
        if (waited >= this.#options.patience) return { type: 'stuck', crashed: this.#crashed() };
        waited += 1;
        this.hasWaited = true;
        await realSleep(1);
      }
    }
  }

  /** First what goes on with the client of the last step, then other clients, in the order of asking; then the clock, then faults. */
  #possible(): readonly PossibleStep[] {
    const { plan, time, mayTimePass } = this.#options;
    for (const waiting of this.#waiting) {
      if (plan.crashesOf(waiting.step.client) !== waiting.crashes) this.#waiting.delete(waiting);
    }
    const last = this.steps.at(-1)?.client;
    const goesOn = ({ step }: Waiting) => Number(step.client === last);
    const ready = [...this.#waiting]
      .filter(({ turn }) => turn?.phase !== 'effect' || this.#queues.get(turn.handle)?.[0] === turn.operation)
      .sort((a, b) => goesOn(b) - goesOn(a));
    const possible = ready.map((waiting) => ({ step: waiting.step, take: () => this.#proceed(waiting) }));
    if (time.isAwaited() && (mayTimePass || ready.length === 0)) possible.push(this.#tick());
    if (this.#faults < this.#options.faults.atMost) possible.push(...ready.flatMap((waiting) => this.#faultsOf(waiting)));
    return possible;
  }

  #tick(): PossibleStep {
    const { time, journal } = this.#options;
    const ticks = this.steps.filter(({ phase }) => phase === 'time').length;
    // What the timer does comes after it.
    const take = () =>
      journal.noteOf('clock', () => {
        this.isEntangled ||= time.isTied();
        time.advance();
        return `${time}`;
      });
    return { step: { id: `clock#${ticks + 1}`, client: 'clock', key: null, phase: 'time', access: 'any' }, take };
  }

  /**
   * What can go wrong instead. A client may crash before an effect, after it, and wherever else it waits for its turn; all
   * else shows in what the effect does.
   */
  #faultsOf(waiting: Waiting): PossibleStep[] {
    const { plan, journal, faults } = this.#options;
    const { id, client, phase, access } = waiting.step;
    const operation = phase === 'effect' ? waiting.turn?.operation : undefined;
    if (waiting.turn === undefined || phase === 'delivery' || !(faults.clients?.includes(client) ?? true)) return [];
    const kinds = faults.kinds.filter((kind) => (operation === undefined ? kind === 'crash' : canStrike(kind, operation)));
    return kinds.map((fault) => ({
      // Whoever waits for the crash of a client goes on by it.
      step: { ...waiting.step, id: `${id}, ${fault}`, access: fault === 'crash' ? 'any' : access, fault },
      take: () => {
        this.#faults += 1;
        if (SILENT.includes(fault)) journal.note(client, `✗ ${fault}`);
        if (operation === undefined) return plan.crash(client);
        plan.force(operation, fault);
        this.#proceed(waiting);
      },
    }));
  }

  #proceed(waiting: Waiting): void {
    const { turn, step, label, proceed } = waiting;
    this.#waiting.delete(waiting);
    if (turn !== undefined && turn.phase === 'effect') this.#queues.get(turn.handle)?.shift();
    if (turn?.operation === undefined) this.#options.journal.note(step.client, label.replace(`${step.client}: `, ''));
    proceed();
  }

  #ask(label: string, turn: ScheduledTurn | undefined, proceed: () => void): void {
    const { client = label, key = null, phase = 'turn', operation } = turn ?? {};
    const place = key === null ? client : `${client}/${key}`;
    if (turn !== undefined && operation !== undefined && phase === 'effect') this.#enqueue(turn.handle, operation, place);
    const name = operation && this.#names.get(operation);
    const id = name === undefined ? `${place} ${phase}#${this.#count(`${place} ${phase}`)}` : `${name} ${phase}`;
    const { plan } = this.#options;
    if (plan.isDown(client)) return;
    const last = this.steps.at(-1);
    const isHandedOver = last?.access === 'own' && last.client !== client && this.#waiting.size > 0;
    this.isEntangled ||= isHandedOver;
    const crashes = plan.crashesOf(client);
    const step = { id, client, key, phase, access: turn === undefined ? 'any' : accessOf(turn) } as const;
    this.#waiting.add({ step, label, turn, crashes, proceed });
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

function isSome<S>(steps: readonly S[]): steps is readonly [S, ...S[]] {
  return steps.length > 0;
}

/** Faults that the client's operations do not show in the timeline by themselves. */
const SILENT: readonly FaultKind[] = ['stale read', 'corrupted read', 'crash'];

/** A scenario of so many steps is one that goes round in circles. */
const MOST_STEPS = 1000;
