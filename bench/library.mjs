// @ts-check
/** The built library, from `dist/` or from the folder that BENCH_DIST names (to compare two builds). */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { registryContestants } from './contestants/registry.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @type {{ version: string }} */
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
export const { version } = manifest;

export const dist = resolve(process.env.BENCH_DIST ?? `${root}/dist`);

if (!existsSync(`${dist}/index.js`)) {
  console.error(`There is no built library in ${dist}: run \`npm run build\` first.`);
  process.exit(1);
}

/** @type {import('./contestants/registry.mjs').Library} */
export const library = await import(pathToFileURL(`${dist}/index.js`).href);

/** @type {import('../dist/simulation.js')} */
export const simulation = await import(pathToFileURL(`${dist}/simulation.js`).href);

export const registries = registryContestants(library, version);
