/** Fails if a ratio has got worse than limits.json allows. Never an absolute time: those are the machine's. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runProcesses } from './run-processes.mjs';

/** How much a limit allows on top of what was measured: two runs of the same code differed by 1.27, on a busy machine. */
const ROOM = 1.4;
/** A schedule waits for tasks of the event loop, which cost more on some machines: a ratio twice as large was seen. */
const ROOM_OF_SCHEDULES = 2.5;

const file = new URL('limits.json', import.meta.url);
const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const measure = async () => rowsOf(await runProcesses({ rounds: 9, batchMs: 6 }, 3));
let measured = await measure();

if (values.update) {
  const limits = Object.fromEntries(measured.map(([name, value]) => [name, Number((value * roomOf(name)).toPrecision(3))]));
  await writeFile(file, `${JSON.stringify(limits, null, 2)}\n`);
}
const limits = JSON.parse(await readFile(file, 'utf8'));
const isWithin = ([name, value]) => value <= limits[name];
if (!measured.every(isWithin)) {
  console.log('Over a limit: measured once more, and the better of the two counts.');
  const again = await measure();
  measured = measured.map(([name, value], index) => [name, Math.min(value, again[index][1])]);
}
console.table(
  measured.map(([name, value]) => ({
    name,
    limit: limits[name],
    now: Number(value.toPrecision(3)),
    ok: isWithin([name, value]),
  })),
);
process.exit(measured.every(isWithin) ? 0 : 1);

function roomOf(name) {
  return name.startsWith('a schedule') ? ROOM_OF_SCHEDULES : ROOM;
}

function rowsOf({ operations, others, memory }) {
  const find = (operation, payload, name) =>
    operations.find((row) => row.operation === operation && row.payload === payload && row.name === name);
  const payloads = ['tiny', 'small', 'medium', 'large', 'text', 'doubles'];
  const fastestPeer = (payload) =>
    Math.min(
      ...operations
        .filter((row) => row.operation === 'round trip' && row.payload === payload && row.isPeer && !row.leaks)
        .map(({ ratio }) => ratio),
    );
  return [
    ...payloads.map((payload) => [`round trip, ${payload}`, find('round trip', payload, 'registry structured').ratio]),
    ...['tiny', 'small', 'medium', 'large'].map((payload) => [
      `round trip, ${payload}, over the fastest package that isolates`,
      find('round trip', payload, 'registry structured').ratio / fastestPeer(payload),
    ]),
    ['load, tiny', find('load', 'tiny', 'registry structured').ratio],
    [
      'load, large, frozen over a Map without copies',
      find('load', 'large', 'registry frozen').ns / find('load', 'large', 'Map, no copy').ns,
    ],
    ...others.map(({ name, ratio }) => [name, ratio]),
    ...memory.map(({ name, bytes }) => [name, bytes]),
  ];
}
