import { checkCallback, checkSignal, readOptions } from '../../backend/input-validation';
import type { KeyedMemoryBackend } from '../../backend/keyed-memory-backend';
import type { StorageCodec } from '../../codec/storage-codec';
import type { AbortSignalLike, SnapshotInput } from '../../contracts';
import { fail, quote } from '../../errors';
import type { KeyedMemoryBackendClass } from '../../registry/registry-options';
import type { SharedMemoryRegistry } from '../../registry/shared-memory-registry';
import { isListOfTexts } from '../checks';
import type { Clock } from '../clock';
import { checkKind, type FaultKind, type FaultPlan } from '../fault-plan';
import type { Journal } from '../journal';
import { checkReportTarget, type ReportTarget } from '../report/deliver-report';
import type { Scheduler } from '../with-schedule';
import type { DeclaredAccesses } from './accesses';
import type { CallOptions } from './calls';
import type { Faults } from './run';
import { checkTimers, type FakeTimers } from './time-source';
import { parseToken } from './token';

/** What a scenario is given: a world of its own in every run. */
export interface ExploreContext<T> {
  readonly registry: SharedMemoryRegistry<T>;
  /** Everything that the clients do in this run. */
  readonly journal: Journal;
  /** Time of this run: it goes on when there is nothing else to do. With the option `timers`, theirs. */
  readonly clock: Clock;
  /** Faults of the scenario's own choosing; `crashed(client)` resolves at a crash. */
  readonly plan: FaultPlan;
  /** Hand it to a `WebStorageArea`, for storage events whose delivery is a step. */
  readonly scheduler: Scheduler;
  /**
   * Resolves when it is this client's turn: for anything else that takes time, such as a request. The step uses the resources
   * that it declares, by names of your choice: two steps of different clients can come in either order, and both orders are
   * tried where one of the two writes what the other one reads or writes.
   */
  readonly step: (client: string, label?: string, accesses?: DeclaredAccesses) => Promise<void>;
  /**
   * An object with asynchronous methods, or a function such as `fetch`, as this client uses it: each call is a step that takes effect, and one that is
   * answered. While a call reads a file or waits for a server, no other step is taken. A call that `reads` and `writes` do not name depends on every
   * other effect; one that they name on calls of the same `name` and key. Faults are injected into calls as well: `refused`, `lost reply`, `crash`.
   */
  readonly calls: <O extends object>(client: string, target: O, options?: CallOptions) => O;
  /** Called when the run has ended, however it has: puts back what the scenario has changed, such as a global. The last one is called first. */
  readonly afterRun: (restore: () => unknown) => void;
  /** Resolves when there is nothing left to do: no operation, no delivery, nobody asleep. */
  readonly idle: () => Promise<void>;
  /**
   * Says that something was met, such as `'a conflict'`. The exploration fails if none of its runs has said so, of what is named
   * in the option `sometimes` or was said with a condition that was never true.
   */
  readonly sometimes: (label: string, condition?: boolean) => void;
}

/** Starts its clients, waits for them, and throws where something is not as it has to be. */
export type Scenario<T> = (context: ExploreContext<T>) => Promise<unknown>;

export interface ExploreOptions<T> {
  /** What is stored when a run begins: snapshots by key. */
  readonly initial?: Readonly<Record<string, SnapshotInput<T>>> | undefined;
  /** Of the registry, in bytes. */
  readonly quota?: number | undefined;
  /** Of the registry. */
  readonly codec?: StorageCodec<T> | undefined;
  /** What the handles are, such as `(Backend, { clock }) => withExpiry(Backend, { clock })`. Default: plain ones */
  readonly extend?:
    | ((Backend: typeof KeyedMemoryBackend<T>, context: { readonly clock: Clock }) => KeyedMemoryBackendClass<T>)
    | undefined;

  /** Whether each delivery of a change to a handle's listener is a step. Default: false, at once */
  readonly deliveries?: boolean | undefined;
  /** Whether the clock may go on at any point. Default: false, only where there is nothing else to do */
  readonly time?: boolean | undefined;
  /** Fake timers, switched on: `jest`, `vi`, a clock of Sinon, or `mock.timers` of node:test. Time then goes on by them. */
  readonly timers?: FakeTimers | undefined;
  /** What may go wrong at any point: at most `maxFaults` times in a run, 1 by default; of these clients, by default all. */
  readonly faults?:
    | {
        readonly kinds: readonly FaultKind[];
        readonly maxFaults?: number | undefined;
        readonly clients?: readonly string[] | undefined;
      }
    | undefined;

