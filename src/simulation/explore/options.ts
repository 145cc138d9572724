import { checkCallback, readOptions } from '../../backend/checks';
import type { KeyedMemoryBackend } from '../../backend/keyed-memory-backend';
import type { StorageCodec } from '../../codec/storage-codec';
import type { SnapshotInput } from '../../contracts';
import { refuse } from '../../errors';
import type { KeyedMemoryBackendClass } from '../../registry/registry-options';
import type { SharedMemoryRegistry } from '../../registry/shared-memory-registry';
import type { Clock } from '../clock';
import { checkKind, type FaultKind, type FaultPlan } from '../fault-plan';
import type { Journal } from '../journal';
import type { Scheduler } from '../scheduling';
import type { Faults } from './run';
import type { FakeTimers } from './time-source';
import { parseToken } from './token';

/** What a scenario is given: a world of its own in every run. */
export interface ExploreContext<T> {
  readonly registry: SharedMemoryRegistry<T>;
  /** Everything that the clients do in this run. */
  readonly journal: Journal;
  /** Time of this run: it goes on when there is nothing else to do. With the option `timers`, theirs. */
  readonly clock: Clock;
  /** Faults of the scenario's own choosing; `crashed(client)` tells of crashes. */
  readonly plan: FaultPlan;
  /** Hand it to a `WebStorageArea`, for storage events whose delivery is a step. */
  readonly scheduler: Scheduler;
  /** Resolves when it is this client's turn: for whatever else takes its time, such as a request. */
  readonly turn: (client: string, label?: string) => Promise<void>;
  /** Resolves when there is nothing left to do: no operation, no delivery, nobody asleep. */
  readonly idle: () => Promise<void>;
}

/** Starts its clients, waits for them, and throws where something is not as it has to be. */
export type Scenario<T> = (context: ExploreContext<T>) => Promise<unknown>;

export interface ExploreOptions<T> {
  /** What is stored when a run begins: snapshots by key. */
  readonly initial?: Readonly<Record<string, SnapshotInput<T>>>;
  /** Of the registry, in bytes. */
  readonly quota?: number;
  /** Of the registry. */
  readonly codec?: StorageCodec<T>;
  /** What the handles are, such as `(Backend, { clock }) => withExpiry(Backend, { clock })`. Default: plain ones */
  readonly extend?: (Backend: typeof KeyedMemoryBackend<T>, context: { readonly clock: Clock }) => KeyedMemoryBackendClass<T>;

  /** Whether each delivery of a change to a handle's listener is a step. Default: false, at once */
  readonly deliveries?: boolean;
  /** Whether the clock may go on at any point. Default: false, only where there is nothing else to do */
  readonly time?: boolean;
  /** The test framework's fake timers, `jest` or `vi`, switched on: time then goes on by them. */
  readonly timers?: FakeTimers;
  /** What may go wrong at any point: `atMost` so many times in a run, 1 by default; of these clients, by default all. */
  readonly faults?: { readonly kinds: readonly FaultKind[]; readonly atMost?: number; readonly clients?: readonly string[] };

  /** Default: `exhaustive`, every order. `random`: as many as `schedules` says. */
  readonly strategy?: 'exhaustive' | 'random';
  /** Of `random`. The same seed tries the same schedules. Default: one that the report and the error say. */
  readonly seed?: number;
  /** The most schedules that are run. Default: 10,000, and it fails if there are more; of `random`, 1,000 */
  readonly schedules?: number;
  /**
   * Whether orders that differ only in the order of independent steps are tried once. It takes for granted that clients
   * share nothing but the storage. Default: true
   */
  readonly reduction?: boolean;
  /** How long a run may wait, in ms, for something that is no step, such as a real timer, until it is stuck. Default: 100 */
  readonly patience?: number;
  /** Runs one schedule: the token that an error gave. */
  readonly replay?: string;
}

export type CheckedOptions<T> = ReturnType<typeof checkExploreOptions<T>>;

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
  'schedules',
  'reduction',
  'patience',
  'replay',
] as const;

/** @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_INVALID_CALLBACK` */
export function checkExploreOptions<T>(scenario: Scenario<T>, options: ExploreOptions<T>) {
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
    schedules,
    reduction = true,
    patience = 100,
    replay,
  } = readOptions(options, NAMES);
  if (extend !== undefined) checkCallback(extend, 'extend');
  for (const [name, value] of Object.entries({ deliveries, time, reduction })) {
    if (typeof value !== 'boolean') refuse('ERR_INVALID_OPTION', `${name} to be true or false`, value);
  }
  if (timers !== undefined) checkTimers(timers);
  if (strategy !== 'exhaustive' && strategy !== 'random') {
    refuse('ERR_INVALID_OPTION', "strategy to be 'exhaustive' or 'random'", strategy);
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) refuse('ERR_INVALID_OPTION', 'seed to be a whole number', seed);
  if (schedules !== undefined) checkCount('schedules', schedules);
  if (!(Number.isFinite(patience) && patience >= 0)) {
    refuse('ERR_INVALID_OPTION', 'patience to be a number of ms, 0 or more', patience);
  }
  return {
    registry: { ...(initial && { initial }), ...(quota !== undefined && { quota }), ...(codec && { codec }) },
    extend,
    deliveries,
    time,
    timers,
    faults: faults === undefined ? NO_FAULTS : checkFaults(faults),
    strategy,
    // Chance is welcome here: report and error say what it was.
    seed: seed ?? Math.floor(Math.random() * 2 ** 31),
    schedules: schedules ?? (strategy === 'random' ? 1000 : 10_000),
    isLimited: schedules !== undefined,
    reduction,
    patience,
    replay: replay === undefined ? undefined : parseToken(replay),
  };
}

const NO_FAULTS: Faults = { kinds: [], atMost: 0 };

function checkFaults(faults: NonNullable<ExploreOptions<unknown>['faults']>): Faults {
  const { kinds, atMost = 1, clients } = readOptions(faults, ['kinds', 'atMost', 'clients']);
  if (!Array.isArray(kinds)) return refuse('ERR_INVALID_OPTION', 'kinds to be a list of kinds of faults', kinds);
  for (const kind of kinds) checkKind(kind);
  checkCount('atMost', atMost);
  if (clients !== undefined && !Array.isArray(clients)) refuse('ERR_INVALID_OPTION', 'clients to be a list of names', clients);
  return { kinds: [...new Set(kinds)], atMost, clients };
}

function checkCount(name: string, count: unknown): void {
  if (!(Number.isSafeInteger(count) && Number(count) > 0)) {
    refuse('ERR_INVALID_OPTION', `${name} to be a whole number above 0`, count);
  }
}

function checkTimers(timers: FakeTimers): void {
  const names = ['getTimerCount', 'advanceTimersToNextTimer', 'clearAllTimers'] as const;
  if (names.some((name) => typeof timers?.[name] !== 'function')) {
    refuse('ERR_INVALID_OPTION', "timers to be a test framework's: jest, or vi", timers);
  }
  // As Jest, Vitest and Sinon mark theirs.
  if (!('clock' in globalThis.setTimeout))
    refuse('ERR_INVALID_OPTION', 'timers that are fake: call useFakeTimers() first', timers);
}
