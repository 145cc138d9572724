// @ts-check
/** What takes part in the benchmark. Types only. */

/** @typedef {{ readonly revision: string, readonly data: unknown }} Snapshot */

/**
 * One key of a medium. Everyone is driven through these awaited calls.
 * @typedef {{ save(snapshot: Snapshot): Promise<unknown>, load(): Promise<Snapshot | null | undefined> }} Backend
 */

/**
 * A medium, empty.
 * @typedef {object} Medium
 * @property {(key: string) => Backend} getBackend
 * @property {(backend: any) => Promise<number | undefined>} [sizeOf] bytes of what was saved last, where it claims to know
 */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {'registry' | 'baseline' | 'copy' | 'peer'} group
 * @property {string} version
 * @property {boolean} isolates what is expected of it; the check before the measurement decides
 * @property {() => Medium | Promise<Medium>} open
 */

export {};
