// A document is inserted while a database of LokiJS is being saved, after what is saved was copied. When the save ends, the
// database takes itself for clean, and nothing saves the document: neither the next autosave nor `close`.
// In LokiJS up to 1.5.1. Since 1.5.2, it does so when the save begins: https://github.com/techfort/LokiJS/pull/643

import type Loki from 'lokijs';
import { type ExploreContext, explore } from 'shared-memory-registry/simulation';
import { asAsyncStorage } from 'shared-memory-registry/web-storage';
import { failureOf } from './failure-of';

const buggy: typeof Loki = require('lokijs-1.5.1');
const fixed: typeof Loki = require('lokijs-1.5.2');

function insertWhileSaving(Database: typeof Loki) {
  return async ({ registry, step }: ExploreContext<string>) => {
    const storage = asAsyncStorage(registry, { client: 'app' });
    const adapter: LokiPersistenceAdapter = {
      loadDatabase: (name, callback) => void storage.getItem(name).then(callback),
      saveDatabase: (name, data, callback) => void storage.setItem(name, data).then(() => callback()),
    };
    const shop = new Database('shop', { adapter, autosave: true, throttledSaves: false });
    const orders = shop.addCollection<{ item: string }>('orders');
    orders.insert({ item: 'tea' });

    const save = async () => {
      await step('app', 'saves');
      await new Promise((resolve) => shop.saveDatabase(resolve));
    };
    const insert = async () => {
      await step('app', 'inserts milk');
      orders.insert({ item: 'milk' });
    };
    await Promise.all([save(), insert()]);
    await new Promise((resolve) => shop.close(resolve));

    const reopened = new Database('shop', { adapter });
    await new Promise((resolve) => reopened.loadDatabase({}, resolve));
    expect(reopened.getCollection('orders').extract('item')).toEqual(['tea', 'milk']);
  };
}

test('LokiJS 1.5.1 never saves what was inserted while it saved', async () => {
  const failure = await failureOf(explore(insertWhileSaving(buggy)));

  expect(failure.timeline).toBe(
    `
app
──────────────────────────────────
saves
inserts milk
update 1: {"filename":"shop","col…
load → 1: {"filename":"shop","col…
`.trim(),
  );
  expect(failure.cause).toMatchObject({ matcherResult: { expected: ['tea', 'milk'], actual: ['tea'] } });
});

test('LokiJS 1.5.2 has saved everything when it is closed', async () => {
  const report = await explore(insertWhileSaving(fixed));

  expect(report).toMatchObject({ schedules: 4, complete: true });
});
