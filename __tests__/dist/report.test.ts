import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { root } from './installed-package';
import { launchChromium } from './open-browser';

const FIXTURES = '__tests__/dist/fixtures';
const RUNNERS = {
  node: ['--test', `${FIXTURES}/runners/report-node.test.mjs`],
  vitest: ['node_modules/vitest/vitest.mjs', 'run', `${FIXTURES}/runners/report-vitest.test.mjs`],
};

let browser: Browser;
let folder: string;

const fileOf = (runner: string) => join(folder, `${runner}.html`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  for (const [runner, args] of Object.entries(RUNNERS)) {
    const env = { ...process.env, REPORT: fileOf(runner) };
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
    if (status !== 0) throw new Error(stdout);
  }
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

async function withPage(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(pathToFileURL(fileOf('node')).href);
  await use(page);
  await context.close();
}

/** The step that is chosen, and what is stored then. */
const chosen = (page: Page) => page.locator('.recording-moment:visible');

test('the page is the same under Vitest and node:test, and loads nothing', async () => {
  expect(readFileSync(fileOf('vitest'), 'utf8')).toBe(readFileSync(fileOf('node'), 'utf8'));
  const context = await browser.newContext();
  const page = await context.newPage();
  const [requests, problems]: string[][] = [[], []];
  page.on('request', (request) => requests?.push(request.url()));
  page.on('console', (message) => problems?.push(message.text()));
  page.on('pageerror', (error) => problems?.push(String(error)));
  await page.goto(pathToFileURL(fileOf('node')).href);
  expect(requests?.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(fileOf('node')).href]);
  expect(problems).toEqual([]);
  await context.close();
});

test('without JavaScript: the failure, the lanes, each step, and what is stored at the end', () =>
  withPage({ javaScriptEnabled: false }, async (page) => {
    const text = await page.locator('main').innerText();
    for (const shown of ['Schedule', 'Expected 3 items', "replay: 'order:", 'tab-1', 'tab-2', 'worker', 'storage']) {
      expect(text).toContain(shown);
    }
    expect(await page.locator('.recording-step > label').count()).toBe(5);
    expect(await chosen(page).innerText()).toContain('Step 5 of 5');
    expect(await chosen(page).innerText()).toContain('<b>bold</b> & \\"quoted\\"');
    expect(await page.locator('main b:not([aria-hidden])').count()).toBe(0);
  }));

test('one steps back and forward by the keyboard, and by the mouse, without JavaScript', () =>
  withPage({ javaScriptEnabled: false }, async (page) => {
    const step = async () => (await chosen(page).locator('strong').innerText()).replace('Step ', '');
    while (!(await page.locator('input:focus').count())) await page.keyboard.press('Tab');
    const steps = [await step()];
    for (let times = 0; times < 3; times += 1) {
      await page.keyboard.press('ArrowUp');
      steps.push(await step());
    }
    await page.keyboard.press('ArrowDown');
    steps.push(await step());
    await chosen(page).getByText('Next →').click();
    steps.push(await step());
    await chosen(page).getByText('← Back').click();
    steps.push(await step());
    await page.locator('.recording-step > label').first().click();
    steps.push(await step());
    expect(steps).toEqual(['5 of 5', '4 of 5', '3 of 5', '2 of 5', '3 of 5', '4 of 5', '3 of 5', '1 of 5']);
  }));

test('the contents are those after the step: an item that is there, and then lost', () =>
  withPage({}, async (page) => {
    const items = async (number: number) => {
      await page
        .locator('.recording-step > label')
        .nth(number - 1)
        .click();
      const { items } = JSON.parse(await chosen(page).locator('dl pre').first().innerText());
      return [items.length, items.at(-1), await chosen(page).locator('em').allInnerTexts()];
    };
    expect([await items(1), await items(2), await items(3), await items(4), await items(5)]).toEqual([
      [1, 'pen', ['new']],
      [1, 'pen', []],
      [1, 'pen', []],
      [2, 'cup', ['changed']],
      [2, 'book', ['changed']],
    ]);
  }));

test.each([['light'], ['dark']] as const)('no rule of accessibility is broken: %s, wide and narrow', (colorScheme) =>
  withPage({ colorScheme }, async (page) => {
    await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.locator('.recording-step > label').nth(1).click();
      const violations = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))',
      );
      expect(violations).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  }),
);

test('it is dark where the reader wants that', async () => {
  const ground = 'getComputedStyle(document.body).backgroundColor';
  await withPage({ colorScheme: 'dark' }, async (page) => expect(await page.evaluate(ground)).toBe('rgb(13, 17, 23)'));
  await withPage({ colorScheme: 'light' }, async (page) => expect(await page.evaluate(ground)).toBe('rgb(255, 255, 255)'));
});
