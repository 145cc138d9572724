import {
  type Awaitable,
  type BackendClass,
  BaseStorageBackend,
  KeyedMemoryBackend,
  type Operation,
  SharedMemoryRegistry,
  type SnapshotEnvelope,
  type StorageRecord,
  withMetadataTracking,
} from 'shared-memory-registry';
import {
  FaultPlan,
  Journal,
  type Scheduler,
  SimulatedFault,
  VirtualClock,
  withExpiry,
  withFaults,
  withJournal,
  withLatency,
  withSchedule,
} from 'shared-memory-registry/simulation';
import { METADATA, rejection } from '../support/refusals';

interface AppState {
  readonly theme: 'dark' | 'light';
}

const dark = { revision: '1', data: { theme: 'dark' } } as const;
const light = { revision: '2', data: { theme: 'light' } } as const;
const wrong = { revision: '1', data: { theme: 1 } } as const;

class AuditedBackend<T> extends KeyedMemoryBackend<T> {
  static readonly label: string = 'audited';
  readonly log: string[] = [];
  last: T | undefined;

  protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
    this.log.push(operation.type);
    return super.perform(operation, action);
  }

  describe(theme: T): string {
    return `${this.key} of ${this.client}: ${JSON.stringify(theme)}`;
  }
}

/** Everything that the mixins take. */
function world() {
  const [clock, plan, journal] = [new VirtualClock(1000), new FaultPlan(), new Journal()];
  const turns: string[] = [];
  const scheduler: Scheduler = {
    schedule(task, label) {
      turns.push(label);
      return task;
    },
  };
  return { clock, plan, journal, scheduler, turns };
}

type World = ReturnType<typeof world>;

const MIXINS = {
  latency: <B extends BackendClass>(Backend: B, { clock }: World) => withLatency(Backend, { ms: 1, reply: 1, clock }),
  faults: <B extends BackendClass>(Backend: B, { plan }: World) => withFaults(Backend, plan),
  expiry: <B extends BackendClass>(Backend: B, { clock }: World) => withExpiry(Backend, { clock }),
  journal: <B extends BackendClass>(Backend: B, { journal }: World) => withJournal(Backend, journal),
  schedule: <B extends BackendClass>(Backend: B, { scheduler }: World) => withSchedule(Backend, scheduler, { deliveries: true }),
};

type Name = keyof typeof MIXINS;

function ordersOf(names: readonly Name[]): Name[][] {
  if (names.length === 0) return [[]];
  return names.flatMap((name) => ordersOf(names.filter((other) => other !== name)).map((order) => [name, ...order]));
}

/** The first is the innermost. */
function compose<B extends BackendClass>(Backend: B, order: readonly Name[], stage: World): B {
  return order.reduce((Inner, name) => MIXINS[name](Inner, stage), Backend);
}

describe('all of them', () => {
  const orders = ordersOf(Object.keys(MIXINS) as Name[]);

  /** What callers see of a day in the life of a handle. */
  async function dayOf(order: readonly Name[], Backend: typeof KeyedMemoryBackend<AppState>) {
    const stage = world();
    const { clock, plan, journal, turns } = stage;
    const registry = new SharedMemoryRegistry<AppState>({ Backend: compose(Backend, order, stage), now: clock.now });
    const [a, b] = [registry.getBackend('settings', { client: 'a' }), registry.getBackend('settings', { client: 'b' })];
    const heard: string[] = [];
    b.subscribe(({ type }) => heard.push(type));
    const live = async () => {
      const seen: unknown[] = [];
      await a.save(dark);
      seen.push(await b.load());
      seen.push(await rejection(b.save(light, { ifMatch: null })));
      plan.failNext('save', { kind: 'refused' });
      seen.push(((await rejection(a.save(light))) as Error).cause);
      plan.failNext('save', { kind: 'lost reply' });
      seen.push(((await rejection(a.save(light))) as Error).cause);
      seen.push(await a.update((current) => ({ revision: '3', data: current?.data ?? dark.data })));
      await a.saveWithMetadata({ snapshot: dark, metadata: { ...METADATA, savedAt: clock.now(), ttlMs: 500 } });
      seen.push(await b.loadWithMetadata());
      await clock.sleep(500);
      seen.push(await b.stat(), await a.getUsage());
      await a.clear({ ifMatch: null });
      return seen;
    };
    const lived = live();
    await clock.runAll();
    return { seen: await lived, heard, journal, turns, clock };
  }

  test.each(orders)('do what each does alone: %s, %s, %s, %s, %s', async (...order) => {
    for (const Backend of [KeyedMemoryBackend<AppState>, AuditedBackend<AppState>]) {
      const { seen, heard, journal, turns, clock } = await dayOf(order, Backend);
      const savedAt = expect.any(Number);
      expect(seen).toEqual([
        dark,
        expect.objectContaining({ code: 'ERR_REVISION_CONFLICT' }),
        expect.any(SimulatedFault),
        expect.any(SimulatedFault),
        { revision: '3', data: light.data },
        { snapshot: dark, metadata: { ...METADATA, savedAt, ttlMs: 500 } },
        null,
        { used: 0 },
      ]);
      expect(heard).toEqual(['save', 'save', 'save', 'save']);
      // What is refused by a mixin outside of the journal does not come to it.
      expect(journal.recorded - (order.indexOf('journal') > order.indexOf('faults') ? 1 : 0)).toBe(10);
      expect(turns.length).toBeGreaterThan(20);
      expect(clock.now()).toBeGreaterThan(1500);
    }
  });
});

