// Who is signed in and by which token are stored under two keys, one after the other. An app that ends in between finds one
// user with the token of another when it is started again.
// The fix: what belongs together is stored under one key.

import type { SharedMemoryRegistry } from 'shared-memory-registry';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { type AsyncStorage, asAsyncStorage } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

interface Session {
  readonly user: string;
  readonly token: string;
}

interface SessionStore {
  signIn(storage: AsyncStorage, session: Session): Promise<void>;
  restore(registry: SharedMemoryRegistry<string>): Partial<Session>;
}

const twoKeys: SessionStore = {
  async signIn(storage, { user, token }) {
    await storage.setItem('user', user);
    await storage.setItem('token', token);
  },
  restore: (registry) => ({
    user: registry.peek('user')?.snapshot.data,
    token: registry.peek('token')?.snapshot.data,
  }),
};

const oneKey: SessionStore = {
  signIn: (storage, session) => storage.setItem('session', JSON.stringify(session)),
  restore: (registry) => JSON.parse(registry.peek('session')?.snapshot.data ?? '{}'),
};

function annThenBob({ signIn, restore }: SessionStore) {
  return async ({ registry, plan }: ExploreContext<string>) => {
    const storage = asAsyncStorage(registry, { client: 'app' });
    const signInBoth = async () => {
      for (const user of ['ann', 'bob']) await signIn(storage, { user, token: `token of ${user}` });
    };
    await Promise.race([signInBoth(), plan.crashed('app')]);
    const { user, token } = restore(registry);
    expect(token).toBe(user && `token of ${user}`);
  };
}

const options = { faults: { kinds: ['crash'] } } as const;

test('a session under two keys is torn by a crash', async () => {
  const failure = await failureOf(explore(annThenBob(twoKeys), options));

  expect(failure.cause).toMatchObject({ matcherResult: { actual: 'token of ann', expected: 'token of bob' } });
  expect(failure.timeline).toBe(
    `
app
──────────────────────────────
update user 1: "ann"
update token 1: "token of ann"
update user 2: "bob"
update token …
✗ crash
`.trim(),
  );
});

test('a session under one key is not', async () => {
  expect(await explore(annThenBob(oneKey), options)).toMatchObject({ schedules: 5, complete: true });
});
