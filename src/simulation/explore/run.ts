import type { Operation } from '../../backend/operation';
import { nextTask, realNow, realSleep } from '../../real-time/next-task';
import { canInject, type FaultKind, type FaultPlan, SimulatedFault } from '../fault-plan';
import type { Journal } from '../journal';
import { reasonOf } from '../timeline';
import type { ScheduledTurn, Scheduler } from '../with-schedule';
import { Accesses, type AccessMode, type DeclaredAccesses } from './accesses';
import type { Call } from './calls';
import type { Dependencies } from './dependencies';
import type { EventLoop } from './event-loop';
import type { PlatformWork } from './platform-work';
import { type Request, Requests } from './requests';
import type { EnabledStep, EnabledSteps, ExecutedStep, Step } from './step';
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
  /** It uses a handle of an earlier run. */
  | { readonly type: 'outdated'; readonly client: string }
  /** It did not come to a step that it had come to before. */
  | { readonly type: 'diverged'; readonly missing: string };

export interface Faults {
  readonly kinds: readonly FaultKind[];
  readonly maxFaults: number;
  readonly clients?: readonly string[] | undefined;
}

/** What can happen in a run beside the operations themselves. */
export interface RunOptions {
  readonly plan: FaultPlan;
  readonly journal: Journal;
  readonly time: TimeSource;
  readonly dependencies: Dependencies;
  readonly platformWork: PlatformWork;
  readonly eventLoop: EventLoop;
  /** Whether the clock may go on while there is something else to do. */
  readonly mayTimePass: boolean;
  readonly faults: Faults;
  /** How long to wait, in ms, for something that is no step, such as a real timer. */
  readonly idleTimeoutMs: number;
}

