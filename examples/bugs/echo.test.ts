// Two tabs keep a theme in step: a tab takes over what it is notified of, and stores it, as it stores every change of its state. When
// one changes it before it has heard of the other one's change, each takes over what the other one had, again and again.
// The fix: take over what is stored by now, and don't store it again.

import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

class Theme {
  current = '';

  constructor(readonly tab: StorageWindow) {
    tab.addEventListener('storage', ({ newValue }) => this.follow(newValue ?? ''));
  }

  set(theme: string): void {
    this.current = theme;
    this.tab.localStorage.setItem('theme', theme);
  }

  protected follow(theme: string): void {
    this.set(theme);
  }
}

class QuietTheme extends Theme {
  protected override follow(): void {
    this.current = this.tab.localStorage.getItem('theme') ?? '';
  }
}

function twoChoices(TabsTheme: typeof Theme) {
  return async ({ registry, scheduler, clock, idle }: ExploreContext<string>) => {
    const area = new WebStorageArea({ registry, scheduler });
    const left = new TabsTheme(area.openWindow({ client: 'tab-1' }));
    const right = new TabsTheme(area.openWindow({ client: 'tab-2' }));
    const tooMany = new Promise((_, reject) => {
      registry.getBackend('theme').subscribe(({ revision }) => {
        if (revision === '5') reject(new Error('5 writes, and no end'));
      });
    });
    left.set('dark');
    await clock.sleep(1000);
    right.set('blue');
    await Promise.race([idle(), tooMany]);
    const stored = registry.peek('theme')?.snapshot.data;
    expect([left.current, right.current]).toEqual([stored, stored]);
  };
}

test('two tabs that store what they are notified of answer each other for ever', async () => {
  const failure = await failureOf(explore(twoChoices(Theme), { time: true }));

  expect(failure.cause).toMatchObject({ message: '5 writes, and no end' });
  expect(failure.timeline).toBe(
    `
tab-1                        clock     tab-2
──────────────────────────   ───────   ──────────────────────────
sets theme to dark           ·         ·
·                            1000 ms   ·
·                            ·         sets theme to blue
·                            ·         is notified of theme: dark
·                            ·         sets theme to dark
is notified of theme: blue   ·         ·
sets theme to blue           ·         ·
is notified of theme: dark   ·         ·
sets theme to dark           ·         ·
`.trim(),
  );
});

test('two tabs that only take it over do not', async () => {
  expect(await explore(twoChoices(QuietTheme), { time: true })).toMatchObject({ schedules: 2, complete: true });
});
