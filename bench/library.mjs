/** The built library: `dist/`, or the folder that BENCH_DIST names, to compare two builds. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = resolve(process.env.BENCH_DIST ?? fileURLToPath(new URL('../dist', import.meta.url)));
if (!existsSync(`${dist}/index.js`)) throw new Error(`There is no built library in ${dist}: run \`npm run build\` first.`);

export const library = await import(pathToFileURL(`${dist}/index.js`).href);
export const simulation = await import(pathToFileURL(`${dist}/simulation.js`).href);
