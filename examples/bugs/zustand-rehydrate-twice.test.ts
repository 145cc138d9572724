// A zustand store reads its storage again, because another client has changed it, while it still reads for the first time. If
// the second answer overtakes the first one, the store goes back to what was stored before, and stays behind its storage.
// In zustand up to 5.0.9. Since 5.0.10, only the last of several rehydrations counts:
// https://github.com/pmndrs/zustand/pull/3336

import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import * as fixed from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import * as buggy from 'zustand-5.0.9/middleware';
import { failureOf } from './failure-of';

const stored = (theme: string) => JSON.stringify({ state: { theme }, version: 0 });

const initial = { settings: { revision: '0', data: stored('light') } };

function changeWhileReading({ createJSONStorage, persist }: typeof buggy) {
  return async ({ registry, idle }: ExploreContext<string>) => {
    const storage = asAsyncStorage(registry, { client: 'app' });
    const store = createStore(persist(() => ({ theme: '' }), { name: 'settings', storage: createJSONStorage(() => storage) }));
    storage.subscribe('settings', () => void store.persist.rehydrate());

    await asAsyncStorage(registry, { client: 'other' }).setItem('settings', stored('dark'));
    await idle();
    expect(store.getState()).toEqual({ theme: 'dark' });
  };
}

test('a store of zustand 5.0.9 goes back to what was stored before', async () => {
  const failure = await failureOf(explore(changeWhileReading(buggy), { initial }));

  expect(failure.timeline).toBe(
    `
app                                             other
─────────────────────────────────────────────   ──────────────────────────────────
load#1 → 0: {"state":{"theme":"ligh…            ·
·                                               update 1: {"state":{"theme":"dark…
load#2 → 1: {"state":{"theme":"dark…            ·
load#1 → 0: {"state":{"theme":"ligh… answered   ·
`.trim(),
  );
  expect(failure.cause).toMatchObject({ matcherResult: { expected: { theme: 'dark' }, actual: { theme: 'light' } } });
});

test('a store of zustand 5.1.0 does not', async () => {
  // Its storages may answer with any thenable, which the types of 5.0.9 do not allow.
  const report = await explore(changeWhileReading(fixed as typeof buggy), { initial });

  expect(report).toMatchObject({ schedules: 7, complete: true });
});
