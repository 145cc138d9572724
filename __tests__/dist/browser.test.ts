import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { root } from './installed-package';

jest.setTimeout(60_000);

const { CHROMIUM = '/usr/bin/chromium' } = process.env;

const PAGE = `<!doctype html>
<link rel="icon" href="data:," />
<script type="importmap">{ "imports": {
  "shared-memory-registry": "/dist/index.js",
  "shared-memory-registry/testing": "/dist/testing.js"
} }</script>`;

let server: Server;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  server = createServer(({ url = '/' }, response) => {
    const path = join(root, normalize(url));
    if (url === '/') response.setHeader('content-type', 'text/html').end(PAGE);
    else if (/\.m?js$/.test(url) && existsSync(path)) {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(path));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await browser?.close();
  server.close();
});

afterEach(() => expect(problems.splice(0)).toEqual([]));

/** What a function of a fixture resolves with, in the page. As text, so that Jest's compiler leaves the import alone. */
function inPage(fixture: string, name: string): Promise<unknown> {
  return page.evaluate(`import('/__tests__/dist/fixtures/${fixture}.mjs').then((fixture) => fixture.${name}())`);
}

test('the documented example runs in a browser', async () => {
  expect(await inPage('seed-example', 'seedExample')).toEqual({
    snapshotA: { revision: '1', data: { count: 1 } },
    snapshotB: { revision: '1', data: { count: 2 } },
    afterwards: null,
  });
});

test('data that JSON cannot say is kept in a browser, and copied', async () => {
  expect(await inPage('structured-data', 'structuredData')).toEqual({
    date: 0,
    map: [1],
    bytes: [1, 65535],
    cycle: true,
    shared: false,
  });
});

test('the backend contract is kept in a browser', async () => {
  expect(await inPage('contract', 'failures')).toEqual([]);
});
