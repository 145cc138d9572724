/** The table of docs/performance.md. */
import { YARDSTICK } from './contestants.mjs';

export function table({ operations, others, memory }) {
  return `${roundTrips(operations)}\n\n${rest(operations, others, memory)}`;
}

function roundTrips(rows) {
  const trips = rows.filter(({ operation }) => operation === 'round trip');
  const payloads = [...new Map(trips.map(({ payload, bytes }) => [payload, bytes]))];
  const names = [...new Set(trips.map(({ name }) => name))];
  const cell = (name, payload) => trips.find((row) => row.name === name && row.payload === payload);
  const lines = names
    .map((name) => ({ name, cells: payloads.map(([payload]) => cell(name, payload)) }))
    .sort((a, b) => Number(a.cells[0].leaks) - Number(b.cells[0].leaks) || a.cells[2].ratio - b.cells[2].ratio)
    .map(({ name, cells }) => [
      cells[0].leaks ? `${name} (leaks)` : name,
      ...cells.map(({ ratio, ns }) => (name === YARDSTICK ? `1 (${duration(ns)})` : rounded(ratio))),
    ]);
  return markdown(['round trip, CPU time', ...payloads.map(([payload, bytes]) => `${payload}, ${size(bytes)}`)], lines);
}

function rest(operations, others, memory) {
  const ours = (operation, payload) =>
    operations.find((row) => row.name === 'registry structured' && row.operation === operation && row.payload === payload);
  const lines = [
    ...['tiny', 'small', 'medium', 'large'].flatMap((payload) =>
      ['save', 'load'].map((operation) => [
        `${operation}, ${payload}, over that of a Map`,
        rounded(ours(operation, payload).ratio),
      ]),
    ),
    ...others.map(({ name, ratio }) => [name, rounded(ratio)]),
    ...memory.map(({ name, bytes }) => [name, String(Math.round(bytes))]),
  ];
  return markdown(['registry structured', 'ratio or bytes'], lines);
}

export function markdown(head, lines) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}

function rounded(value) {
  return String(Number(value.toPrecision(3)));
}

function duration(ns) {
  if (ns < 1000) return `${rounded(ns)} ns`;
  return ns < 1e6 ? `${rounded(ns / 1000)} µs` : `${rounded(ns / 1e6)} ms`;
}

function size(bytes) {
  return bytes < 1000 ? `${bytes} B` : `${rounded(bytes / 1000)} KB`;
}
