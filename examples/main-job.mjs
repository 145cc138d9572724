/** The main job on real input. What it prints it also checks; if anything is not so, it exits non-zero. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import {
  createSharedMemoryStorage,
  KeyedMemoryBackend,
  nextRevision,
  RevisionConflictError,
  SharedMemoryRegistry,
} from 'shared-memory-registry';
import { explore } from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';

const startedAt = Date.now();
await runDocumentedExample();
const registry = new SharedMemoryRegistry({ quota: 5 * 1024 * 1024 });
await shareRealDocument();
await auditBackend();
await refuseStaleWriter();
await printTable();
await openTwoTabs();
await findRace();
await showFix();
console.log('\nAll checks passed.');

async function runDocumentedExample() {
  title('The documented example');
  const shared = createSharedMemoryStorage();

  const backendA = shared.getBackend('component-a');
  const backendB = shared.getBackend('component-b');

  await backendA.save({ revision: '1', data: { count: 1 } });
  await backendB.save({ revision: '1', data: { count: 2 } });

  // Each backend has its own isolated key
  const snapshotA = await backendA.load();
  const snapshotB = await backendB.load();
  show('component-a', snapshotA, { revision: '1', data: { count: 1 } });
  show('component-b', snapshotB, { revision: '1', data: { count: 2 } });

  // Clear all shared data at once
  shared.clearAll();
  show('after clearAll', [await backendA.load(), await backendB.load()], [null, null]);
}

async function shareRealDocument() {
  title('A real document: package-lock.json, saved by one component and loaded by another');
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const lockfile = JSON.parse(text);
  const writer = registry.getBackend('package-lock.json', { client: 'installer' });
  const reader = registry.getBackend('package-lock.json', { client: 'auditor' });
  const heard = [];
  reader.subscribe(({ client, type, revision }) => heard.push(`${client}: ${type} ${revision}`));

  await writer.save({ revision: '1', data: lockfile });
  show('what the other component heard', heard, ['installer: save 1']);

  const loaded = await reader.load();
  show('packages in the document', count(loaded.data), count(JSON.parse(text)));
  assert.deepEqual(loaded.data, JSON.parse(text));

  loaded.data.packages = {};
  lockfile.name = 'changed after the save';
  show('packages left in what was loaded and changed', count(loaded.data), 0);
  show('packages in what is stored', count((await reader.load()).data), count(JSON.parse(text)));
  assert.deepEqual(registry.peek('package-lock.json').snapshot.data, JSON.parse(text));

  const envelope = JSON.stringify({ revision: '1', data: JSON.parse(text) });
  show('bytes of it', (await reader.stat()).sizeBytes, Buffer.byteLength(envelope));
}

async function auditBackend() {
  title('A custom backend: every operation goes into its log');

  class AuditedBackend extends KeyedMemoryBackend {
    log = [];

    async perform(operation, action) {
      const before = await this.read();
      const result = await super.perform(operation, action);
      const after = await this.read();
      this.log.push(`${operation.type}: ${before?.revision ?? 'nothing'} → ${after?.revision ?? 'nothing'}`);
      return result;
    }
  }

  const audited = registry.getBackend('settings', { client: 'editor', Backend: AuditedBackend });
  await audited.save({ revision: '1', data: { theme: 'dark' } });
  await audited.update((current) => ({ revision: nextRevision(current), data: { theme: 'light' } }));
  await audited.load();
  const expected = ['save: nothing → 1', 'update: 1 → 2', 'load: 2 → 2'];
  for (const [n, entry] of expected.entries()) show(`log, line ${n + 1}`, audited.log[n], entry);
  assert.equal(audited.log.length, expected.length);
}

async function refuseStaleWriter() {
  title('A stale writer: two read revision 2, both want to save on top of it');
  const [tab1, tab2] = ['tab-1', 'tab-2'].map((client) => registry.getBackend('settings', { client }));
  const [seenBy1, seenBy2] = [await tab1.load(), await tab2.load()];

  await tab1.save({ revision: '3', data: { theme: 'blue' } }, { ifMatch: seenBy1.revision });
  const refused = tab2.save({ revision: '3', data: { theme: 'green' } }, { ifMatch: seenBy2.revision });
  const error = await refused.catch((reason) => reason);

  assert.ok(error instanceof RevisionConflictError);
  show('code', error.code, 'ERR_REVISION_CONFLICT');
  show('expected', error.expected, 'revision "2" to be stored');
  show('got', error.received, 'revision "3"');
  show('what is stored', (await tab2.load()).data, { theme: 'blue' });
}

async function printTable() {
  title('What is stored now');
  const row = (...[key, ...columns]) => `  ${key.padEnd(20)}${columns.map((text) => text.padStart(10)).join('')}`;
  console.log(`${row('key', 'revision', 'saves', 'bytes')}   saved at`);
  const rows = [];
  let bytes = 0;
  for (const [key, { snapshot, metadata }] of registry.entries()) {
    const { revision, saveCount, sizeBytes, updatedAt } = await registry.getBackend(key).stat();
    const savedAt = new Date(updatedAt).toISOString();
    console.log(`${row(key, revision, String(saveCount), sizeBytes.toLocaleString('en'))}   ${savedAt}`);
    assert.equal(sizeBytes, Buffer.byteLength(JSON.stringify(snapshot)));
    assert.deepEqual(metadata, { savedAt: updatedAt, schemaVersion: 1, sizeBytes, compressed: false });
    assert.ok(startedAt <= updatedAt && updatedAt <= Date.now());
    rows.push([key, revision, saveCount]);
    bytes += Buffer.byteLength(key) + sizeBytes;
  }
  assert.deepEqual(rows, [
    ['package-lock.json', '1', 1],
    ['settings', '3', 3],
  ]);

  const { used, quota, percentage } = registry.getUsage();
  console.log(`\n  ${used.toLocaleString('en')} of ${quota.toLocaleString('en')} bytes used, ${percentage.toFixed(1)} %`);
  assert.equal(used, bytes);
}

async function openTwoTabs() {
  title('Two tabs of one origin: what one sets, the other one has, and is notified of');
  const area = new WebStorageArea({ origin: 'https://app.test' });
  const [tab1, tab2] = [area.openWindow(), area.openWindow()];
  const heard = [];
  tab2.addEventListener('storage', ({ key, oldValue, newValue }) => heard.push({ key, oldValue, newValue }));

  tab1.localStorage.setItem('theme', 'dark');
  await area.settled();
  show('the theme in the other tab', tab2.localStorage.theme, 'dark');
  show('its storage event', heard, [{ key: 'theme', oldValue: null, newValue: 'dark' }]);
  tab1.localStorage.setItem('theme', 'dark');
  await area.settled();
  show('events after the same value once more', heard.length, 1);
}

/** Clients that each add an item to one cart. */
function addItems(add, clients) {
  return async ({ registry: carts }) => {
    await Promise.all(clients.map((client) => add(carts.getBackend('cart', { client }), `item of ${client}`)));
    const { items } = carts.peek('cart').snapshot.data;
    assert.equal(
      items.length,
      clients.length,
      `${clients.length} clients have added an item each, and the cart has ${items.length}`,
    );
  };
}

