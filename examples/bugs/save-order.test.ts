// An editor saves at each change, and each save goes its own way: a connection of its own, a request. The later one may arrive
// first, and the older text stays.
// The fix: a queue. The next save is sent when the one before it was answered.

import { type KeyedMemoryBackend, nextRevision } from 'shared-memory-registry';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

type Connect = (client: string) => KeyedMemoryBackend<string>;
type Save = (text: string) => Promise<void>;

function autosave(connect: Connect): Save {
  let revision = '0';
  return (text) => {
    revision = nextRevision(revision);
    return connect(`request-${revision}`).save({ revision, data: text });
  };
}

function queuedAutosave(connect: Connect): Save {
  const save = autosave(connect);
  let latest = Promise.resolve();
  return (text) => {
    const next = () => save(text);
    latest = latest.then(next, next);
    return latest;
  };
}

function typing(openAutosave: typeof autosave) {
  return async ({ registry }: ExploreContext<string>) => {
    const save = openAutosave((client) => registry.getBackend('draft', { client }));
    await Promise.all(['te', 'tea'].map(save));
    expect(registry.peek('draft')?.snapshot.data).toBe('tea');
  };
}

test('a save that is overtaken by the next one stays', async () => {
  const failure = await failureOf(explore(typing(autosave)));

  expect(failure.cause).toMatchObject({ matcherResult: { actual: 'te', expected: 'tea' } });
  expect(failure.timeline).toBe(
    `
request-1      request-2
────────────   ─────────────
·              save 2: "tea"
save 1: "te"   ·
`.trim(),
  );
});

test('a save that waits for the one before it does not', async () => {
  expect(await explore(typing(queuedAutosave))).toMatchObject({ schedules: 1, complete: true });
});
