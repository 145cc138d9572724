// @ts-check
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dist } from '../library.mjs';

const bench = fileURLToPath(new URL('..', import.meta.url));

const PAGE = `<!doctype html>
<link rel="icon" href="data:," />
<script type="importmap">{ "imports": {
  "simple-statistics": "/bench/node_modules/simple-statistics/dist/simple-statistics.mjs",
  "pure-rand/distribution/uniformInt": "/bench/node_modules/pure-rand/lib/esm/distribution/uniformInt.js",
  "pure-rand/generator/xoroshiro128plus": "/bench/node_modules/pure-rand/lib/esm/generator/xoroshiro128plus.js"
} }</script>`;

/** Serves the bench and the built library to a page on this machine. */
export async function serve() {
  const server = createServer(async ({ url = '/' }, response) => {
    // Isolated from other origins, a page has a clock of 5 µs instead of 100.
    response.setHeader('cross-origin-opener-policy', 'same-origin').setHeader('cross-origin-embedder-policy', 'require-corp');
    if (url === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
    const [, folder, path] = /^\/(bench|dist)(\/.*\.m?js)$/.exec(normalize(url)) ?? [];
    try {
      const text = await readFile(join(folder === 'dist' ? dist : bench, path ?? '/missing'), 'utf8');
      return response.setHeader('content-type', 'text/javascript').end(text);
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