/** One run of a scenario: asks for the next step whenever nothing else can happen. */
export class Run implements Scheduler {
  /** What was done, in order. */
  readonly executed: ExecutedStep[] = [];
  /** Which of the enabled steps was taken, wherever there was more than one. */
  readonly choices: number[] = [];
  readonly #options: RunOptions;
  readonly #requests: Requests;
  /** The steps, by id, that clients have asked for while work of the platform was seen. */
  readonly #asked = new Set<string>();
  readonly #idle: (() => void)[] = [];
  /** What the effect of a call does, while it goes on. */
  #work: Promise<unknown> | undefined;
  /** What calls have given, in order: of whom, and as text. */
  readonly answers: { readonly client: string; readonly text: string }[] = [];
  #faults = 0;
  #ticks = 0;
  #tickEnabledBy: number | undefined;
  #failure: Outcome | undefined;
  /** Whether the scenario has ended: steps that nobody waits for may be left. */
  #isOver = false;
  #ticksAtEnd = 0;
  /** Whether it has waited for real time, so that another run may go another way. */
  hasWaited = false;
  /** Whether the clock had to wait for other steps. */
  hasHeldTime = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#requests = new Requests(options.plan);
  }

  schedule<T>(task: Promise<T>, label: string, turn?: ScheduledTurn): Promise<T> {
    return new Promise((resolve) => this.#request(label, turn, {}, () => resolve(task)));
  }

  /** Resolves when it is this client's turn, which is a step that uses the declared resources. */
  step(client: string, label: string, declared: DeclaredAccesses = {}): Promise<void> {
    return new Promise((resolve) => {
      this.#request(`${client}: ${label}`, { client, key: null, phase: 'turn', handle: this }, declared, () => resolve());
    });
  }

  /** Two steps of a call: what it does, and its answer. While it does something that takes time, no other step is taken. */
  call({ client, place, label, key, isDeclared, act, use, show }: Call): Promise<unknown> {
    const { dependencies, journal } = this.#options;
    if (!isDeclared) dependencies.learn('calls');
    let fault: FaultKind | undefined;
    const toFault = (kind: FaultKind) => new SimulatedFault(kind, { type: label, key: key ?? '', client } as never);
    const run = async () => {
      if (fault === 'refused') throw toFault(fault);
      const result = await act();
      if (fault === 'lost reply') throw toFault(fault);
      return result;
    };
    return new Promise((resolve, reject) => {
      const answer = (text: string, settle: () => void, whole?: () => string) => {
        this.answers.push({ client, text: `${label} ${text}` });
        journal.noteOf(client, () => `${label} ${text}`, whole);
        const effectAt = this.executed.length;
        const reply = () => {
          if (this.executed.length > effectAt + 1) journal.note(client, `${label} is answered`);
          settle();
        };
        this.#request(`${place} answered`, { client, key, phase: 'reply', handle: this }, {}, reply, { isQuiet: true });
      };
      const begin = (accesses: Accesses) => {
        use(accesses);
        this.#work = run().then(
          (result) => {
            const text = show(result);
            answer(
              `→ ${text.short}`,
              () => resolve(result),
              () => text.whole,
            );
          },
          (error) => answer(`✗ ${fault === 'lost reply' ? 'its reply is lost' : reasonOf(error)}`, () => reject(error)),
        );
      };
      const inject = (kind: FaultKind) => {
        fault = kind;
      };
      this.#request(place, { client, key, phase: 'effect', handle: this }, {}, begin, { isQuiet: true, inject });
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
    if (this.#isOver) return;
    this.#failure ??= { type: 'failed', error };
  }

  /** Lets the run fail since a client uses a handle that an earlier run has made. */
  failOutdated(client: string): void {
    this.#failure ??= { type: 'outdated', client };
  }

  /** The latest step, in which everything happens until the next one; `undefined` at the beginning. */
  get current(): ExecutedStep | undefined {
    return this.executed.at(-1);
  }

  /** Whether the scenario is at rest in the latest step: that was the only one to take, and nobody sleeps. */
  isAtRest = true;

  /** Notes that the latest step uses a resource. */
  use(resource: string, mode: AccessMode): void {
    this.current?.accesses.use(resource, mode);
  }

  /** Notes that the latest step runs code of this client. */
  touch(client: string): void {
    this.use(this.#options.dependencies.stateOf(client), 'write');
  }

  #crashed(): string | undefined {
    const { plan } = this.#options;
    return this.executed.find(({ step }) => step.fault === 'crash' && plan.isDown(step.client))?.step.client;
  }

  /** Drops the requests of clients that have crashed in the latest step. */
  #dropDead(): void {
    const { current } = this;
    if (current === undefined || !this.#options.plan.hasCrashed) return;
    const dead = this.#requests.dropDead();
    if (dead.length > 0) current.disabled = dead;
  }

  /** @param choose gives one of the enabled steps */
  async execute(
    scenario: () => Promise<unknown>,
    choose: (enabled: EnabledSteps, run: readonly ExecutedStep[]) => Step,
  ): Promise<Outcome> {
    const { platformWork, eventLoop, idleTimeoutMs } = this.#options;
    let hasEnded = false;
    void scenario().then(
      () => {
        hasEnded = true;
      },
      (error) => this.fail(error),
    );
    let wanted: string | undefined;
    for (let waited = 0; ; ) {
      await eventLoop.settled();
      if (this.#work !== undefined) await this.#worked(this.#work);
      if (platformWork.isSeen) await platformWork.settled(this.current?.step.id, this.#asked);
      if (this.#failure !== undefined) return this.#failure;
      if (hasEnded && !this.#isOver) {
        const operations = this.#requests.alive.flatMap(({ turn }) => turn?.operation ?? []);
        if (operations.length > 0) return { type: 'unfinished', operations };
        this.#isOver = true;
        this.#ticksAtEnd = this.#ticks;
        // What is left comes after the end, or could have come before it.
        for (const { step } of this.#requests.alive) this.touch(step.client);
      }
      if (this.executed.length === MOST_STEPS) return this.#isOver ? { type: 'passed' } : { type: 'endless' };
      const enabled = this.#enabled();
      if (this.#isOver && enabled.length === 0) return { type: 'passed' };
      const steps = enabled.map(({ step }) => step);
      if (isSome(steps)) wanted ??= choose(steps, this.executed).id;
      const chosen = enabled.find(({ step }) => step.id === wanted);
      if (chosen !== undefined) {
        if (enabled.length > 1) this.choices.push(enabled.indexOf(chosen));
        this.#take(chosen);
        [waited, wanted] = [0, undefined];
      } else if (waited < idleTimeoutMs) {
        waited += 1;
        this.hasWaited ||= !platformWork.isActive;
        await realSleep(1);
      } else {
        return wanted === undefined ? { type: 'stuck', crashed: this.#crashed() } : { type: 'diverged', missing: wanted };
      }
    }
  }

  /** Waits for what a call does: real work of the platform as long as that takes, anything else while promises go on. */
  async #worked(work: Promise<unknown>): Promise<void> {
    const { platformWork, dependencies } = this.#options;
    let isOver = false;
    void work.then(() => {
      isOver = true;
    });
    const start = realNow();
    for (
      let tasks = 0;
      !isOver && (tasks < MOST_TASKS || (platformWork.isSeen && realNow() - start < MOST_WORK_MS));
      tasks += 1
    ) {
      await nextTask();
    }
    // It waits for another client: what it does comes in a step of that.
    if (isOver) platformWork.beginStep();
    else dependencies.learn('everything');
    this.#work = undefined;
  }

  #take({ step, enabledBy, awaits, take }: EnabledStep): void {
    const accesses = new Accesses();
    this.executed.push({ step, accesses, enabledBy, awaits });
    this.#options.dependencies.useCommon(step, accesses);
    this.#options.platformWork.beginStep();
    try {
      take(accesses);
    } catch (error) {
      this.fail(error); // a fake timer's callback
    }
    this.isAtRest = !this.#options.time.isAwaited() && this.#requests.alive.length === 0;
  }

  /**
   * First what goes on with the client of the last step, then other clients, in the order of asking; then the clock, then faults.
   * If there is nothing of all that, the scenario goes on that waits for this.
   */
  #enabled(): readonly EnabledStep[] {
    const { faults } = this.#options;
    this.#dropDead();
    const ready = this.#requests.ready(this.current?.step.client);
    const enabled = ready.map((request) => {
      request.enabled ??= this.#enable(request, request.step, (accesses) => this.#proceed(request, accesses));
      return request.enabled;
    });
    if (this.#isOver && !(this.#options.mayTimePass && this.#ticks - this.#ticksAtEnd < MOST_TICKS)) return enabled;
    enabled.push(...this.#tick(ready));
    if (this.#isOver) return enabled;
    if (this.#faults < faults.maxFaults) enabled.push(...ready.flatMap((request) => this.#faultsOf(request)));
    if (enabled.length === 0 && this.#idle.length > 0) enabled.push(this.#rest());
    return enabled;
  }

  #enable({ enabled, awaits }: Request, step: Step, take: EnabledStep['take']): EnabledStep {
    return { step, enabledBy: enabled?.enabledBy ?? this.executed.length - 1, awaits, take };
  }

  /** The clock goes on: whenever it may, but not for ever while somebody else waits; or if there is nothing else to do. */
  #tick(ready: readonly Request[]): EnabledStep[] {
    const { time, journal, mayTimePass, dependencies } = this.#options;
    if (!time.isAwaited()) {
      this.#tickEnabledBy = undefined;
      return [];
    }
    const isAlone = ready.length === 0;
    if (!isAlone && !mayTimePass) return [];
    if (ready.some(({ ticks }) => this.#ticks - ticks >= MOST_TICKS)) {
      this.hasHeldTime = true;
      return [];
    }
    this.#tickEnabledBy ??= this.executed.length - 1;
    const id = `clock#${this.#ticks + 1}`;
    const take = () => {
      this.#ticks += 1;
      this.#tickEnabledBy = undefined;
      if (time.isTied()) dependencies.learn('everything');
      // What the timer does comes after it.
      journal.noteOf('clock', () => {
        time.advance();
        return `${time}`;
      });
    };
    const step = { id, base: id, client: 'clock', key: null, phase: 'time' } as const;
    const awaits = mayTimePass ? 'enabler' : 'all';
    return [{ step, enabledBy: this.#tickEnabledBy, awaits, take }];
  }

  #rest(): EnabledStep {
    const id = `idle#${this.executed.length}`;
    const take = () => {
      for (const resolve of this.#idle.splice(0)) resolve();
    };
    const step = { id, base: id, client: '', key: null, phase: 'idle' } as const;
    return { step, enabledBy: this.executed.length - 1, awaits: 'all', take };
  }

  /**
   * What can go wrong instead. A client may crash before an effect, after it, and wherever else it waits for its turn; all
   * other faults show in what the effect does.
   */
  #faultsOf(request: Request): EnabledStep[] {
    const { plan, journal, faults } = this.#options;
    const { id, client, phase } = request.step;
    const operation = phase === 'effect' ? request.turn?.operation : undefined;
    if (request.turn === undefined || phase === 'delivery' || !(faults.clients?.includes(client) ?? true)) return [];
    const { inject } = request;
    const ofCall = inject === undefined ? CRASH : CALL_FAULTS;
    const kinds = faults.kinds.filter((kind) => (operation === undefined ? ofCall.includes(kind) : canInject(kind, operation)));
    return kinds.map((fault) =>
      this.#enable(request, { ...request.step, id: `${id}, ${fault}`, fault }, (accesses) => {
        this.#faults += 1;
        if (SILENT.includes(fault)) journal.note(client, `✗ ${fault}`);
        if (fault === 'crash' && operation === undefined) return plan.crash(client);
        if (operation === undefined) inject?.(fault);
        else plan.force(operation, fault);
        this.#proceed(request, accesses);
      }),
    );
  }

  #proceed(request: Request, accesses: Accesses): void {
    const { turn, step, label, declared, proceed, isQuiet } = request;
    this.#requests.remove(request);
    if (turn?.operation === undefined && !isQuiet) this.#options.journal.note(step.client, label.replace(`${step.client}: `, ''));
    // A change is delivered after it was made, and after the changes before it.
    if (step.phase === 'delivery') accesses.use(step.key === null ? 'keys' : `key:${step.key}`, 'read');
    for (const resource of declared.reads ?? []) accesses.use(`declared:${resource}`, 'read');
    for (const resource of declared.writes ?? []) accesses.use(`declared:${resource}`, 'write');
    proceed(accesses);
  }

  #request(
    label: string,
    turn: ScheduledTurn | undefined,
    declared: DeclaredAccesses,
    proceed: (accesses: Accesses) => void,
    { isQuiet = false, inject }: { isQuiet?: boolean; inject?: (fault: FaultKind) => void } = {},
  ): void {
    const { plan, platformWork } = this.#options;
    const step = this.#requests.enter(label, turn, isQuiet);
    if (plan.isDown(step.client)) return;
    if (platformWork.isSeen) {
      this.#asked.add(step.id);
      platformWork.noteSuccessor(this.current?.step.id, step.id);
    }
    const awaits = this.#noteWake(step) ? 'all before' : 'enabler';
    this.#requests.add({
      step,
      label,
      turn,
      declared,
      crashes: plan.crashesOf(step.client),
      ticks: this.#ticks,
      proceed,
      awaits,
      inject,
      isQuiet,
    });
  }

  /**
   * A client begins something in a step of another one, which it must have waited for.
   * @returns whether it may have waited for all the others as well
   */
  #noteWake(step: Step): boolean {
    const { current } = this;
    if (current === undefined || step.phase === 'delivery' || current.step.phase === 'idle') return false;
    const { dependencies } = this.#options;
    const state = dependencies.stateOf(step.client);
    const isOwn = current.accesses.modeOf(state) === 'write';
    if (dependencies.isJoin(step, this.isAtRest, isOwn)) return true;
    if (isOwn) return false;
    if (current.step.phase === 'time' || dependencies.hasForeignCode(current)) {
      current.accesses.use(state, 'write');
      return false;
    }
    const isBusy = this.#requests.alive.some((request) => dependencies.stateOf(request.step.client) === state);
    dependencies.noteWake({ by: this.executed.length - 1, client: step.client, isBusy });
    return false;
  }
}

function isSome<S>(steps: readonly S[]): steps is readonly [S, ...S[]] {
  return steps.length > 0;
}

/** Faults that the client's operations do not show in the timeline by themselves. */
const SILENT: readonly FaultKind[] = ['stale read', 'corrupted read', 'crash'];

/** A scenario of so many steps is one that goes round in circles. */
const MOST_STEPS = 1000;

/** So often the clock goes on while a step waits: a client that polls lets the others go on then. */
const MOST_TICKS = 5;

/** What can go wrong with an answer, and with a call. */
const CRASH: readonly FaultKind[] = ['crash'];
const CALL_FAULTS: readonly FaultKind[] = ['crash', 'refused', 'lost reply'];

/** So long a call may take: in tasks where the platform does nothing, and in ms where it does. */
const MOST_TASKS = 5;
const MOST_WORK_MS = 2000;
