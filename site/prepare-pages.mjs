/** Makes `pages/` of docs/, the changelog and the front page. What is generated is not edited. */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = new URL('../docs/', import.meta.url).pathname;
const pages = new URL('pages/', import.meta.url).pathname;

rmSync(pages, { recursive: true, force: true });
mkdirSync(pages);
for (const file of readdirSync(docs).filter((name) => name.endsWith('.md'))) {
  writeFileSync(join(pages, file), toSite(readFileSync(join(docs, file), 'utf8')));
}
cpSync(join(docs, 'performance'), join(pages, 'performance'), { recursive: true });
writeFileSync(join(pages, 'changelog.md'), toSite(readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8')));
writeFileSync(join(pages, 'index.md'), readFileSync(new URL('front.md', import.meta.url), 'utf8'));

/** Links out of docs/ lead to pages of the site. */
function toSite(text) {
  return text.replaceAll('](../README.md', '](index.md').replaceAll('](../CHANGELOG.md', '](changelog.md');
}
