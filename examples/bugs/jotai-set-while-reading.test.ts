// An atom of jotai is set while its stored value is still being read. When that comes, it takes the place of what was set: the
// atom differs from its storage, where the new value is.
// In jotai up to 2.1.1. Since 2.2.0, the atom holds the promise of its stored value, until it is set:
// https://github.com/pmndrs/jotai/pull/1958

import * as fixedVanilla from 'jotai/vanilla';
import * as fixedUtils from 'jotai/vanilla/utils';
import * as buggyVanilla from 'jotai-2.1.1/vanilla';
import * as buggyUtils from 'jotai-2.1.1/vanilla/utils';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

type Jotai = Pick<typeof buggyVanilla & typeof buggyUtils, 'atomWithStorage' | 'createJSONStorage' | 'createStore'>;
const buggy: Jotai = { ...buggyVanilla, ...buggyUtils };
// Of its types, those of atoms on an asynchronous storage are others, as they hold promises.
const fixed = { ...fixedVanilla, ...fixedUtils } as Jotai;

const initial = { theme: { revision: '0', data: '"light"' } };

function setWhileReading({ atomWithStorage, createJSONStorage, createStore }: Jotai) {
  return async ({ registry, step, idle }: ExploreContext<string>) => {
    const storage = asAsyncStorage(registry, { client: 'app' });
    const theme = atomWithStorage(
      'theme',
      '',
      createJSONStorage<string>(() => storage),
    );
    const store = createStore();

    const show = async () => {
      await step('app', 'shows the theme');
      store.sub(theme, () => {});
    };
    const choose = async () => {
      await step('app', 'sets it to dark');
      await store.set(theme, 'dark');
    };
    await Promise.all([show(), choose()]);
    await idle();
    expect(await store.get(theme)).toBe('dark');
  };
}

test('an atom of jotai 2.1.1 takes what it has read for what was set', async () => {
  const failure = await failureOf(explore(setWhileReading(buggy), { initial }));

  expect(failure.timeline).toBe(
    `
app
──────────────────────────
shows the theme
sets it to dark
load → 0: "light"
update 1: "dark"
load → 0: "light" answered
update 1: "dark" answered
`.trim(),
  );
  expect(failure.cause).toMatchObject({ matcherResult: { expected: 'dark', actual: 'light' } });
});

test('an atom of jotai 2.20.3 does not', async () => {
  const report = await explore(setWhileReading(fixed), { initial });

  expect(report).toMatchObject({ schedules: 14, complete: true });
});
