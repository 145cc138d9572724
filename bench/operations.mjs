// @ts-check
/**
 * The operations that are timed. All contestants are driven by the same loops: the calls in them have seen every
 * contestant, so none of them is inlined, and none is favoured. What is loaded is used, and checked at the end.
 */

/** @typedef {import('./contestants/contestant.mjs').Backend} Backend */
/** @typedef {import('./contestants/contestant.mjs').Medium} Medium */
/** @typedef {import('./contestants/contestant.mjs').Snapshot} Snapshot */
/** @typedef {(backend: Backend, snapshot: Snapshot, times: number, medium?: Medium) => Promise<void>} Operation */

/** @type {Operation} */
export async function save(backend, snapshot, times) {
  for (let time = 0; time < times; time += 1) await backend.save(snapshot);
}

/** @type {Operation} */
export async function load(backend, snapshot, times) {
  let used = 0;
  for (let time = 0; time < times; time += 1) used += length(await backend.load());
  expect(used, times * snapshot.revision.length);
}

/** @type {Operation} */
export async function roundTrip(backend, snapshot, times) {
  let used = 0;
  for (let time = 0; time < times; time += 1) {
    await backend.save(snapshot);
    used += length(await backend.load());
  }
  expect(used, times * snapshot.revision.length);
}

/** A round trip, and how large what was saved is. @type {Operation} */
export async function roundTripWithSize(backend, snapshot, times, medium) {
  let [used, bytes] = [0, 0];
  for (let time = 0; time < times; time += 1) {
    await backend.save(snapshot);
    bytes += (await medium?.sizeOf?.(backend)) ?? 0;
    used += length(await backend.load());
  }
  expect(used, times * snapshot.revision.length);
  if (bytes < times) throw new Error('nothing was measured');
}

/** Ten loads a save. @type {Operation} */
export async function tenLoads(backend, snapshot, times) {
  let used = 0;
  for (let time = 0; time < times; time += 1) {
    await backend.save(snapshot);
    for (let reader = 0; reader < 10; reader += 1) used += length(await backend.load());
  }
  expect(used, times * 10 * snapshot.revision.length);
}

/** A round trip through one handle after the other. @param {Backend[]} backends @param {Snapshot} snapshot @param {number} times */
export async function roundTripAcross(backends, snapshot, times) {
  let used = 0;
  let next = 0;
  for (let time = 0; time < times; time += 1) {
    const backend = backends[next];
    next = next + 1 === backends.length ? 0 : next + 1;
    await backend.save(snapshot);
    used += length(await backend.load());
  }
  expect(used, times * snapshot.revision.length);
}

/** @param {Snapshot | null | undefined} snapshot */
function length(snapshot) {
  if (!snapshot) throw new Error('nothing was loaded');
  return snapshot.revision.length;
}

/** @param {number} used @param {number} expected */
function expect(used, expected) {
  if (used !== expected) throw new Error(`loads gave ${used} characters of revisions, and not ${expected}`);
}
