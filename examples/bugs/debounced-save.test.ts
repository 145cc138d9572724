// An editor stores the draft when nothing was typed for 300 ms. What was typed in the last moment before the tab is closed is
// never stored.
// The fix: store it at `pagehide`, too.

import { type Clock, type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

class Editor {
  protected text = '';
  #typed = 0;

  constructor(
    readonly tab: StorageWindow,
    readonly clock: Clock,
  ) {}

  async type(text: string): Promise<void> {
    this.text += text;
    this.#typed += 1;
    const typed = this.#typed;
    await this.clock.sleep(300);
    if (typed === this.#typed) this.save();
  }

  protected save(): void {
    this.tab.localStorage.setItem('draft', this.text);
  }
}

class FlushingEditor extends Editor {
  constructor(tab: StorageWindow, clock: Clock) {
    super(tab, clock);
    tab.addEventListener('pagehide', () => this.save());
  }
}

function letter(TabsEditor: typeof Editor) {
  return async ({ registry, clock, journal, step }: ExploreContext<string>) => {
    const tab = new WebStorageArea({ registry }).openWindow({ client: 'tab' });
    const editor = new TabsEditor(tab, clock);
    const write = async (text: string) => {
      await step('tab', `user types "${text}"`);
      void editor.type(text);
    };
    await write('Dear Ann, ');
    await Promise.all([write('I am well.'), clock.sleep(500)]);
    journal.note('tab', 'user closes the tab');
    tab.close();
    expect(registry.peek('draft')?.snapshot.data).toBe('Dear Ann, I am well.');
  };
}

test('what was typed last is lost when the tab is closed', async () => {
  const failure = await failureOf(explore(letter(Editor), { time: true }));

  expect(failure.cause).toMatchObject({ matcherResult: { actual: 'Dear Ann, ', expected: 'Dear Ann, I am well.' } });
  expect(failure.timeline).toBe(
    `
tab                        clock
────────────────────────   ──────
user types "Dear Ann, "    ·
·                          300 ms
sets draft to Dear Ann,    ·
user types "I am well."    ·
·                          500 ms
user closes the tab        ·
`.trim(),
  );
});

test('it is not when the editor stores it at pagehide', async () => {
  expect(await explore(letter(FlushingEditor), { time: true })).toMatchObject({ schedules: 3, complete: true });
});
