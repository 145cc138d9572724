// An editor and a cache of pictures share one quota. While the cache is full, a letter can't be saved; the editor ignores
// that, and says "saved" all the same.
// The fix: it says "saved" only when it is, so that its user can save it again.

import type { KeyedMemoryBackend } from 'shared-memory-registry';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

class Editor {
  status = '';

  constructor(readonly storage: KeyedMemoryBackend<string>) {}

  async save(text: string): Promise<void> {
    await this.storage.save({ revision: '1', data: text }).catch(() => {});
    this.status = 'saved';
  }
}

class HonestEditor extends Editor {
  override async save(text: string): Promise<void> {
    try {
      await this.storage.save({ revision: '1', data: text });
      this.status = 'saved';
    } catch {
      this.status = 'The storage is full. Try again?';
    }
  }
}

function besideAFullCache(AppEditor: typeof Editor) {
  return async ({ registry }: ExploreContext<string>) => {
    const cache = registry.getBackend('pictures', { client: 'cache' });
    const editor = new AppEditor(registry.getBackend('letter', { client: 'editor' }));
    const showPictures = async () => {
      await cache.save({ revision: '1', data: 'x'.repeat(50) }).catch(() => {});
      await cache.clear();
    };
    await Promise.all([editor.save('Dear Ann'), showPictures()]);
    if (editor.status !== 'saved') await editor.save('Dear Ann');
    expect(registry.peek('letter')?.snapshot.data).toBe('Dear Ann');
  };
}

const options = { quota: 100 };

test('a letter is lost when saving it fails and nobody is told', async () => {
  const failure = await failureOf(explore(besideAFullCache(Editor), options));

  expect(failure.cause).toMatchObject({ matcherResult: { actual: undefined, expected: 'Dear Ann' } });
  expect(failure.timeline).toBe(
    `
editor                             cache
────────────────────────────────   ─────────────────────────────────────────
·                                  save pictures 1: "xxxxxxxxxxxxxxxxxxxxxx…
save letter ✗ QuotaExceededError   ·
·                                  clear pictures
`.trim(),
  );
});

test('it is not when the user is told, and saves it again', async () => {
  expect(await explore(besideAFullCache(HonestEditor), options)).toMatchObject({ schedules: 3, complete: true });
});
