// Two tabs read a counter, add one, and write it back. Whoever reads before the other one has written overwrites that click.
// The fix: read, change and write as one, with `update`; or write with `ifMatch`, and start again after a conflict.

import { type KeyedMemoryBackend, nextRevision } from 'shared-memory-registry';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

interface Counter {
  readonly count: number;
}

const initial = { counter: { revision: '0', data: { count: 0 } } };

function twoTabs(click: (handle: KeyedMemoryBackend<Counter>) => Promise<unknown>) {
  return async ({ registry }: ExploreContext<Counter>) => {
    const tabs = ['tab-1', 'tab-2'].map((client) => registry.getBackend('counter', { client }));
    await Promise.all(tabs.map(click));
    expect(registry.peek('counter')?.snapshot.data.count).toBe(2);
  };
}

test('a click that loads, adds one and saves overwrites the click of another tab', async () => {
  const failure = await failureOf(
    explore(
      twoTabs(async (tab) => {
        const current = await tab.load();
        await tab.save({ revision: nextRevision(current), data: { count: (current?.data.count ?? 0) + 1 } });
      }),
      { initial },
    ),
  );

  expect(failure.timeline).toBe(
    `
tab-1                   tab-2
─────────────────────   ─────────────────────
load → 0: {"count":0}   ·
·                       load → 0: {"count":0}
·                       save 1: {"count":1}
save 1: {"count":1}     ·
`.trim(),
  );
});

test('a click that updates does not', async () => {
  const report = await explore(
    twoTabs((tab) =>
      tab.update((current) => ({ revision: nextRevision(current), data: { count: (current?.data.count ?? 0) + 1 } })),
    ),
    { initial },
  );

  expect(report).toMatchObject({ schedules: 2, complete: true });
});
