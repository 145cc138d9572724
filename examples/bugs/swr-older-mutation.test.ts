// A box is clicked twice. Each click changes the cache by what the server answers to it. If the answer to the first click comes last,
// the cache goes back to it: the page shows what the user has clicked away.
// In swr up to 0.2.2: https://github.com/vercel/swr/issues/425. Later versions drop it: https://github.com/vercel/swr/pull/427

import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import * as buggy from 'swr-0.2.2';
import * as fixed from 'swr-0.3.11';
import { failureOf } from './failure-of';

const KEY = '/api/subscribed';

function clickTwice({ mutate, cache }: Pick<typeof buggy, 'mutate' | 'cache'>) {
  return async ({ calls, afterRun }: ExploreContext<unknown>) => {
    // The package has one cache, for all runs.
    afterRun(() => cache.clear());
    const post = calls('page', async (isOn: boolean) => isOn, { name: 'POST' });
    await Promise.all([true, false].map((isOn) => mutate(KEY, post(isOn), false)));
    expect(cache.get(KEY)).toBe(false);
  };
}

test('swr 0.2.2 shows the answer to the first click', async () => {
  const failure = await failureOf(explore(clickTwice(buggy)));

  expect(failure.timeline).toBe(
    `
page
──────────────────────
POST(true) → true
POST(false) → false
POST(true) is answered
`.trim(),
  );
});

test('swr 0.3.11 shows the answer to the last click', async () => {
  const report = await explore(clickTwice(fixed as never));

  expect(report).toMatchObject({ complete: true });
});
