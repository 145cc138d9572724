// An app starts with defaults, and puts what was stored in their place as soon as it has read it. What its user has changed by
// then is gone from the screen, though it is stored.
// The fix: what was stored goes under the changes, whenever it comes, and nothing is stored before.

import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { type AsyncStorage, asAsyncStorage } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

class Settings {
  state = { theme: 'light', fontSize: 14 };

  constructor(readonly storage: AsyncStorage) {}

  async hydrate(): Promise<void> {
    const stored = await this.storage.getItem('settings');
    if (stored !== null) this.state = JSON.parse(stored);
  }

  async set(change: Partial<Settings['state']>): Promise<void> {
    this.state = { ...this.state, ...change };
    await this.storage.setItem('settings', JSON.stringify(this.state));
  }
}

class LayeredSettings extends Settings {
  #changes: Partial<Settings['state']> = {};
  #isHydrated = false;

  override async hydrate(): Promise<void> {
    await super.hydrate();
    this.#isHydrated = true;
    await super.set(this.#changes);
  }

  override async set(change: Partial<Settings['state']>): Promise<void> {
    this.#changes = { ...this.#changes, ...change };
    this.state = { ...this.state, ...change };
    if (this.#isHydrated) await super.set(change);
  }
}

function openAndChange(AppSettings: typeof Settings) {
  return async ({ registry, clock, journal }: ExploreContext<string>) => {
    const settings = new AppSettings(asAsyncStorage(registry, { client: 'app' }));
    const hydrated = settings.hydrate();
    await clock.sleep(500);
    journal.note('app', 'user chooses blue');
    await Promise.all([hydrated, settings.set({ theme: 'blue' })]);
    expect(settings.state).toEqual({ theme: 'blue', fontSize: 18 });
    expect(JSON.parse(registry.peek('settings')?.snapshot.data ?? '')).toEqual(settings.state);
  };
}

const initial = { settings: { revision: '1', data: JSON.stringify({ theme: 'dark', fontSize: 18 }) } };

test('settings that are read late undo what the user has chosen', async () => {
  const failure = await failureOf(explore(openAndChange(Settings), { initial, time: true }));

  expect(failure.cause).toMatchObject({ matcherResult: { actual: { theme: 'dark' }, expected: { theme: 'blue' } } });
  expect(failure.timeline).toBe(
    `
app                                           clock
───────────────────────────────────────────   ──────
load → 1: {"theme":"dark","fontSi…            ·
·                                             500 ms
user chooses blue                             ·
load → 1: {"theme":"dark","fontSi… answered   ·
update 2: {"theme":"blue","fontSi…            ·
`.trim(),
  );
});

test('settings under the changes do not', async () => {
  expect(await explore(openAndChange(LayeredSettings), { initial, time: true })).toMatchObject({ schedules: 9, complete: true });
});
