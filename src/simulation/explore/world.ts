import { storeOfHandle } from '../../backend/base-storage-backend';
import { KeyedMemoryBackend, type KeyedMemoryBackendOptions } from '../../backend/keyed-memory-backend';
import type { SnapshotInput } from '../../contracts';
import { attempt } from '../../errors';
import type { KeyedMemoryBackendClass } from '../../registry/registry-options';
import { storeOf } from '../../registry/shared-memory-registry';
import { checkBackendClass } from '../checks';
import { type Clock, systemClock, VirtualClock } from '../clock';
import { withFaults } from '../with-faults';
import { withJournal } from '../with-journal';
import { type Scheduler, withSchedule } from '../with-schedule';
import { wrapListeners } from '../wrap-listeners';
import { Dependencies } from './dependencies';
import { EventLoop } from './event-loop';
import { ExploredJournal } from './explored-journal';
import { ExploredPlan } from './explored-plan';
import { ExploredRegistry } from './explored-registry';
import type { CheckedOptions } from './options';
import { PlatformWork } from './platform-work';
import { Run } from './run';
import { fakeTime, type TimeSource, virtualTime } from './time-source';

/** What all runs of an exploration share: the class of the handles, which is made once, and what that was made with. */
export class World<T> {
  readonly dependencies: Dependencies;
  readonly platformWork = new PlatformWork();
  readonly #eventLoop = new EventLoop(this.platformWork);
  readonly plan: ExploredPlan;
  readonly journal: ExploredJournal;
  /** The clock of the latest run. */
  readonly clock: Clock;
  readonly #options: CheckedOptions<T>;
  readonly #Backend: KeyedMemoryBackendClass<T>;
  #virtualClock = new VirtualClock();
  #time: TimeSource | undefined;
  #run: Run | undefined;
  #registry: ExploredRegistry<T> | undefined;

  constructor(options: CheckedOptions<T>) {
    const { timers, faults, time, dependencies } = options;
    this.#options = options;
    this.dependencies = new Dependencies({
      groups: dependencies,
      crashes: faults.kinds.includes('crash'),
      foreignTime: time && timers !== undefined,
    });
    this.plan = new ExploredPlan({
      onUse: (mode) => this.#run?.use('plan', mode),
      onClient: (client) => this.#run?.touch(client),
      onRelease: () => this.#noteForeignCode('plan'),
      onReset: () => this.#run && this.dependencies.learn('everything'),
    });
    const now = () => this.#virtualClock.now();
    this.journal = new ExploredJournal({ clock: timers === undefined ? { now } : systemClock }, () => {
      if (this.#run !== undefined) this.dependencies.learn('everything');
    });
    this.clock = timers === undefined ? this.#trackedClock() : systemClock;
    this.#Backend = this.#makeBackend();
  }

  /** What is stored when a run begins. */
  get initial(): Readonly<Record<string, SnapshotInput<T>>> {
    return this.#options.registry.initial ?? {};
  }

  /** A run with a registry of its own. */
  begin(): { readonly run: Run; readonly registry: ExploredRegistry<T> } {
    const { timers, time, faults, idleTimeoutMs, registry: options } = this.#options;
    const { plan, journal, dependencies, platformWork } = this;
    plan.renew();
    journal.renew();
    this.#virtualClock = new VirtualClock();
    this.#time = timers === undefined ? virtualTime(this.#virtualClock) : fakeTime(timers);
    const run = new Run({
      plan,
      journal,
      dependencies,
      platformWork,
      eventLoop: this.#eventLoop,
      faults,
      idleTimeoutMs,
      time: this.#time,
      mayTimePass: time,
    });
    this.#eventLoop.beginRun();
    this.#run = run;
    const onListenerError = (error: unknown) => run.fail(error);
    const { initial, quota, codec } = options;
    const all = { initial, quota, codec, now: this.clock.now, onListenerError, Backend: this.#Backend };
    const registry = new ExploredRegistry<T>(all, run, dependencies, journal);
    this.#registry = registry;
    return { run, registry };
  }

  /** After a run: what is done from now on belongs to none. */
  end(): void {
    this.#time?.end();
    this.#run = undefined;
    this.#registry = undefined;
  }

  /** Fails the run that goes on. @returns whether there is one */
  fail(error: unknown): void {
    this.#run?.fail(error);
  }

  #noteForeignCode(resource: string): void {
    const step = this.#run?.current;
    if (step !== undefined) this.dependencies.noteForeignCode(step, resource);
  }

  #makeBackend(): KeyedMemoryBackendClass<T> {
    const { extend, deliveries } = this.#options;
    const Extended = extend === undefined ? KeyedMemoryBackend<T> : callExtend(extend, this.clock);
    const scheduler: Scheduler = {
      schedule: (task, label, turn) => {
        const run = this.#run;
        if (run === undefined) return new Promise(() => {});
        if (this.#registry !== undefined && storeOf<T>(this.#registry) !== Reflect.get(turn.handle, storeOfHandle)) {
          run.failOutdated(turn.client);
          return new Promise(() => {});
        }
        return run.schedule(task, label, turn);
      },
    };
    const onListenerError = (error: unknown) => this.#run?.fail(error);
    const scheduled = withSchedule(withFaults(Extended, this.plan), scheduler, { deliveries, onListenerError });
    const Listening = wrapListeners(
      withJournal(scheduled, this.journal),
      (listener, { client }) =>
        (...change) => {
          const step = this.#run?.current;
          if (step !== undefined) this.dependencies.noteListener(step, client);
          return listener(...change);
        },
      () => this.#run?.use('listeners', 'write'),
    );
    const { dependencies } = this;
    return class ExploredBackend extends Listening {
      constructor(options: KeyedMemoryBackendOptions<T>) {
        super(options);
        if (typeof options.client === 'number') dependencies.addUnnamed(this.client);
      }
    };
  }

  /** The virtual clock, whose readers and sleepers are known. */
  #trackedClock(): Clock {
    return {
      now: () => {
        this.#run?.use('clock', 'read');
        return this.#virtualClock.now();
      },
      sleep: async (ms) => {
        const [run, clock] = [this.#run, this.#virtualClock];
        // The empty name is that of the scenario itself.
        const sleeper = run?.current?.step.client ?? '';
        if (sleeper === '' && this.#options.time) this.dependencies.learn('sleeping scenario');
        run?.use('clock', 'read');
        // Of those that are due at the same time, who fell asleep first wakes first; and where time may go on at any point, it
        // can do so for one before another one sleeps.
        run?.use(this.#options.time ? 'sleepers' : `due:${clock.now() + ms}`, 'write');
        await clock.sleep(ms);
        if (run === undefined || run !== this.#run) return;
        if (sleeper === '') run.use('everything', 'write');
        else run.touch(sleeper);
      },
    };
  }
}

function callExtend<T>(extend: NonNullable<CheckedOptions<T>['extend']>, clock: Clock): KeyedMemoryBackendClass<T> {
  const Backend = attempt('ERR_HOOK_FAILED', 'extend to succeed', () => extend(KeyedMemoryBackend<T>, { clock }));
  checkBackendClass(Backend);
  return Backend;
}
