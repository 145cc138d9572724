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
  /** It waits for something that does not come. */
  | { readonly type: 'stuck' }
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

  /** Whether it matters when something is looked at now: somebody waits for a turn, and this is not the effect of one. */
  get isOutOfTurn(): boolean {
    return this.#waiting.size > 0 && this.steps.at(-1)?.phase !== 'effect';
  }

  /** @param choose gives one of the steps that are possible */
  async execute(scenario: () => Promise<unknown>, choose: (possible: Possible) => Step): Promise<Outcome> {
    let outcome: Outcome | undefined;
    void scenario().then(
      () => {
        outcome = { type: 'passed' };
      },
      (error) => {
        outcome = { type: 'failed', error };
      },
    );
    for (let waited = 0; ; ) {
      await nextTask();
      if (outcome !== undefined) return outcome;
      if (this.steps.length === MOST_STEPS) return { type: 'endless' };
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
        for (const resolve of this.#idle.splice(0)) resolve();
      } else {
        if (waited >= this.#options.patience) return { type: 'stuck' };
        waited += 1;
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
        time.advance();
        return `${time}`;
      });
    return { step: { id: `clock#${ticks + 1}`, client: 'clock', key: null, phase: 'time', access: 'any' }, take };
  }

  /** What can go wrong instead. A crash can come before the effect or after it; all else shows in what the effect does. */
  #faultsOf(waiting: Waiting): PossibleStep[] {
    const { plan, journal, faults } = this.#options;
    const { id, client, phase, access } = waiting.step;
    const operation = waiting.turn?.operation;
    if (operation === undefined || !(faults.clients?.includes(client) ?? true)) return [];
    const kinds = faults.kinds.filter((kind) => (phase === 'effect' ? canStrike(kind, operation) : kind === 'crash'));
    return kinds.map((fault) => ({
      // Whoever waits for the crash of a client goes on by it.
      step: { ...waiting.step, id: `${id}, ${fault}`, access: fault === 'crash' ? 'any' : access, fault },
      take: () => {
        this.#faults += 1;
        if (SILENT.includes(fault)) journal.note(client, `✗ ${fault}`);
        if (phase === 'reply') return plan.crash(client);
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
    const crashes = this.#options.plan.crashesOf(client);
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
