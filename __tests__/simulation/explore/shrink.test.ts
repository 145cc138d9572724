import { nextRevision } from 'shared-memory-registry';
import { explore, type Scenario } from 'shared-memory-registry/simulation';
import { shrink } from '../../../src/simulation/explore/shrink';
import { failureOf, text } from './support';

async function shrunk(choices: readonly number[], fails: (choices: readonly number[]) => boolean) {
  const tried: string[] = [];
  const least = await shrink(choices, async (candidate) => {
    tried.push(candidate.join(''));
    return fails(candidate);
  });
  return { least: least.join(''), tried };
}

test('all at once is tried first, then halves, then ever smaller parts, of whatever has failed last', async () => {
  expect(await shrunk([1, 2, 3, 4], (choices) => choices[2] === 3)).toEqual({
    least: '0030',
    tried: ['0000', '0034', '0000', '0004', '0030'],
  });
});

test('nothing is tried that is as it comes already', async () => {
  expect(await shrunk([0, 0, 0], () => true)).toEqual({ least: '000', tried: [] });
  expect(await shrunk([], () => true)).toEqual({ least: '', tried: [] });
  expect(await shrunk([0, 0, 5, 0], () => false)).toEqual({ least: '0050', tried: ['0000', '0000', '0000'] });
});

test('what does not fail any more is not taken', async () => {
  expect((await shrunk([3, 1, 2], () => false)).least).toBe('312');
  expect((await shrunk([3, 1, 2], ([first, , third]) => first === 3 && third === 2)).least).toBe('302');
  expect((await shrunk([3, 1, 2], () => true)).least).toBe('000');
});

test('an odd number of choices is gone through to its end', async () => {
  expect(await shrunk([1, 1, 1, 1, 1], (choices) => choices[4] === 1)).toEqual({
    least: '00001',
    tried: ['00000', '00111', '00001', '00000', '00000'],
  });
});

/** Six clients: their orders without any preemption alone, 720, are more than are gone through to find an easier one. */
const crowd: Scenario<string> = async ({ registry }) => {
  const clients = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(
    clients.map(async (client) => {
      const handle = registry.getBackend('note', { client });
      const current = await handle.load();
      await handle.save(text(`${current?.data ?? ''}${client}`, nextRevision(current)));
    }),
  );
  if (registry.peek('note')?.snapshot.data.length === 2) throw new Error('four of six are lost');
};

test('a failure found by chance that nothing simple shows is made smaller, until all that is left is needed', async () => {
  const failed = await failureOf(explore(crowd, { strategy: 'random', seed: 2, maxSchedules: 5000, timeoutMs: 60_000 }));
  const choices = failed.token.replace('order:', '').split('.');
  expect((failed.cause as Error).message).toBe('four of six are lost');
  // Six clients make some twenty choices, of which chance takes the first in one of four.
  expect(choices.filter((choice) => choice !== '0').length).toBeLessThanOrEqual(6);

  for (const [index, choice] of choices.entries()) {
    if (choice === '0') continue;
    const simpler = choices.map((other, place) => (place === index ? '0' : other)).join('.');
    expect([simpler, (await explore(crowd, { replay: `order:${simpler}` })).schedules]).toEqual([simpler, 1]);
  }
});
