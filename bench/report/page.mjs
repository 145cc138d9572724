// @ts-check
/** Fills docs/performance.md: what stands between `<!-- name -->` and `<!-- /name -->` is written from the results. */
import { readFile, writeFile } from 'node:fs/promises';
import { suiteNames } from '../suites/index.mjs';
import { sections } from './sections.mjs';

/** @param {import('../run.mjs').Report} report of a run of all suites @param {string} file */
export async function writePage(report, file) {
  const missing = suiteNames.find((name) => !report.suites[name]);
  if (missing) throw new Error(`The page shows every suite, and these results have no '${missing}'.`);

  const unplaced = new Map(Object.entries(sections(report)));
  const page = await readFile(file, 'utf8');
  const filled = page.replace(/(<!-- ([\w-]+) -->)\n.*?(<!-- \/\2 -->)/gs, (_all, begin, name, end) => {
    const section = unplaced.get(name);
    if (!unplaced.delete(name)) throw new Error(`${file} has a place for '${name}', or two, and nothing is written about it.`);
    return `${begin}\n\n${section}\n\n${end}`;
  });
  if (unplaced.size > 0) throw new Error(`${file} has no place for ${[...unplaced.keys()].join(', ')}.`);
  await writeFile(file, filled);
}