  /**
   * Which orders are tried.
   * - `exhaustive`: every one. The default.
   * - `random`: as many as `maxSchedules` says.
   * - `preemption-bounded`: every one with at most `maxPreemptions` preemptions. Most bugs need one or two.
   */
  readonly strategy?: 'exhaustive' | 'random' | 'preemption-bounded' | undefined;
  /** Of `random`. The same seed tries the same schedules. Default: one that the report and the error say. */
  readonly seed?: number | undefined;
  /**
   * Of `preemption-bounded`: how often, at most, a client that could go on is kept waiting for another one, or a fault is
   * injected. Default: 2
   */
  readonly maxPreemptions?: number | undefined;
  /** The most schedules that are run. Default: 10,000, and it fails if there are more; of `random`, 1,000 */
  readonly maxSchedules?: number | undefined;
  /**
   * Whether orders that differ only in the order of independent steps are tried once. It takes for granted that clients share
   * nothing but the storage and what is declared. Default: true
   */
  readonly reduction?: boolean | undefined;
  /**
   * Groups of clients that depend on each other by more than the storage, such as a variable or a promise: every order of the
   * steps of such a group is tried.
   */
  readonly dependencies?: readonly (readonly string[])[] | undefined;
  /** What `context.sometimes` has to say in at least one run. */
  readonly sometimes?: readonly string[] | undefined;
  /** How long the exploration may take, in ms of real time, until it fails. Default: 4000 */
  readonly timeoutMs?: number | undefined;
  /** Ends the exploration: it rejects with the reason of the signal. */
  readonly signal?: AbortSignalLike | undefined;
  /** Called about four times a second, with what was done so far. */
  readonly onProgress?: ((progress: ExploreProgress) => void) | undefined;
  /** How long a run may wait, in ms, for something that is no step, such as a real timer, until it is stuck. Default: 100 */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * Whether a scenario may wait for real time that is no step. Another run could then go another way, so `complete` is false.
   * Default: false, and it fails
   */
  readonly allowRealTime?: boolean | undefined;
  /** Runs one schedule: the token that an error gave. */
  readonly replay?: string | undefined;
  /**
   * Where a failure is written as one HTML file that shows it step by step: the path of the file, which is replaced, or a function that
   * takes the page. The error says where the file is.
   */
  readonly report?: ReportTarget | undefined;
}

/** How far an exploration has come. */
export interface ExploreProgress {
  /** How often the scenario was run. */
  readonly runs: number;
  /** How many different orders those were, without the ones that repeat another one. */
  readonly schedules: number;
  /** In ms of real time. */
  readonly elapsedMs: number;
}

export interface CheckedOptions<T> extends Pick<ExploreOptions<T>, 'extend' | 'timers' | 'signal' | 'onProgress' | 'report'> {
  readonly registry: Pick<ExploreOptions<T>, 'initial' | 'quota' | 'codec'>;
  readonly deliveries: boolean;
  readonly time: boolean;
  readonly faults: Faults;
  readonly strategy: 'exhaustive' | 'random' | 'preemption-bounded';
  readonly seed: number;
  readonly maxPreemptions: number;
  readonly maxSchedules: number;
  /** Whether the caller has said how many schedules. */
  readonly isLimited: boolean;
  readonly reduction: boolean;
  readonly dependencies: readonly (readonly string[])[];
  readonly sometimes: readonly string[];
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly allowRealTime: boolean;
  readonly replay: readonly number[] | undefined;
}

const NAMES = [
  'initial',
  'quota',
  'codec',
  'extend',
  'deliveries',
  'time',
  'timers',
  'faults',
  'strategy',
  'seed',
  'maxPreemptions',
  'maxSchedules',
  'reduction',
  'dependencies',
  'sometimes',
  'timeoutMs',
  'signal',
  'onProgress',
  'idleTimeoutMs',
  'allowRealTime',
  'replay',
  'report',
] as const;

