import fc from 'fast-check';
import { nextRevision } from 'shared-memory-registry';
import {
  checkHistory,
  type ExploreContext,
  type ExploreOptions,
  explore,
  type FaultKind,
} from 'shared-memory-registry/simulation';
import { text } from './support';

/** How many random scenarios are explored, all in all: with LONG=1, as `.ci/run` sets it, thousands. */
const MANY = process.env['LONG'] === '1' ? 160 : 0.5;

/** No more orders than these, without reduction: larger scenarios are left out. */
const MOST_ORDERS = 1500;

const TYPES = [
  'load',
  'stat',
  'save',
  'saveIf',
  'update',
  'clear',
  'step',
  'sleep',
  'rest',
  'getUsage',
  'registry.peek',
  'registry.keys',
] as const;
/** What clients have in common beside the storage, and declare. */
const DECLARED = ['publish', 'read what is published'] as const;
/** What they do not declare. */
const WAITS = ['tell', 'await what is told', 'race with what is told'] as const;
type Type = (typeof TYPES | typeof DECLARED | typeof WAITS)[number];

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
  /** What is done after all clients. */
  readonly end: 'nothing' | 'load' | 'read the journal' | 'checkHistory';
  readonly told: 'nothing' | 'fault' | 'hold';
  readonly options: ExploreOptions<string>;
}

const anyListener = fc.record({
  client: fc.constantFrom('a', 'b', 'c'),
  key: fc.constantFrom('x', 'y'),
  reaction: fc.constantFrom<Listener['reaction'][]>('remember', 'load', 'save'),
});
const anyKind = fc.constantFrom<FaultKind[]>('refused', 'lost reply', 'dropped', 'stale read', 'corrupted read', 'crash');

function anyWorld(types: readonly Type[]): fc.Arbitrary<World> {
  const anyAction = fc.record({ type: fc.constantFrom(...types), key: fc.constantFrom('x', 'y') });
  return fc
    .record({
      sizes: fc.constantFrom([1, 1], [2, 1], [1, 2], [2, 2], [1, 1, 1]),
      actions: fc.array(anyAction, { minLength: 4, maxLength: 4 }),
      listeners: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(anyListener, { minLength: 1, maxLength: 1 }) },
      ),
      end: fc.constantFrom<World['end'][]>('nothing', 'nothing', 'load', 'read the journal', 'checkHistory'),
      told: fc.constantFrom<World['told'][]>('nothing', 'nothing', 'fault', 'hold'),
      deliveries: fc.boolean(),
      time: fc.boolean(),
      quota: fc.constantFrom(undefined, undefined, 45, 70),
      kind: fc.option(anyKind, { nil: undefined, freq: 2 }),
    })
    .map(({ sizes, actions, listeners, end, told, kind, quota, ...options }) => {
      const left = [...actions];
      return {
        clients: Object.fromEntries(sizes.map((size, index) => ['abc'[index] as string, left.splice(0, size)])),
        ...{ listeners, end, told },
        options: { ...options, ...(quota && { quota }), ...(kind && { faults: { kinds: [kind], clients: ['a', 'b', 'c'] } }) },
      };
    });
}

