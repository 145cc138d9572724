/** The main job on real input. What it prints it also checks; if anything is not so, it exits non-zero. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  createSharedMemoryStorage,
  KeyedMemoryBackend,
  nextRevision,
  RevisionConflictError,
  SharedMemoryRegistry,
} from 'shared-memory-registry';

const startedAt = Date.now();
await runDocumentedExample();
const registry = new SharedMemoryRegistry({ quota: 5 * 1024 * 1024 });
await shareRealDocument();
await auditBackend();
await refuseStaleWriter();
await printTable();
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
