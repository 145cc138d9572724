// @ts-check
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { serve } from '../browser/serve.mjs';
import { version } from '../library.mjs';

const { CHROMIUM = '/usr/bin/chromium' } = process.env;

/**
 * @typedef {Awaited<ReturnType<typeof import('../browser/page.mjs').measureRoundTrips>>} PageRows
 * @typedef {{ browser: string, rows: PageRows } | { skipped: string }} BrowserResult
 */

/**
 * Round trips in headless Chromium, where there is one.
 * @param {import('../session.mjs').Session} session
 * @returns {Promise<BrowserResult>}
 */
export async function browser({ plan, seed }) {
  if (!existsSync(CHROMIUM)) return { skipped: `no browser at ${CHROMIUM}; CHROMIUM can name another` };
  const server = await serve();
  const launched = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await launched.newPage();
    await page.goto(server.url);
    const options = { rounds: plan.rounds, batchMs: plan.batchMs * 2, seed, dist: '/dist/index.js', version };
    // As text, so that the import is resolved in the page.
    const call = `import('/bench/browser/page.mjs').then((page) => page.measureRoundTrips(${JSON.stringify(options)}))`;
    return { browser: `Chromium ${launched.version()}`, rows: /** @type {PageRows} */ (await page.evaluate(call)) };
  } finally {
    await launched.close();
    server.close();
  }
}
