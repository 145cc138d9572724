import { type ExploreContext, type ExploreOptions, explore, withLatency } from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { text } from './support';

type Live = (context: ExploreContext<string>, saw: (what: string) => void) => Promise<unknown>;

const CLIENTS = ['a', 'b', 'c'];

/** Outcomes that only chance finds in runs that repeat others: three clients make more of them than those. */
const WORLDS: [name: string, live: Live, options?: ExploreOptions<string>][] = [
  [
    'clients that sleep until the same time: who fell asleep first wakes first',
    async ({ registry, clock, step }) => {
      const act = async (client: string) => {
        await step(client);
        await clock.sleep(10);
        await registry.getBackend('x', { client }).update((found) => text(`${found?.data ?? ''}${client}`));
      };
      await Promise.all(['a', 'b'].map(act));
    },
  ],
  [
    'a client that waits for its turn or for the crash of another one',
    async ({ registry, plan, step }, saw) => {
      const saved = Promise.race([registry.getBackend('x', { client: 'b' }).save(text('b')), plan.crashed('b')]);
      const turning = step('a').then(() => 'turn');
      saw(await Promise.race([turning, plan.crashed('b').then(() => 'crash')]));
      await Promise.all([saved, turning]);
    },
    { faults: { kinds: ['crash'], clients: ['b'] } },
  ],
  [
    'an updater that looks at other keys',
    async ({ registry }) => {
      const [a, b, c] = ['x', 'y', 'z'].map((key, index) => registry.getBackend(key, { client: CLIENTS[index] as string }));
      await Promise.all([
        a?.update(() => text(`${registry.has('y')} ${registry.has('z')}`)),
        b?.save(text('b')),
        c?.save(text('c')),
      ]);
    },
  ],
  [
    'a plan that lets the next save of anybody fail',
    async ({ registry, plan, step }, saw) => {
      plan.failNext('save');
      const act = async (client: string) => {
        await step(client);
        await registry
          .getBackend(client, { client })
          .save(text(client))
          .catch(() => saw(client));
      };
      await Promise.all(CLIENTS.map(act));
    },
  ],
  [
    'a client that lets another one crash',
    async ({ registry, plan, step }) => {
      const b = registry.getBackend('y', { client: 'b' });
      const c = registry.getBackend('z', { client: 'c' });
      const work = async () => {
        await b.save(text('1', '1'));
        await b.save(text('2', '2'));
      };
      await Promise.all([
        step('a').then(() => plan.crash('b')),
        Promise.race([work(), plan.crashed('b')]),
        step('c').then(() => c.save(text('c'))),
      ]);
    },
  ],
  [
    'windows that answer each other',
    async ({ registry, scheduler, idle, step }, saw) => {
      const area = new WebStorageArea({ registry, scheduler });
      const [one, ...others] = [area.openWindow(), area.openWindow(), area.openWindow()];
      for (const window of others) {
        window.addEventListener('storage', ({ key }) => {
          if (key === 'x') window.localStorage.setItem('last', window.client);
        });
      }
      await step('writer');
      one?.localStorage.setItem('x', '1');
      await idle();
      saw(String(one?.localStorage.getItem('last')));
    },
  ],
  [
    'operations that take the same time',
    async ({ registry }) => {
      const act = async (client: string) => {
        await registry.getBackend(client, { client }).load();
        await registry.getBackend('x', { client }).update((found) => text(`${found?.data ?? ''}${client}`));
      };
      await Promise.all(CLIENTS.map(act));
    },
    { extend: (Backend, { clock }) => withLatency(Backend, { ms: 10, clock }) },
  ],
];

test.each(WORLDS)(
  '%s: the reduction misses no outcome',
  async (_name, live, ...[options]) => {
    const outcomes = async (reduction: boolean) => {
      const found = new Set<string>();
      const { complete } = await explore<string>(
        async (context) => {
          const seen: string[] = [];
          await live(context, (what) => seen.push(what));
          await context.idle();
          found.add(JSON.stringify([Object.entries(context.registry.toJSON()).sort(), seen.sort()]));
        },
        { ...options, reduction, maxSchedules: 20_000, timeoutMs: 60_000 },
      );
      return { complete, found: [...found].sort() };
    };
    expect(await outcomes(true)).toEqual(await outcomes(false));
  },
  60_000,
);
