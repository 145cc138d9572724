// Two parts of an application refresh the session at the same time, since the answers to two requests were "401". Both send the same
// refresh token. The server takes it once; used again, it counts as stolen, and the user is signed out.
// In @supabase/gotrue-js up to 1.24.0: https://github.com/supabase/auth-js/pull/203. In 2.x, the second one waits for the first one.

import { GoTrueClient as Buggy } from 'gotrue-js-1.24.0';
import { GoTrueClient as Fixed } from 'gotrue-js-2.33.0';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

const user = { id: 'ann' };
const session = { access_token: 'access-0', refresh_token: 'refresh-0', token_type: 'bearer', expires_at: 4e9, user };

/** A server whose refresh tokens are good for one use. */
class AuthServer {
  #uses = 0;
  isSignedIn = true;

  async fetch(_url: unknown, { body }: { body?: unknown } = {}): Promise<Response> {
    const { refresh_token } = JSON.parse(String(body));
    if (!this.isSignedIn || refresh_token !== `refresh-${this.#uses}`) {
      this.isSignedIn = false;
      return Response.json({ error_description: 'Invalid Refresh Token' }, { status: 400 });
    }
    this.#uses += 1;
    const [access, refresh] = [`access-${this.#uses}`, `refresh-${this.#uses}`];
    return Response.json({ ...session, access_token: access, refresh_token: refresh });
  }
}

/** What the timeline shows of requests and responses. */
function show(value: unknown): string {
  if (value instanceof Response) return String(value.status);
  if (typeof value === 'string') return new URL(value).search;
  return (value as { body: string }).body;
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

type Open = (fetch: AuthServer['fetch']) => Promise<{ refreshSession(): Promise<{ readonly error: unknown }> }>;

const options = { url: 'https://auth.test', autoRefreshToken: false };

const openBuggy: Open = async (fetch) => {
  const client = new Buggy({ ...options, fetch: fetch as never, persistSession: false, multiTab: false });
  await client.signIn({ refreshToken: 'refresh-0' });
  return client;
};

const openFixed: Open = async (fetch) => {
  const storage = { getItem: async () => JSON.stringify(session), setItem: async () => {}, removeItem: async () => {} };
  return new Fixed({ ...options, fetch: fetch as never, storage });
};

function refreshTwice(open: Open) {
  return async ({ calls }: ExploreContext<unknown>) => {
    const server = new AuthServer();
    const fetch: AuthServer['fetch'] = (url, init) => server.fetch(url, init);
    const client = await open(calls('app', fetch, { name: 'fetch', show }));
    await Promise.all([client.refreshSession(), client.refreshSession()]);
    expect(server.isSignedIn).toBe(true);
  };
}

test('gotrue-js 1.24.0 signs the user out', async () => {
  const failure = await failureOf(explore(refreshTwice(openBuggy), { timers: jest }));

  expect(failure.timeline).toBe(
    `
app
───────────────────────────────────────────────────────────────────────────
fetch(?grant_type=refresh_token, {"refresh_token":"refresh-0"}) → 200
fetch(?grant_type=refresh_token, {"refresh_token":"refresh-1"}) → 200
fetch(?grant_type=refresh_token, {"refresh_token":"refresh-1"}) → 400
fetch(?grant_type=refresh_token, {"refresh_token":"refresh-1"}) is answered
fetch(?grant_type=refresh_token, {"refresh_token":"refresh-1"}) is answered
`.trim(),
  );
});

test('gotrue-js 2.33.0 refreshes once', async () => {
  const report = await explore(refreshTwice(openFixed), { timers: jest });

  expect(report).toMatchObject({ complete: true });
});
