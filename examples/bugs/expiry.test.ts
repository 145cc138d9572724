// A page asks whether there is a session, and then reads it. In between, its time is over: there is nothing to be read.
// The fix: read once, and use what was read.

import type { KeyedMemoryBackend } from 'shared-memory-registry';
import { type ExploreContext, type ExploreOptions, explore, withExpiry } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

interface Session {
  readonly user: string;
}

async function greet(session: KeyedMemoryBackend<Session>): Promise<string> {
  if ((await session.stat()) === null) return 'Please sign in';
  const current = await session.load();
  return `Hello ${current?.data.user}`;
}

async function greetByOneRead(session: KeyedMemoryBackend<Session>): Promise<string> {
  const current = await session.load();
  return current === null ? 'Please sign in' : `Hello ${current.data.user}`;
}

function atTheEndOfASession(greetUser: typeof greet) {
  return async ({ registry, clock }: ExploreContext<Session>) => {
    const [server, page] = [
      registry.getBackend('session', { client: 'server' }),
      registry.getBackend('session', { client: 'page' }),
    ];
    const metadata = { savedAt: clock.now(), ttlMs: 60_000, schemaVersion: 1, sizeBytes: 0, compressed: false };
    await server.saveWithMetadata({ snapshot: { revision: '1', data: { user: 'Ann' } }, metadata });
    void clock.sleep(60_000);
    expect(['Hello Ann', 'Please sign in']).toContain(await greetUser(page));
  };
}

const options: ExploreOptions<Session> = {
  extend: (Backend, { clock }) => withExpiry(Backend, { clock }),
  time: true,
};

test('a session that ends between two reads greets nobody', async () => {
  const failure = await failureOf(explore(atTheEndOfASession(greet), options));

  expect(failure.cause).toMatchObject({ message: expect.stringContaining('Hello undefined') });
  expect(failure.timeline).toBe(
    `
server                   page             clock
──────────────────────   ──────────────   ────────
save 1: {"user":"Ann"}   ·                ·
·                        stat → 1         ·
·                        ·                60000 ms
·                        load → nothing   ·
`.trim(),
  );
});

test('a session that is read once does not', async () => {
  expect(await explore(atTheEndOfASession(greetByOneRead), options)).toMatchObject({ schedules: 2, complete: true });
});
