// @ts-check
import * as goals from '../goals.mjs';
import { size, times } from './format.mjs';
import { COLOURS, INK, logAxis, MUTED, title } from './plot-style.mjs';

const GOAL = '#1a7f37';
const LEAST = 0.003;
const MOST = 100;

/**
 * A round trip over baseline: a row for each payload, a dot for each contestant.
 * @param {import('../suites/operations.mjs').PayloadCosts[]} rows
 * @param {import('../checks.mjs').Verdict[]} contestants
 */
export function ratioByPayload(rows, contestants) {
  const isPeer = (/** @type {import('../checks.mjs').Verdict} */ { group, isolates }) => group === 'peer' && isolates;
  const own = Object.keys(COLOURS).filter((name) => name !== 'baseline' && name !== 'registry structured');
  // A bare Map's round trip takes no time to speak of for large values: that is off the scale.
  const points = (/** @type {string} */ name) =>
    rows.map(({ costs }, row) => [costs[name].overBaseline, row]).filter(([ratio]) => ratio >= LEAST);
  const peers = contestants.filter(isPeer);
  const peerName = `${peers.length} peers that isolate`;

  return {
    title: title(
      'A round trip, as a ratio to baseline',
      'save and load, both awaited; further left is faster; the bar is the goal',
    ),
    legend: {
      data: ['registry structured', 'goal', ...own, peerName],
      bottom: 14,
      left: 24,
      width: 780,
      itemGap: 30,
      itemWidth: 12,
      textStyle: { color: INK, fontSize: 12 },
    },
    grid: { left: 130, right: 40, top: 84, bottom: 116 },
    xAxis: { ...logAxis('', (value) => times(value)), min: LEAST, max: MOST },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ payload, bytes }) => `${payload}\n${size(bytes)}`),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: INK, fontSize: 13, lineHeight: 17 },
      splitLine: { show: true, lineStyle: { color: '#f3f4f6' } },
    },
    series: [
      { ...dots(peerName, '#afb8c1', 8), data: peers.flatMap(({ name }) => points(name)) },
      ...own.map((name) => ({
        ...dots(name, COLOURS[name], 10),
        data: points(name),
        ...(name.startsWith('bare') ? hollow : {}),
      })),
      {
        ...dots('goal', GOAL, 5),
        symbol: 'rect',
        symbolSize: [4, 34],
        data: rows.map(({ payload }, row) => [goals.overBaseline[payload], row]),
        markLine: {
          symbol: 'none',
          silent: true,
          lineStyle: { color: INK, type: 'solid', width: 1 },
          label: { formatter: 'baseline', position: 'start', color: MUTED, distance: 4 },
          data: [{ xAxis: 1 }],
        },
      },
      {
        ...dots('registry structured', COLOURS['registry structured'], 16),
        data: points('registry structured'),
        label: {
          show: true,
          position: 'top',
          distance: 4,
          color: COLOURS['registry structured'],
          fontWeight: 600,
          formatter: (/** @type {{ value: [number, number] }} */ { value: [ratio] }) => times(ratio),
        },
      },
    ],
  };
}

/** @param {string} name @param {string} color @param {number} symbolSize */
function dots(name, color, symbolSize) {
  return { type: 'scatter', name, symbol: 'circle', symbolSize, itemStyle: { color, opacity: 0.95 }, clip: false };
}

/** Leaks: it is there to show what nothing at all costs. */
const hollow = { itemStyle: { color: '#ffffff', borderColor: COLOURS['bare async Map'], borderWidth: 2 } };
