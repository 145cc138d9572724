/** The picture of docs/performance.md: a row for each payload, a dot for each contestant. */
import { ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { YARDSTICK } from './contestants.mjs';

use([ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

const INK = '#1f2328';
const MUTED = '#6e7781';

/** Tellable apart with a colour-blind eye (after Okabe and Ito). */
const COLOURS = {
  'packages that isolate': '#afb8c1',
  'Map, structuredClone': '#d55e00',
  'Map, JSON text': '#e69f00',
  'registry frozen': '#009e73',
  'registry structured': '#0072b2',
};

export function drawPicture({ operations }) {
  const trips = operations.filter(({ operation, leaks }) => operation === 'round trip' && !leaks);
  const payloads = [...new Set(trips.map(({ payload }) => payload))];
  const dots = Object.entries(COLOURS).map(([name, color]) => ({
    type: 'scatter',
    name,
    symbolSize: name === 'registry structured' ? 16 : 10,
    itemStyle: { color },
    data: trips
      .filter((row) => (name === 'packages that isolate' ? row.isPeer : row.name === name))
      .map(({ ratio, payload }) => [ratio, payloads.indexOf(payload)]),
  }));
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 860, height: 470 });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff', // reads the same on a dark page
    textStyle: { fontFamily: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif', color: INK },
    title: {
      text: `A round trip, as a ratio to "${YARDSTICK}"`,
      subtext: 'save and load, both awaited; CPU time; further left is faster; the line is the yardstick',
      left: 24,
      top: 16,
    },
    legend: { bottom: 14, left: 24, itemGap: 24, textStyle: { color: INK, fontSize: 12 } },
    grid: { left: 100, right: 40, top: 84, bottom: 84 },
    xAxis: { type: 'log', axisLabel: { color: MUTED }, splitLine: { lineStyle: { color: '#e6e9ec' } } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: payloads,
      axisTick: { show: false },
      axisLabel: { color: INK, fontSize: 13 },
    },
    series: dots.map((series) => ({
      ...series,
      markLine: {
        symbol: 'none',
        silent: true,
        label: { show: false },
        lineStyle: { color: INK, type: 'solid' },
        data: [{ xAxis: 1 }],
      },
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
