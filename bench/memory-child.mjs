/** Prints the heap bytes that one handle or one key takes. Needs --expose-gc. */
import { setTimeout as sleep } from 'node:timers/promises';
import { contestants } from './contestants.mjs';
import { runOtherShapes } from './other-shapes.mjs';

const COUNT = 100_000;
const [, , what, wanted] = process.argv;
const medium = await contestants.find(({ name }) => name === wanted).open();
await runOtherShapes(medium);

// Made before the first look, so that only what the medium adds is counted.
const names = Array.from({ length: COUNT }, (_, index) => `key-${index}`);
const handles = new Array(COUNT).fill(null);

const before = await heapUsed();
for (let index = 0; index < COUNT; index += 1) {
  if (what === 'handle') handles[index] = medium.getBackend(names[0]);
  // A fresh snapshot each, dropped by its owner: who keeps a reference keeps it alive.
  else await medium.getBackend(names[index]).save({ revision: '1', data: { count: index } });
}
const after = await heapUsed();
process.stdout.write(String((after - before) / COUNT));
process.exit(medium && handles.length + names.length === 2 * COUNT ? 0 : 1); // alive until here

async function heapUsed() {
  for (let time = 0; time < 5; time += 1) {
    globalThis.gc();
    await sleep(1);
  }
  return process.memoryUsage().heapUsed;
}
