// Of two requests for the same, axios-cache-interceptor lets one ask the server, and the other one wait for what that stores.
// If another client has removed the entry by then, nobody tells the one that waits: it never ends.
// In axios-cache-interceptor up to 1.12.0. Since 1.12.1, whoever waits is told:
// https://github.com/arthurfiorette/axios-cache-interceptor/pull/1241

import axios from 'axios';
import * as buggy from 'axios-cache-interceptor-1.12.0';
import * as fixed from 'axios-cache-interceptor-1.12.1';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

function removeWhileRequesting({ buildStorage, setupCache }: typeof buggy | typeof fixed) {
  return async ({ registry }: ExploreContext<string>) => {
    const shop = asAsyncStorage(registry, { client: 'shop' });
    const office = asAsyncStorage(registry, { client: 'office' });
    const storage = buildStorage({
      find: async (key) => JSON.parse((await shop.getItem(key)) ?? 'null') ?? undefined,
      set: (key, value) => shop.setItem(key, JSON.stringify(value)),
      remove: shop.removeItem,
    });
    let again: Promise<string> | undefined;
    const server = axios.create({
      adapter: async (config) => {
        again ??= request(); // while the server is at work
        return { data: 'Ann', status: 200, statusText: 'OK', headers: {}, config };
      },
    });
    const cached = setupCache(server, { storage });
    const request = async () => (await cached.get<string>('https://api.test/user', { id: 'user' })).data;

    const removed = office.removeItem('user');
    expect([await request(), await again]).toEqual(['Ann', 'Ann']);
    await removed;
  };
}

test('a request by axios-cache-interceptor 1.12.0 waits for ever when its entry is removed', async () => {
  const failure = await failureOf(explore(removeWhileRequesting(buggy)));

  expect(failure.timeline).toBe(
    `
office   shop
──────   ────────────────────────────────────
·        load → nothing
·        update 1: {"state":"loading","pre…
·        load#2 → 1: {"state":"loading","pre…
clear    ·
·        load#3 → nothing
`.trim(),
  );
  expect(failure.received).toContain('a scenario that does not end');
});

test('every request by axios-cache-interceptor 1.12.1 is answered', async () => {
  const report = await explore(removeWhileRequesting(fixed));

  expect(report).toMatchObject({ schedules: 42, complete: true });
});
