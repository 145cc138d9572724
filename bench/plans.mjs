// @ts-check
/**
 * How much is measured.
 * @typedef {object} Plan
 * @property {number} rounds
 * @property {number} batchMs
 * @property {number[]} keyCounts
 * @property {number[]} byteSizes
 * @property {number[]} listenerCounts
 * @property {number} memoryRuns
 * @property {string[]} [contestants] these alone; everyone if not given
 */

/** A full run. @type {Plan} */
export const full = {
  rounds: 21,
  batchMs: 8,
  keyCounts: [1e2, 1e3, 1e4, 1e5, 1e6],
  byteSizes: [1e2, 1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 1e7],
  listenerCounts: [1, 10, 100, 1000, 10_000],
  memoryRuns: 3,
};

/** Enough to see whether a change has made a difference. @type {Plan} */
export const quick = {
  rounds: 5,
  batchMs: 3,
  keyCounts: [1e2, 1e4, 1e5],
  byteSizes: [1e2, 1e4, 1e5, 1e6],
  listenerCounts: [1, 100, 10_000],
  memoryRuns: 1,
};

/** What the gate's rows need, and steady enough for them. @type {Plan} */
export const gate = {
  rounds: 21,
  batchMs: 4,
  keyCounts: [1e5],
  byteSizes: [],
  listenerCounts: [],
  memoryRuns: 3,
  // Of the peers, those that are fast enough to be the fastest.
  contestants: [
    'registry structured',
    'registry frozen',
    'baseline',
    'bare async Map',
    'happy-dom Storage + JSON',
    'localforage, memory',
    'memory-level, JSON',
    'unstorage, memory',
  ],
};
