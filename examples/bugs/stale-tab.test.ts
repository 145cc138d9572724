// A tab reads the cart once, keeps it, and stores all of it at each change: what other tabs have put in since is gone. To
// listen makes that rarer, no more: a tab can be used before it has heard.
// The fix: read again right before each write, in the same task.

import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

const read = (tab: StorageWindow) => tab.localStorage.getItem('cart')?.split(',') ?? [];

class Cart {
  constructor(
    readonly tab: StorageWindow,
    protected items = read(tab),
  ) {}

  add(item: string): void {
    this.items = [...this.items, item];
    this.tab.localStorage.setItem('cart', this.items.join());
  }
}

class ListeningCart extends Cart {
  constructor(tab: StorageWindow) {
    super(tab);
    tab.addEventListener('storage', () => {
      this.items = read(this.tab);
    });
  }
}

class FreshCart extends Cart {
  override add(item: string): void {
    this.items = read(this.tab);
    super.add(item);
  }
}

function twoTabs(TabsCart: typeof Cart) {
  return async ({ registry, scheduler, clock, journal, step }: ExploreContext<string>) => {
    const area = new WebStorageArea({ registry, scheduler });
    const shop = async (client: string, item: string) => {
      journal.note(client, 'opens');
      const cart = new TabsCart(area.openWindow({ client }));
      await step(client, `adds ${item}`);
      cart.add(item);
    };
    await Promise.all([shop('tab-1', 'tea'), clock.sleep(1000).then(() => shop('tab-2', 'cake'))]);
    expect(registry.peek('cart')?.snapshot.data.split(',').sort()).toEqual(['cake', 'tea']);
  };
}

test.each([
  ['keeps what it has read', Cart],
  ['listens as well', ListeningCart],
])('a cart that %s overwrites what another tab has put in', async (_, TabsCart) => {
  const failure = await failureOf(explore(twoTabs(TabsCart), { time: true }));

  expect(failure.cause).toMatchObject({ matcherResult: { actual: ['cake'], expected: ['cake', 'tea'] } });
  expect(failure.timeline).toBe(
    `
tab-1              clock     tab-2
────────────────   ───────   ─────────────────
opens              ·         ·
·                  1000 ms   ·
·                  ·         opens
adds tea           ·         ·
sets cart to tea   ·         ·
·                  ·         adds cake
·                  ·         sets cart to cake
`.trim(),
  );
});

test('a cart that reads before it writes does not', async () => {
  expect(await explore(twoTabs(FreshCart), { time: true })).toMatchObject({ schedules: 5, complete: true });
});
