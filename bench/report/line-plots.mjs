// @ts-check
import { duration, size } from './format.mjs';
import { COLOURS, logAxis, title } from './plot-style.mjs';

/** @param {NonNullable<import('../suites/index.mjs').Results['sizes']>} rows */
export function costByPayloadSize(rows) {
  return {
    ...lines(
      rows,
      ({ bytes }) => bytes,
      (cost) => cost.nsPerByte,
    ),
    title: title('A round trip, by size of the payload', 'ns for each byte of the JSON text; lower is faster'),
    xAxis: { ...logAxis('size of the payload', size), nameGap: 30, min: 100 },
    yAxis: { ...logAxis('ns for each byte', String), nameGap: 44 },
  };
}

/** @param {NonNullable<import('../suites/index.mjs').Results['keys']>} rows */
export function costByKeys(rows) {
  return {
    ...lines(
      rows,
      ({ keys }) => keys,
      (cost) => cost.ns,
    ),
    title: title('A round trip, by number of keys', 'a tiny value, keys picked at random; lower is faster'),
    xAxis: { ...logAxis('keys stored', (value) => value.toLocaleString('en')), nameGap: 30 },
    yAxis: { ...logAxis('one round trip', duration), nameGap: 52 },
  };
}

/**
 * A line for each contestant, named at its end.
 * @template Cost
 * @template {{ costs: Record<string, Cost> }} Row
 * @param {Row[]} rows
 * @param {(row: Row) => number} x
 * @param {(cost: Cost) => number} y
 */
function lines(rows, x, y) {
  return {
    grid: { left: 84, right: 180, top: 84, bottom: 60 },
    series: Object.keys(rows[0].costs).map((name) => ({
      type: 'line',
      name,
      data: rows.map((row) => [x(row), y(row.costs[name])]),
      symbol: 'circle',
      symbolSize: 6,
      lineStyle: { width: name === 'registry structured' ? 3.5 : 2 },
      color: COLOURS[name],
      z: name === 'registry structured' ? 3 : 2,
      endLabel: {
        show: true,
        formatter: name,
        color: COLOURS[name],
        fontSize: 13,
        fontWeight: name.startsWith('registry') ? 600 : 400,
        distance: 10,
      },
      labelLayout: { moveOverlap: 'shiftY' },
    })),
  };
}