/** @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK` */
export function checkExploreOptions<T>(scenario: Scenario<T>, options: ExploreOptions<T>): CheckedOptions<T> {
  checkCallback(scenario, 'a scenario');
  const {
    initial,
    quota,
    codec,
    extend,
    deliveries = false,
    time = false,
    timers,
    faults,
    strategy = 'exhaustive',
    seed,
    maxPreemptions = 2,
    maxSchedules,
    reduction = true,
    dependencies = [],
    sometimes = [],
    timeoutMs = 4000,
    signal,
    onProgress,
    idleTimeoutMs = 100,
    allowRealTime = false,
    replay,
    report,
  } = readOptions(options, NAMES);
  if (extend !== undefined) checkCallback(extend, 'extend');
  for (const [name, value] of Object.entries({ deliveries, time, reduction, allowRealTime })) {
    if (typeof value !== 'boolean') fail('ERR_INVALID_OPTION', `${name} to be true or false`, value);
  }
  if (timers !== undefined) checkTimers(timers);
  if (!STRATEGIES.includes(strategy)) {
    fail('ERR_INVALID_OPTION', `strategy to be one of ${STRATEGIES.map(quote).join(', ')}`, strategy);
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) fail('ERR_INVALID_OPTION', 'seed to be a whole number', seed);
  if (maxSchedules !== undefined) checkCount('maxSchedules', maxSchedules);
  if (!(Number.isSafeInteger(maxPreemptions) && maxPreemptions >= 0)) {
    fail('ERR_INVALID_OPTION', 'maxPreemptions to be a whole number, 0 or more', maxPreemptions);
  }
  for (const [name, ms] of Object.entries({ timeoutMs, idleTimeoutMs })) {
    if (!(Number.isFinite(ms) && ms >= 0)) fail('ERR_INVALID_OPTION', `${name} to be a number of ms, 0 or more`, ms);
  }
  if (!(Array.isArray(dependencies) && dependencies.every(isListOfTexts))) {
    fail('ERR_INVALID_OPTION', "dependencies to be groups of clients, such as [['tab-1', 'tab-2']]", dependencies);
  }
  if (!isListOfTexts(sometimes)) fail('ERR_INVALID_OPTION', 'sometimes to be a list of texts', sometimes);
  if (onProgress !== undefined) checkCallback(onProgress, 'onProgress');
  checkSignal(signal);
  if (report !== undefined) checkReportTarget(report);
  return {
    registry: { initial, quota, codec },
    extend,
    deliveries,
    time,
    timers,
    faults: faults === undefined ? NO_FAULTS : checkFaults(faults),
    strategy,
    // Chance is welcome here: report and error say what it was.
    seed: seed ?? Math.floor(Math.random() * 2 ** 31),
    maxPreemptions,
    maxSchedules: maxSchedules ?? (strategy === 'random' ? 1000 : 10_000),
    isLimited: maxSchedules !== undefined,
    reduction,
    dependencies,
    sometimes,
    timeoutMs,
    signal,
    onProgress,
    idleTimeoutMs,
    allowRealTime,
    replay: replay === undefined ? undefined : parseToken(replay),
    report,
  };
}

const STRATEGIES: readonly string[] = ['exhaustive', 'random', 'preemption-bounded'];

const NO_FAULTS: Faults = { kinds: [], maxFaults: 0 };

function checkFaults(faults: NonNullable<ExploreOptions<unknown>['faults']>): Faults {
  const { kinds, maxFaults = 1, clients } = readOptions(faults, ['kinds', 'maxFaults', 'clients']);
  if (!Array.isArray(kinds)) return fail('ERR_INVALID_OPTION', 'kinds to be a list of kinds of faults', kinds);
  for (const kind of kinds) checkKind(kind);
  checkCount('maxFaults', maxFaults);
  if (clients !== undefined && !Array.isArray(clients)) fail('ERR_INVALID_OPTION', 'clients to be a list of names', clients);
  return { kinds: [...new Set(kinds)], maxFaults, clients };
}

function checkCount(name: string, count: unknown): void {
  if (!(Number.isSafeInteger(count) && Number(count) > 0)) {
    fail('ERR_INVALID_OPTION', `${name} to be a whole number above 0`, count);
  }
}
