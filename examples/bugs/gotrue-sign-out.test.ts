// A client of Supabase's gotrue-js that starts reads the user's session and writes it back as it was. What another tab has made
// of it meanwhile is lost: a refresh, a sign-in, or a sign-out, after which the user is still signed in.
// In @supabase/gotrue-js up to 2.33.0. Since 2.34.0, it only reads: https://github.com/supabase/auth-js/pull/711

import { GoTrueClient as Buggy } from 'gotrue-js-2.33.0';
import { GoTrueClient as Fixed } from 'gotrue-js-2.34.0';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

const ann = { access_token: 'access', refresh_token: 'refresh', token_type: 'bearer', expires_at: 4e9, user: { id: 'ann' } };

const initial = { session: { revision: '0', data: JSON.stringify(ann) } };

function signOutWhileOpening(Client: typeof Buggy | typeof Fixed) {
  return async ({ registry }: ExploreContext<string>) => {
    const open = (client: string) =>
      new Client({
        url: 'https://auth.test',
        fetch: async () => new Response(null, { status: 204 }),
        storageKey: 'session',
        storage: asAsyncStorage(registry, { client }),
        autoRefreshToken: false,
      });
    const tab = open('tab-1');
    await tab.initialize();
    await Promise.all([tab.signOut(), open('tab-2').initialize()]);
    expect(registry.keys()).toEqual([]);
  };
}

test('gotrue-js 2.33.0 signs the user in again', async () => {
  const failure = await failureOf(explore(signOutWhileOpening(Buggy), { initial }));

  expect(failure.timeline).toBe(
    `
tab-1                                        tab-2
──────────────────────────────────────────   ──────────────────────────────────────────
load session → 0: {"access_token":"access…   ·
update session 1: {"access_token":"access…   ·
load session → 1: {"access_token":"access…   ·
·                                            load session → 1: {"access_token":"access…
clear session                                ·
clear session-code-verifier                  ·
·                                            update session 1: {"access_token":"access…
`.trim(),
  );
  expect(failure.cause).toMatchObject({ matcherResult: { expected: [], actual: ['session'] } });
});

test('gotrue-js 2.34.0 leaves the user signed out', async () => {
  const report = await explore(signOutWhileOpening(Fixed), { initial });

  expect(report).toMatchObject({ schedules: 2, complete: true });
});
