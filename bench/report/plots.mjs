// @ts-check
import { LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { costByKeys, costByPayloadSize } from './line-plots.mjs';
import { ratioByPayload } from './ratio-plot.mjs';

use([LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, LabelLayout, SVGRenderer]);

/**
 * The plots that these results are enough for: SVG text by name of file.
 * @param {Pick<import('../run.mjs').Report, 'suites' | 'contestants'>} report
 */
export function drawPlots({ suites: { roundtrip, sizes, keys }, contestants }) {
  /** @type {Record<string, string>} */
  const drawn = {};
  if (roundtrip) drawn['ratio-by-payload'] = draw(ratioByPayload(roundtrip, contestants), 520);
  if (sizes) drawn['cost-by-payload-size'] = draw(costByPayloadSize(sizes), 460);
  if (keys) drawn['cost-by-keys'] = draw(costByKeys(keys), 400);
  return drawn;
}

/** @param {import('echarts/core').EChartsCoreOption} option @param {number} height */
function draw(option, height) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 860, height });
  chart.setOption({ ...COMMON, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

/** A light ground of its own, so that it reads the same on a dark page. */
const COMMON = {
  animation: false,
  backgroundColor: '#ffffff',
  textStyle: { fontFamily: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif', color: '#1f2328' },
};
