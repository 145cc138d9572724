// @ts-check
import { parseArgs } from 'node:util';
import { suiteNames } from './suites/index.mjs';

export const HELP = `Measures the built library against a baseline and its peers.

  node bench/run.mjs [options]

  --quick          fewer and shorter rounds: under a minute, to see whether a change made a difference
  --only <suites>  these alone, separated by commas: ${suiteNames.join(', ')}
  --out <folder>   write JSON and plots there. Without it, only a full run writes:
                   bench/results/<Node's major version>.json, docs/performance/*.svg and the tables of
                   docs/performance.md
  --page <file>    measure nothing: write these plots and tables anew from the JSON of an earlier full run
  --seed <number>  of the order within rounds and of the keys picked; 1 if not given
  --help           this text

BENCH_DIST names another folder than dist/ to measure, CHROMIUM another browser than /usr/bin/chromium.`;

/** A wrong command line, said in one sentence. */
export class UsageError extends Error {}

/** @param {string[]} args */
export function readOptions(args) {
  const { quick, only, out, page, seed, help } = parse(args);
  const names = only?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !suiteNames.some((known) => known === name));
  if (unknown !== undefined) throw new UsageError(`There is no suite '${unknown}'. There are: ${suiteNames.join(', ')}.`);
  if (!/^\d{1,9}$/.test(seed)) throw new UsageError(`--seed takes a whole number, and not '${seed}'.`);
  return { quick, help, out, page, seed: Number(seed), only: /** @type {typeof suiteNames | undefined} */ (names) };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        out: { type: 'string' },
        page: { type: 'string' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message.split('\n')[0]);
  }
}
