// @ts-check
/** What the registry is meant to reach, as ratios by payload. */

/** A round trip over baseline. @type {Record<string, number>} */
export const overBaseline = { tiny: 0.62, small: 0.6, medium: 0.6, large: 0.5, text: 0.04, doubles: 0.07 };

/** A round trip over the fastest peer that isolates. @type {Record<string, number>} */
export const overFastestPeer = { tiny: 0.33, medium: 0.25, large: 0.22 };

/** A load over a bare Map's get: a tiny one of `structured`, any of `frozen`. */
export const tinyLoadOverBareMap = 1.35;
export const frozenLoadOverBareMap = 1.25;

export const handleBytes = 48;
export const keyOverBaseline = 0.75;
export const manyKeysOverBaseline = 1;

/** The explorer: so many schedules of three clients that each load and save, in so many ns. A point of reference. */
export const schedules = 90;
export const schedulesNs = 20e6;

/** Between 10 KB and 1 MB, to either side of the middle. */
export const nsPerByteSpread = 0.25;