describe('statics, members and constructor arguments survive', () => {
  test.each(ordersOf(['latency', 'journal', 'expiry']))('%s, %s, %s', async (...order) => {
    const stage = world();
    const Composed = compose(AuditedBackend<AppState>, order, stage);
    expect(Composed.label).toBe('audited');
    expect(Composed.prototype).toBeInstanceOf(AuditedBackend);
    const handle = new SharedMemoryRegistry<AppState>().getBackend('settings', { Backend: Composed, client: 'a' });
    const saved = handle.save(dark);
    await stage.clock.runAll();
    await saved;
    expect([handle.log, handle.describe(dark.data)]).toEqual([['save'], 'settings of a: {"theme":"dark"}']);
  });

  test('a subclass of what was composed may do more around it', async () => {
    const { clock, journal } = world();
    class Loud extends withJournal(withLatency(KeyedMemoryBackend<string>, { ms: 5, clock }), journal) {
      readonly calls: [type: string, at: number][] = [];

      protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        const result = await super.perform(operation, action);
        this.calls.push([operation.type, clock.now()]);
        return result;
      }
    }
    const handle = new SharedMemoryRegistry({ Backend: Loud }).getBackend('note');
    const saved = handle.save({ revision: '1', data: 'tea' });
    await clock.runAll();
    await saved;
    expect([handle.calls, journal.recorded]).toEqual([[['save', 1005]], 1]);
  });

  test('what a subclass refuses is refused, whatever is around it', async () => {
    const { plan, journal } = world();
    class Picky extends KeyedMemoryBackend<string> {
      protected override validate({ data }: SnapshotEnvelope<string>): void {
        if (data === '') throw new Error('empty');
      }
    }
    const Backend = withJournal(withFaults(Picky, plan), journal);
    const handle = new SharedMemoryRegistry<string>({ Backend }).getBackend('note');
    plan.fail('save');
    expect(await rejection(handle.save({ revision: '1', data: '' }))).toMatchObject({ cause: { message: 'empty' } });
    expect(journal.recorded).toBe(0);
  });
});

describe('another medium', () => {
  abstract class Slow<T> extends BaseStorageBackend<T> {
    static readonly kind: string = 'slow';
    value: T | undefined;
    #record: StorageRecord | null = null;

    constructor(
      key: string,
      readonly port: number,
    ) {
      super({ key });
    }

    protected override async read(): Promise<StorageRecord | null> {
      await null;
      return this.#record;
    }

    protected override async write(record: StorageRecord | null): Promise<void> {
      await null;
      this.#record = record;
    }
  }

  test.each(ordersOf(['faults', 'expiry', 'journal']))('that takes its time: %s, %s, %s', async (...order) => {
    const stage = world();
    class Composed extends compose(withMetadataTracking(Slow<AppState>), order, stage) {}
    expect(Composed.kind).toBe('slow');
    const backend = new Composed('settings', 8080);
    await backend.save(dark);
    await backend.saveWithMetadata({ snapshot: light, metadata: { ...METADATA, savedAt: 1000, ttlMs: 10 } });
    stage.plan.failNext('load', { kind: 'stale read' });
    expect(await backend.load()).toEqual(dark);
    expect(await backend.load()).toEqual(light);
    await stage.clock.advance(10);
    expect(await backend.load()).toBeNull();
    expect([backend.port, stage.journal.recorded]).toEqual([8080, 5]);
    // @ts-expect-error the port is a number
    expect(new Composed('settings', '8080').port).toBe('8080');
  });
});

