// `get` of keyv deletes an entry that it finds expired, and does not wait for that. On a store where operations may overtake
// each other, such as one with a pool of connections, it can be the next `set` that is deleted.
// In keyv up to 4.1.1. Since 4.2.0, `get` waits: https://github.com/jaredwray/keyv/pull/219

import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

interface KeyvClass {
  new (options: { store: object }): { get(key: string): Promise<unknown>; set(key: string, value: unknown): Promise<true> };
}
const buggy: KeyvClass = require('keyv-4.1.1');
const fixed: KeyvClass = require('keyv-4.2.0');

const initial = { 'keyv:greeting': { revision: '0', data: '{"value":"Good morning","expires":1}' } };

function renewWhatHasExpired(Keyv: KeyvClass) {
  return async ({ registry, idle }: ExploreContext<string>) => {
    // A handle for each operation: those of one handle take effect in the order of their calls.
    const connect = (key: string) => registry.getBackend(key, { client: 'app' });
    const keyv = new Keyv({
      store: {
        get: async (key: string) => (await connect(key).load())?.data,
        set: (key: string, data: string) => connect(key).save({ revision: '1', data }),
        delete: (key: string) => connect(key).clear(),
      },
    });
    if ((await keyv.get('greeting')) === undefined) await keyv.set('greeting', 'Good evening');
    await idle();
    expect(await keyv.get('greeting')).toBe('Good evening');
  };
}

test('keyv 4.1.1 deletes what was set in place of what had expired', async () => {
  const failure = await failureOf(explore(renewWhatHasExpired(buggy), { initial }));

  expect(failure.timeline).toBe(
    `
app
─────────────────────────────────────────
load → 0: {"value":"Good morning"…
save 1: {"value":"Good evening"…
clear
save 1: {"value":"Good evening"… answered
clear answered
load → nothing
`.trim(),
  );
  expect(failure.cause).toMatchObject({ matcherResult: { expected: 'Good evening', actual: undefined } });
});

test('keyv 4.2.0 does not', async () => {
  const report = await explore(renewWhatHasExpired(fixed), { initial });

  expect(report).toMatchObject({ schedules: 1, complete: true });
});