/** Lives through a world, and tells in words what came of it: what is stored, and what each client saw. */
async function live({ clients, listeners, end, told }: World, context: ExploreContext<string>): Promise<string> {
  const { registry, step, clock, plan, idle, journal } = context;
  let published = '';
  let tell = (_what: string): void => {};
  const whatIsTold = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const held = told === 'hold' ? plan.hold('save', { client: 'a' }) : undefined;
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
      const store = (what: string | undefined) => registry.getBackend('z', { client }).save(text(`${what}`));
      const next = text(`${current?.data ?? ''}${client}${seen.length}`, nextRevision(current));
      switch (type) {
        case 'load':
          current = await handle.load();
          return current?.data;
        case 'stat':
          return (await handle.stat())?.sizeBytes;
        case 'getUsage':
          return (await handle.getUsage()).used;
        case 'save':
          if (told === 'fault' && client === 'b') plan.failNext('save');
          return handle.save(next);
        case 'saveIf':
          return handle.save(next, { ifMatch: current?.revision ?? null });
        case 'update':
          current = await handle.update((found) => text(`${found?.data ?? ''}${client}`, nextRevision(found)));
          return current.data;
        case 'clear':
          return handle.clear();
        case 'registry.peek':
          await handle.load();
          return registry.peek('x')?.snapshot.data;
        case 'registry.keys':
          await handle.load();
          return registry.keys().sort().join();
        case 'step':
          return step(client);
        case 'rest':
          // In the event loop, where no step shows.
          return new Promise<void>((resolve) => setImmediate(resolve));
        case 'publish':
          await step(client, 'publishes', { writes: ['published'] });
          published += client;
          return undefined;
        case 'read what is published':
          await step(client, 'reads', { reads: ['published'] });
          return published;
        case 'tell':
          await handle.load();
          return tell(`${current?.data}${client}`);
        case 'await what is told':
          await handle.load();
          return store(await Promise.race([whatIsTold, idle().then(() => 'nothing is told')]));
        case 'race with what is told':
          return store(await Promise.race([whatIsTold, handle.load().then((found) => found?.data)]));
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
  if (held !== undefined) {
    await registry
      .getBackend('h', { client: 'holder' })
      .load()
      .catch(() => {});
    held.release();
  }
  await Promise.all(lanes);
  const final = registry.getBackend('x', { client: 'end' });
  const found = end === 'load' ? await final.load().then((snapshot) => snapshot?.data, String) : undefined;
  await idle();
  const seen = await Promise.all(lanes);
  const history =
    end === 'checkHistory' ? checkHistory(journal).linearizable : end === 'read the journal' ? orderOf(journal) : '';
  return JSON.stringify([Object.entries(registry.toJSON()).sort(), seen, found, history]);
}

function orderOf(journal: ExploreContext<string>['journal']): string {
  const places = journal.entries.flatMap(({ client, begin, effect, end }) =>
    [begin, effect, end].map((place) => ({ client, place })),
  );
  return places
    .sort((one, other) => (one.place ?? 0) - (other.place ?? 0))
    .map(({ client }) => client)
    .join('');
}

async function explored(world: World, reduction: boolean) {
  const outcomes = new Set<string>();
  const scenario = async (context: ExploreContext<string>) => outcomes.add(await live(world, context));
  const maxSchedules = reduction ? 100_000 : MOST_ORDERS;
  const options = { ...world.options, reduction, maxSchedules, timeoutMs: 60_000 };
  const report = await explore(scenario, options).catch((error) => {
    if (error.code !== 'ERR_NOTHING_EXPLORED') throw error;
    return { complete: true };
  });
  return { report, outcomes: [...outcomes].sort() };
}

/** Explores scenarios with reduction and without, as far as they have few enough orders for that. */
async function compare(
  worlds: fc.Arbitrary<World>,
  scenarios: number,
  check: (reduced: Awaited<ReturnType<typeof explored>>, every: Awaited<ReturnType<typeof explored>>) => void,
): Promise<void> {
  const property = fc.asyncProperty(worlds, async (world) => {
    const every = await explored(world, false);
    fc.pre(every.report.complete);
    check(await explored(world, true), every);
  });
  await fc.assert(property, { numRuns: Math.ceil(scenarios * MANY) });
}

/** With LONG=1: what else is worth knowing. */
function print(text: string): void {
  if (MANY > 1) process.stdout.write(`${text}\n`);
}

const MINUTES = 60_000;

test.each([
  ['nothing but the storage', anyWorld(TYPES), 5],
  ['declared variables', anyWorld([...TYPES, ...DECLARED, ...DECLARED]), 3],
  ['promises, and are declared to depend on each other', anyWorld([...TYPES, ...WAITS, ...WAITS]).map(declared), 2],
])(
  'clients that share %s have the same outcomes with reduction as without, and it says that it is complete',
  async (name, worlds, scenarios) => {
    await compare(worlds, scenarios, (reduced, every) => {
      expect({ outcomes: reduced.outcomes, ...reduced.report }).toMatchObject({ outcomes: every.outcomes, complete: true });
    });
    print(`clients that share ${name}: ${scenarios * MANY} scenarios`);
  },
  20 * MINUTES,
);

function declared(world: World): World {
  return { ...world, options: { ...world.options, dependencies: [['a', 'b', 'c']] } };
}

test(
  'of clients that share promises without a word, a search that misses an outcome may say so: the share is printed',
  async () => {
    let [missing, noticed, incomplete] = [0, 0, 0];
    const scenarios = 3;
    await compare(anyWorld([...TYPES, ...WAITS, ...WAITS, ...WAITS]), scenarios, ({ report, outcomes }, every) => {
      // Whatever the reduction leaves out, it makes nothing up.
      expect(every.outcomes).toEqual(expect.arrayContaining(outcomes));
      if (!report.complete) incomplete += 1;
      if (outcomes.length === every.outcomes.length) return;
      missing += 1;
      if (!report.complete) noticed += 1;
    });
    print(
      `clients that share promises: ${scenarios * MANY} scenarios, ${incomplete} said to be incomplete; ${missing} miss an outcome, ${noticed} of them noticed`,
    );
  },
  20 * MINUTES,
);
