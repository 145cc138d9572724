// @ts-check

/** Two digits that matter: 0.0063 ×, 0.58 ×, 12 ×. @param {number} ratio */
export function times(ratio) {
  return Number.isFinite(ratio)
    ? `${ratio >= 100 ? Math.round(ratio) : Number(ratio.toPrecision(ratio >= 0.1 && ratio < 10 ? 3 : 2))} ×`
    : '';
}

/** @param {number} ns */
export function duration(ns) {
  if (ns < 1000) return `${Number(ns.toPrecision(3))} ns`;
  if (ns < 1e6) return `${Number((ns / 1e3).toPrecision(3))} µs`;
  return `${Number((ns / 1e6).toPrecision(3))} ms`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Number((bytes / 1e3).toPrecision(3))} KB`;
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}

/** @param {number} share */
export function percent(share) {
  return `${Number((share * 100).toPrecision(2))} %`;
}
