// @ts-check
/** How the plots look alike. */

export const INK = '#1f2328';
export const MUTED = '#6e7781';
export const GRID = '#e6e9ec';

/** A colour for each contestant, tellable apart with a colour-blind eye (after Okabe and Ito). @type {Record<string, string>} */
export const COLOURS = {
  'registry structured': '#0072b2',
  'registry frozen': '#009e73',
  'registry json': '#56b4e9',
  baseline: INK,
  'bare async Map': '#8c959f',
  'Map, recursive clone': '#cc79a7',
  'Map, JSON text': '#e69f00',
  'Map, structuredClone': '#d55e00',
};

/** @param {string} text @param {string} subtext */
export function title(text, subtext) {
  return {
    text,
    subtext,
    left: 24,
    top: 16,
    itemGap: 6,
    textStyle: { fontSize: 18, fontWeight: 600, color: INK },
    subtextStyle: { fontSize: 13, color: MUTED },
  };
}

/** @param {string} name @param {(value: number) => string} formatter */
export function logAxis(name, formatter) {
  return {
    type: 'log',
    name,
    nameLocation: 'middle',
    nameTextStyle: { fontSize: 13, color: MUTED },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { formatter, color: MUTED, fontSize: 12 },
    splitLine: { lineStyle: { color: GRID } },
  };
}
