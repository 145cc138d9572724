// @ts-check
/** Prints the heap bytes that one handle or one key takes. Run by memory.mjs, with --expose-gc. */
import { setTimeout } from 'node:timers/promises';
import { baseline } from '../contestants/baseline.mjs';
import { bareMap } from '../contestants/copies.mjs';
import { registries } from '../library.mjs';
import { runOtherShapes } from '../other-shapes.mjs';

const COUNT = 100_000;
const [, , what, name] = process.argv;

const contestant = [...registries, baseline, bareMap].find((candidate) => candidate.name === name);
if (!contestant) throw new Error(`no contestant ${name}`);
const medium = await contestant.open();
await runOtherShapes(medium);

// Made before the first look, so that only what the medium adds is counted.
const names = Array.from({ length: COUNT }, (_, index) => `key-${index}`);
/** @type {unknown[]} */
const handles = new Array(COUNT).fill(null);

const before = await heapUsed();
for (let index = 0; index < COUNT; index += 1) {
  if (what === 'handle') handles[index] = medium.getBackend(names[0]);
  // A fresh snapshot each, dropped by its owner: who keeps a reference keeps it alive.
  else await medium.getBackend(names[index]).save({ revision: '1', data: { count: index } });
}
const after = await heapUsed();
process.stdout.write(String((after - before) / COUNT));

// Alive until here.
if (handles.length + names.length !== 2 * COUNT || !medium) process.exitCode = 1;

async function heapUsed() {
  for (let time = 0; time < 5; time += 1) {
    globalThis.gc?.();
    await setTimeout(1);
  }
  return process.memoryUsage().heapUsed;
}
