import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { root } from './installed-package';
import { launchChromium } from './open-browser';

jest.setTimeout(120_000);

const SITE = join(root, 'site/.vitepress/dist');
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' },
};

let browser: Browser;
let server: Server;
let address: string;
/** Bytes that were sent, compressed. */
let sent = 0;

beforeAll(async () => {
  if (!existsSync(SITE)) throw new Error('The site is not built: npm run site');
  server = createServer(({ url = '/' }, response) => {
    const path = join(SITE, normalize(decodeURIComponent(url.split('?')[0] ?? '')));
    const file = path.endsWith('/') ? `${path}index.html` : path;
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const body = readFileSync(file);
    sent += file.endsWith('.woff2') ? body.length : gzipSync(body).length;
    response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain').end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Opens a page of the site. Whatever its console says fails the test. */
async function withPage(path: string, use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(address + path, { waitUntil: 'networkidle' });
  await use(page);
  await context.close();
  expect(problems).toEqual([]);
}

const get = (page: Page, name: string) => page.locator(`[data-test="${name}"]`);
const statusOf = (page: Page) => get(page, 'status').innerText();

async function run(page: Page): Promise<string> {
  await get(page, 'run').click();
  await page.locator('.outcome:is(.passed, .failed, .error)').waitFor();
  return statusOf(page);
}

/** Puts code into the editor. */
async function edit(page: Page, code: string): Promise<void> {
  if (await get(page, 'edit').isVisible()) await get(page, 'edit').click();
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(code);
}

test('the front page loads less than 300 kB, compressed, before the editor is opened', async () => {
  sent = 0;
  await withPage('/', async (page) => {
    expect(await page.locator('h1').innerText()).toContain('two tabs, clients or workers share one storage');
  });
  expect(sent).toBeGreaterThan(10_000);
  expect(sent).toBeLessThan(300_000);
});

test.each([
  ['counter', 'Count in', ['1', '2']],
  ['cart', 'Add an item in', ['["tea"]', '["tea","milk"]']],
])('two tabs: a %s follows the other tab, and loses a change while events are held', (app, button, [one, both]) =>
  withPage('/', async (page) => {
    const click = (tab: number) => page.getByText(`${button} tab-${tab}`).click();
    const stored = () => get(page, 'stored').locator('dd').first().innerText();
    await get(page, 'app').selectOption(app);
    await click(1);
    await page.locator('.events li:not(.waiting)').waitFor();
    await click(2);
    expect(await stored()).toBe(both);

    await get(page, 'restart').click();
    await get(page, 'hold').click();
    await click(1);
    await click(2);
    expect(await stored()).toBe(one);
    await get(page, 'release').click();
    await page.locator('.events li.waiting').waitFor({ state: 'detached' });
  }),
);

test('two tabs: a form is the same in both', () =>
  withPage('/', async (page) => {
    await get(page, 'app').selectOption('form');
    await page.locator('[data-test="tab-1"] textarea').fill('Dear Ann');
    await page.locator('.events li:not(.waiting)').first().waitFor();
    await page.waitForFunction(`document.querySelector('[data-test="tab-2"] textarea').value === 'Dear Ann'`);
  }));

test.each(['clicks', 'cart', 'payment', 'stock'])(
  'the race finder: %s fails, is stepped through, and passes with its fix',
  (scenario) =>
    withPage('/', async (page) => {
      await get(page, 'scenario').selectOption(scenario);
      expect(await run(page)).toMatch(/^It fails in order \d+: Error: Expected/);
      const steps = await page.locator('.recording-step').count();
      expect(steps).toBeGreaterThan(1);
      await page.locator('.recording-step > input:checked').focus();
      await page.keyboard.press('ArrowUp');
      expect(await page.locator('.recording-moment:visible strong').innerText()).toBe(`Step ${steps - 1} of ${steps}`);

      await get(page, 'fix').click();
      await page.locator('.outcome.passed').waitFor();
      expect(await statusOf(page)).toMatch(/^It passes in every order: \d+ orders?\.$/);
    }),
);

test('by the keyboard alone: a scenario is run, and its fix applied', () =>
  withPage('/', async (page) => {
    await get(page, 'scenario').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.outcome.failed').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.outcome.passed').waitFor();
  }));

test('a reader edits a scenario; what is wrong with it is said', () =>
  withPage('/', async (page) => {
    await edit(page, 'export default async function scenario({ registry }) {\n  await registry.getBackend("x").load();\n}\n');
    expect(await run(page)).toBe('It passes in every order: 1 order.');
    await edit(page, 'export default async function scenario( {\n');
    expect(await run(page)).toMatch(/^SyntaxError: /);
    await edit(page, "import { readFileSync } from 'node:fs';\nexport default async () => {};\n");
    expect(await run(page)).toBe('Error: Only shared-memory-registry can be imported here, not node:fs');
    await edit(page, 'export const other = 1;\n');
    expect(await run(page)).toContain('expected a scenario that is a function, got undefined');
  }));

test('a scenario that never ends is stopped, and another one can be run', () =>
  withPage('/', async (page) => {
    await edit(page, 'export default async function scenario() {\n  for (;;) {}\n}\n');
    await get(page, 'run').click();
    await get(page, 'stop').click();
    expect(await statusOf(page)).toBe('Stopped after 0 orders.');
    await edit(page, 'export default async ({ registry }) => void (await registry.getBackend("x").load());\n');
    expect(await run(page)).toMatch(/^It passes/);
  }));

test('the number of orders counts up', () =>
  withPage('/', async (page) => {
    const code = `export default async ({ registry }) => {
  const clients = ['a', 'b', 'c', 'd', 'e'].map((client) => registry.getBackend('x', { client }));
  await Promise.all(clients.map(async (one) => {
    await one.load();
    await one.save({ revision: '1', data: 1 });
  }));
};
`;
    await edit(page, code);
    await get(page, 'run').click();
    await page.waitForFunction(`/^[1-9]\\d* orders so far/.test(document.querySelector('[data-test="status"]').textContent)`);
    await get(page, 'stop').click();
    expect(await statusOf(page)).toMatch(/^Stopped after [1-9]\d* orders\.$/);
  }));

test('a link holds the scenario', async () => {
  const code =
    'export default async ({ registry }) => {\n  await registry.getBackend("ключ").load();\n  throw new Error("as shared");\n};\n';
  let link = '';
  await withPage('/', async (page) => {
    await edit(page, code);
    await get(page, 'share').click();
    link = page.url().replace(address, '');
  });
  expect(link).toContain('#scenario=');
  await withPage(link, async (page) => expect(await run(page)).toContain('Error: as shared'));
  await withPage('/#scenario=@', async (page) => {
    await page.locator('.outcome.error').waitFor();
    expect(await statusOf(page)).toBe('The link holds no scenario: it may have been cut.');
  });
});

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)('no rule of axe-core is broken, and nothing is wider than the window: %s, %i pixels', (colorScheme, width) =>
  withPage(
    '/',
    async (page) => {
      await run(page);
      await get(page, 'edit').click();
      await page.locator('.cm-content').waitFor();
      await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
      const violations = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]))',
      );
      expect(violations).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    },
    { colorScheme, viewport: { width, height: 900 } },
  ),
);

test.each([
  '/getting-started.html',
  '/finding-races.html',
  '/gallery.html',
  '/registry.html',
  '/simulating-failures.html',
  '/api/',
  '/api/simulation/functions/explore.html',
])('%s is there, and says nothing on the console', (path) =>
  withPage(path, async (page) => {
    expect(await page.locator('main h1').first().innerText()).not.toBe('');
    // Diagrams are drawn.
    expect(await page.locator('main').innerText()).not.toContain('sequenceDiagram\n  participant');
  }),
);

test('the search finds a page', () =>
  withPage('/getting-started.html', async (page) => {
    await page.keyboard.press('Control+k');
    await page.locator('.search-input').fill('preemption');
    await page.locator('.VPLocalSearchBox .result').first().waitFor();
    expect(await page.locator('.VPLocalSearchBox .results').innerText()).toContain('Random and bounded search');
  }));