async function findRace() {
  title('A race: two tabs load a cart, add an item, and save it');
  const loadAndSave = async (cart, item) => {
    const current = await cart.load();
    await cart.save({ revision: nextRevision(current), data: { items: [...(current?.data.items ?? []), item] } });
  };
  const report = 'reports/two-tabs.html';
  const error = await explore(addItems(loadAndSave, ['tab-1', 'tab-2']), { report }).catch((thrown) => thrown);
  show('code', error.code, 'ERR_SCHEDULE_FAILED');
  show('found in schedule', error.schedules, 2);
  console.log(`\n${error.timeline.replace(/^/gm, '  ')}\n`);
  show('to run just this order', error.token, 'order:0.0.1');
  assert.match(readFileSync(report, 'utf8'), /<h1>Schedule 2 fails/);
  show('the same as a page, to step through', relative('.', report), 'reports/two-tabs.html');
}

async function showFix() {
  title('The fix: update reads and writes in one step. Every order of six tabs is tried');
  const update = (cart, item) =>
    cart.update((current) => ({
      revision: nextRevision(current),
      data: { items: [...(current?.data.items ?? []), item] },
    }));
  const tabs = ['tab-1', 'tab-2', 'tab-3', 'tab-4', 'tab-5', 'tab-6'];
  const onProgress = ({ schedules }) => console.log(`  … ${schedules} orders`);
  const { schedules, complete } = await explore(addItems(update, tabs), { onProgress, timeoutMs: 60_000 });
  show('orders', schedules, 720);
  show('are these all', complete, true);
}

function title(text) {
  console.log(`\n${text}\n`);
}

/** Prints a value, and fails if it is not the expected one. */
function show(label, actual, expected) {
  assert.deepEqual(actual, expected, label);
  console.log(`  ${label.padEnd(46)}${typeof actual === 'string' ? actual : JSON.stringify(actual)}`);
}

function count(lockfile) {
  return Object.keys(lockfile.packages).length;
}
