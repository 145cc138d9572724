import fc from 'fast-check';
import { nextRevision } from 'shared-memory-registry';
import { type ExploreContext, type ExploreOptions, explore, type FaultKind } from 'shared-memory-registry/simulation';
import { checkExploreOptions } from '../../../src/simulation/explore/options';
import { EveryDifferentOrder, EveryOrder, type Strategy } from '../../../src/simulation/explore/search';
import { tryOut } from '../../../src/simulation/explore/trial';
import { text } from './support';

type Type = 'load' | 'stat' | 'save' | 'saveIf' | 'update' | 'clear' | 'turn' | 'sleep' | 'peek';
interface Action {
  readonly type: Type;
  readonly key: string;
}
interface Listener {
  readonly client: string;
  readonly key: string;
  readonly reaction: 'remember' | 'load' | 'save';
}
interface World {
  readonly clients: Readonly<Record<string, readonly Action[]>>;
  readonly listeners: readonly Listener[];
  readonly options: ExploreOptions<string>;
}

const anyAction = fc.record({
  type: fc.constantFrom<Type[]>('load', 'load', 'stat', 'save', 'save', 'saveIf', 'update', 'clear', 'turn', 'sleep'),
  key: fc.constantFrom('x', 'y'),
});
const anyListener = fc.record({
  client: fc.constantFrom('a', 'b', 'c'),
  key: fc.constantFrom('x', 'y'),
  reaction: fc.constantFrom<Listener['reaction'][]>('remember', 'load', 'save'),
});
const anyKind = fc.constantFrom<FaultKind[]>('refused', 'lost reply', 'dropped', 'stale read', 'corrupted read', 'crash');
const anyWorld: fc.Arbitrary<World> = fc
  .record({
    sizes: fc.constantFrom([1, 1], [2, 1], [1, 2], [2, 2], [1, 1, 1]),
    actions: fc.array(anyAction, { minLength: 4, maxLength: 4 }),
    listeners: fc.array(anyListener, { maxLength: 1 }),
    deliveries: fc.boolean(),
    time: fc.boolean(),
    quota: fc.constantFrom(undefined, 45, 70),
    kind: fc.option(anyKind, { nil: undefined, freq: 2 }),
  })
  .map(({ sizes, actions, listeners, kind, quota, ...options }) => {
    const left = [...actions];
    return {
      clients: Object.fromEntries(sizes.map((size, index) => ['abc'[index] as string, left.splice(0, size)])),
      listeners,
      options: { ...options, ...(quota && { quota }), ...(kind && { faults: { kinds: [kind] } }) },
    };
  });

/** Lives through a world, and tells in words what came of it: what is stored, and what each client saw. */
async function live({ clients, listeners }: World, context: ExploreContext<string>): Promise<string> {
  const { registry, turn, clock, plan, idle } = context;
  const lanes = Object.entries(clients).map(async ([client, actions], index) => {
    const seen: string[] = [];
    let current: { revision: string; data: string } | null = null;
    for (const { key, reaction } of listeners.filter((listener) => listener.client === client)) {
      registry.getBackend(key, { client }).subscribe(({ type, revision }) => {
        seen.push(`hears of ${type} ${revision}`);
        const other = registry.getBackend('z', { client });
        if (reaction === 'load')
          void other.load().then(
            (found) => seen.push(`finds ${found?.data}`),
            (error) => seen.push(error.code),
          );
        if (reaction === 'save') void other.save(text(`${seen}`)).catch((error) => seen.push(error.code));
      });
    }
    const act = async ({ type, key }: Action): Promise<unknown> => {
      const handle = registry.getBackend(key, { client });
      const next = text(`${current?.data ?? ''}${client}${seen.length}`, nextRevision(current));
      switch (type) {
        case 'load':
          current = await handle.load();
          return current?.data;
        case 'stat':
          return (await handle.stat())?.sizeBytes;
        case 'save':
          return handle.save(next);
        case 'saveIf':
          return handle.save(next, { ifMatch: current?.revision ?? null });
        case 'update':
          current = await handle.update((found) => text(`${found?.data ?? ''}${client}`, nextRevision(found)));
          return current.data;
        case 'clear':
          return handle.clear();
        case 'peek':
          return registry.peek(key)?.snapshot.data;
        case 'turn':
          return turn(client);
        default:
          // Not the same time for two of them: who is woken first would be who has fallen asleep first.
          await clock.sleep(10 + index);
          return clock.now();
      }
    };
    const work = async () => {
      for (const action of actions) {
        await act(action).then(
          (result) => seen.push(`${action.type} ${result}`),
          (error) => seen.push(`${action.type} ${error.code}`),
        );
      }
    };
    await Promise.race([work(), plan.crashed(client).then(() => seen.push('crash'))]);
    return seen;
  });
  await Promise.all(lanes);
  await idle();
  const seen = await Promise.all(lanes);
  return JSON.stringify([Object.entries(registry.toJSON()).sort(), seen]);
}

async function outcomesOf(world: World, search: Strategy, most: number): Promise<ReadonlySet<string> | undefined> {
  const checked = checkExploreOptions(async () => {}, world.options);
  const outcomes = new Set<string>();
  for (let schedules = 0; ; ) {
    let outcome = 'none';
    const trial = await tryOut<string>(
      async (context) => {
        outcome = await live(world, context);
      },
      checked,
      (possible) => search.choose(possible),
    );
    expect(trial.outcome).toEqual({ type: 'passed' });
    if (!search.isRepeating) {
      outcomes.add(outcome);
      schedules += 1;
    }
    if (!search.backtrack()) return outcomes;
    if (schedules >= most) return undefined;
  }
}

test('the search that leaves out repetitions has the same outcomes as that of everything', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, async (world) => {
      const every = await outcomesOf(world, new EveryOrder(), 400);
      fc.pre(every !== undefined);
      const { deliveries = false, time = false, quota } = world.options;
      const changes = deliveries || world.listeners.length > 0;
      const kinds = world.options.faults?.kinds ?? [];
      const search = new EveryDifferentOrder({
        quota: quota !== undefined,
        changes,
        time,
        crashes: kinds.includes('crash'),
        extended: false,
      });
      expect([...((await outcomesOf(world, search, 100_000)) ?? [])].sort()).toEqual([...every].sort());
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('exploring with reduction has the same outcomes as without, whatever clients look at on the way', async () => {
  const explored = async (world: World, reduction: boolean) => {
    const outcomes = new Set<string>();
    const scenario = async (context: ExploreContext<string>) => outcomes.add(await live(world, context));
    const { complete } = await explore(scenario, { ...world.options, reduction, schedules: reduction ? 100_000 : 400 });
    return { complete, outcomes: [...outcomes].sort() };
  };
  await fc.assert(
    fc.asyncProperty(anyWorld, fc.constantFrom('x', 'y'), fc.nat(1), async (quiet, key, index) => {
      const [client = '', actions = []] = Object.entries(quiet.clients)[index] ?? [];
      const world = { ...quiet, clients: { ...quiet.clients, [client]: [...actions.slice(1), { type: 'peek', key } as const] } };
      const every = await explored(world, false);
      fc.pre(every.complete);
      expect(await explored(world, true)).toEqual(every);
    }),
    { numRuns: 10 },
  );
}, 120_000);
