import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { root } from './installed-package';

const { CHROMIUM = '/usr/bin/chromium' } = process.env;

const PAGE = `<!doctype html>
<link rel="icon" href="data:," />
<script type="importmap">{ "imports": {
  "shared-memory-registry": "/dist/index.js",
  "shared-memory-registry/testing": "/dist/testing.js",
  "shared-memory-registry/web-storage": "/dist/web-storage.js",
  "shared-memory-registry/simulation": "/dist/simulation.js",
  "fast-check": "/node_modules/fast-check/lib/fast-check.js",
  "pure-rand/": "/node_modules/pure-rand/lib/esm/"
} }</script>`;

/** Addresses of pages: a test may open a second one. */
const PAGES = ['/', '/other'];

/** A page in a headless browser, which can import what was built, the fixtures, and what supports the tests. */
export interface OpenBrowser {
  /** What a function of a fixture resolves with, in the page. Its argument must be one that JSON can write. */
  inPage(fixture: string, name: string, argument?: unknown): Promise<unknown>;
  /** What the page has reported since this was last asked. */
  takeProblems(): string[];
  close(): Promise<void>;
}

export async function openBrowser(): Promise<OpenBrowser> {
  const server = createServer(({ url = '/' }, response) => {
    const text = PAGES.includes(url) ? PAGE : readModule(url);
    if (text === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', text === PAGE ? 'text/html' : 'text/javascript').end(text);
  });
  const browser = await launchChromium();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  return {
    // As text, so that Jest's compiler leaves the import alone.
    inPage: (fixture, name, argument) =>
      page.evaluate(
        `import('/__tests__/dist/fixtures/${fixture}.mjs').then((fixture) => fixture.${name}(${JSON.stringify(argument)}))`,
      ),
    takeProblems: () => problems.splice(0),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
}

/** The JavaScript of a module, found as TypeScript finds it: its address may lack the extension. */
function readModule(url: string): string | undefined {
  const path = join(root, normalize(url));
  const file = [path, `${path}.ts`, `${path}.js`].find((file) => /\.(ts|m?js)$/.test(file) && existsSync(file));
  if (file === undefined) return undefined;
  const text = readFileSync(file, 'utf8');
  const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext };
  return file.endsWith('.ts') ? transpileModule(text, { compilerOptions }).outputText : text;
}
