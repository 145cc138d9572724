// Two callers ask a cache for what it does not have. Both load it. If the value that was loaded first is stored last, the cache keeps
// the older one, and answers with it from then on.
// In stale-while-revalidate-cache up to 3.1.3. Later versions load once: https://github.com/jperasmus/stale-while-revalidate-cache/pull/35

import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { createStaleWhileRevalidateCache as buggy } from 'stale-while-revalidate-cache-3.1.3';
import { createStaleWhileRevalidateCache as fixed } from 'stale-while-revalidate-cache-3.4.2';
import { failureOf } from './failure-of';

function askTwice(createCache: typeof buggy) {
  return async ({ calls }: ExploreContext<unknown>) => {
    const stored = new Map<string, unknown>();
    const storage = {
      getItem: (key: string) => stored.get(key),
      setItem: (key: string, value: unknown) => void stored.set(key, value),
    };
    const ask = createCache({ storage });
    let version = 0;
    const load = calls('app', async () => `version ${++version}`, { name: 'load' });
    await Promise.all([ask('news', load), ask('news', load)]);
    expect(stored.get('news')).toBe(`version ${version}`);
  };
}

test('stale-while-revalidate-cache 3.1.3 keeps the older value', async () => {
  const failure = await failureOf(explore(askTwice(buggy)));

  expect(failure.timeline).toBe(
    `
app
────────────────────
load() → "version 1"
load() → "version 2"
load() is answered
`.trim(),
  );
});

test('stale-while-revalidate-cache 3.4.2 loads once', async () => {
  const report = await explore(askTwice(fixed as never));

  expect(report).toMatchObject({ complete: true });
});
