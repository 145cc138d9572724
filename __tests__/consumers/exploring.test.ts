import { createStore as createAtoms } from 'jotai/vanilla';
import { atomWithStorage, createJSONStorage as createAtomStorage } from 'jotai/vanilla/utils';
import { createStore as createRedux } from 'redux';
import { persistReducer, persistStore } from 'redux-persist';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { asAsyncStorage, WebStorageArea } from 'shared-memory-registry/web-storage';
import { createJSONStorage, persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';

interface State {
  readonly theme: string;
}

afterEach(() => jest.useRealTimers());

describe('zustand', () => {
  const initial = { settings: { revision: '1', data: '{"state":{"theme":"dark"},"version":0}' } };

  test('has what is stored once it is hydrated, in every order', async () => {
    const report = await explore<string>(
      async ({ registry, idle }) => {
        const stores = ['app', 'other'].map((client) => {
          const storage = createJSONStorage<State>(() => asAsyncStorage(registry, { client }));
          return createStore(persist<State>(() => ({ theme: 'light' }), { name: 'settings', storage }));
        });
        await idle();
        expect(stores.map((store) => store.getState().theme)).toEqual(['dark', 'dark']);
      },
      { initial },
    );
    expect(report.complete).toBe(true);
  });

  test('in two windows has the same state, whenever their events are delivered', async () => {
    const report = await explore<string>(
      async ({ registry, scheduler, idle, step }) => {
        const area = new WebStorageArea({ registry, scheduler });
        const stores = ['tab-1', 'tab-2'].map((client) => {
          const tab = area.openWindow({ client });
          const storage = createJSONStorage<State>(() => tab.localStorage);
          const store = createStore(persist<State>(() => ({ theme: 'light' }), { name: 'settings', storage }));
          tab.onstorage = () => void store.persist.rehydrate();
          return store;
        });
        const [left, right] = stores;
        await Promise.all([
          step('tab-1').then(() => left?.setState({ theme: 'blue' })),
          step('tab-2').then(() => right?.setState({ theme: 'gray' })),
        ]);
        await idle();
        expect(left?.getState()).toEqual(right?.getState());
      },
      { initial },
    );
    expect(report.complete).toBe(true);
  });
});

test('jotai reads what is stored, and keeps what is set, in every order', async () => {
  const report = await explore<string>(
    async ({ registry, idle }) => {
      const storage = createAtomStorage<string>(() => asAsyncStorage(registry, { client: 'app' }));
      const [theme, store] = [atomWithStorage('theme', 'light', storage, { getOnInit: true }), createAtoms()];
      const unmount = store.sub(theme, () => {});
      await store.set(theme, async (current) => `${await current}er`);
      await idle();
      expect([await store.get(theme), registry.peek('theme')?.snapshot.data]).toEqual(['darker', '"darker"']);
      unmount();
    },
    { initial: { theme: { revision: '1', data: '"dark"' } } },
  );
  expect(report.complete).toBe(true);
});

describe('redux-persist, which writes by timers', () => {
  /** Two pages that share nothing but the storage: what the first one has stored, the second one finds. */
  async function reopened({ registry, idle }: ExploreContext<string>) {
    const open = (client: string) => {
      const reducer = (state: State = { theme: 'light' }, action: { type: string; theme?: string }): State =>
        action.type === 'set' && action.theme !== undefined ? { theme: action.theme } : state;
      const storage = asAsyncStorage(registry, { client });
      const store = createRedux(persistReducer({ key: 'root', storage, timeout: 0, throttle: 50 }, reducer));
      persistStore(store);
      return store;
    };
    const first = open('first');
    await idle();
    first.dispatch({ type: 'set', theme: 'dark' });
    await idle();
    const second = open('second');
    await idle();
    expect(second.getState().theme).toBe('dark');
  }

  test('has stored everything when nothing is left to do, by fake timers', async () => {
    jest.useFakeTimers();
    expect(await explore<string>(reopened, { timers: jest })).toMatchObject({ schedules: 1, complete: true });
  });
});