/** Lines that are compiled and never run. */
function compiled(_lines: () => unknown): void {
  expect(true).toBe(true);
}

describe('T survives', () => {
  const { clock, plan, journal, scheduler } = world();

  class Outward<T> extends withJournal(
    withFaults(withExpiry(withLatency(withSchedule(AuditedBackend, scheduler), { ms: 0 }), { clock }), plan),
    journal,
  )<T> {
    own(): T | undefined {
      return this.last;
    }
  }
  class Inward<T> extends withSchedule(
    withLatency(withExpiry(withFaults(withJournal(AuditedBackend, journal), plan)), { ms: [0, 0] }),
    scheduler,
    { deliveries: true },
  )<T> {
    own(): T | undefined {
      return this.last;
    }
  }
  const Concrete = withExpiry(withFaults(withLatency(AuditedBackend<AppState>, { ms: 0 }), plan));

  test('in a class that is still generic', async () => {
    for (const Backend of [Outward, Inward]) {
      expect(Backend.label).toBe('audited');
      const handle = new SharedMemoryRegistry<AppState>().getBackend('settings', { Backend: Backend<AppState> });
      await handle.save(dark);
      const own: AppState | undefined = handle.own();
      // @ts-expect-error the member is of T, not of another type
      const text: string | undefined = handle.own();
      // @ts-expect-error the data is of another type
      const save = () => handle.save(wrong);
      // @ts-expect-error there is no such static member
      expect([own, text, typeof save, Backend.missing]).toEqual([undefined, undefined, 'function', undefined]);
      expect(handle.log).toEqual(['save']);
    }
  });

  test('in a class of one T', () =>
    compiled(async () => {
      const handle = new SharedMemoryRegistry<AppState>({ Backend: Concrete }).getBackend('settings');
      await handle.save(dark);
      await handle.saveWithMetadata({ snapshot: dark, metadata: METADATA });
      // @ts-expect-error the data is of another type
      await handle.save(wrong);
      // @ts-expect-error the data is of another type
      await handle.saveWithMetadata({ snapshot: wrong, metadata: METADATA });
      // @ts-expect-error the data is of another type
      await handle.update(() => wrong);
      const theme: 'dark' | 'light' | undefined = (await handle.load())?.data.theme;
      // @ts-expect-error data that was loaded is of no other type
      const number: number | undefined = (await handle.load())?.data;
      // @ts-expect-error a class of other data
      new SharedMemoryRegistry<number>({ Backend: Concrete });
      return [theme, number, Concrete.label];
    }));

  test('in members, which are those of the class that was handed over', () =>
    compiled(() => {
      const handle = new SharedMemoryRegistry<AppState>().getBackend('settings', { Backend: Concrete });
      const log: string[] = handle.log;
      handle.describe(dark.data);
      // @ts-expect-error what it is given is of another type
      handle.describe(wrong.data);
      // @ts-expect-error there is no such member
      return [log, handle.missing];
    }));

  test('and no mixin takes what is no class of backends, or options that are none', () =>
    compiled(() => {
      // @ts-expect-error no class of backends
      withLatency(Map, { ms: 1 });
      // @ts-expect-error no class of backends
      withFaults(Map, plan);
      // @ts-expect-error no class of backends
      withExpiry(Map);
      // @ts-expect-error no class of backends
      withJournal(Map, journal);
      // @ts-expect-error no class of backends
      withSchedule(Map, scheduler);
      // @ts-expect-error no latency
      withLatency(KeyedMemoryBackend, {});
      // @ts-expect-error a latency of text
      withLatency(KeyedMemoryBackend, { ms: '5' });
      // @ts-expect-error a misspelt option
      withLatency(KeyedMemoryBackend, { ms: 5, replay: 5 });
      // @ts-expect-error a plan that is none
      withFaults(KeyedMemoryBackend, {});
      // @ts-expect-error a clock that is none
      withExpiry(KeyedMemoryBackend, { clock: {} });
      // @ts-expect-error a journal that is none
      withJournal(KeyedMemoryBackend, []);
      // @ts-expect-error a scheduler that is none
      withSchedule(KeyedMemoryBackend, {});
      // @ts-expect-error a type of operation that is none
      plan.failNext('sav');
      // @ts-expect-error a kind of fault that is none
      plan.fail('save', { kind: 'lost' });
      // @ts-expect-error times, of what lasts until it is lifted
      plan.fail('save', { times: 2 });
      // @ts-expect-error a field by which nothing can be found
      journal.find({ number: 1 });
    }));
});
