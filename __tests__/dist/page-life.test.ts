import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';
import { launchChromium } from './open-browser';

const TYPES = ['unload', 'visibilitychange', 'beforeunload', 'pagehide'];

let browser: Browser;
let server: Server;

beforeAll(async () => {
  server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><body></body>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  server.close();
});

/** Each listener saves what it is notified of, as code that flushes its state does. */
function listen(page: Pick<StorageWindow, 'addEventListener' | 'localStorage'>, name: string, types: readonly string[]): void {
  for (const type of types) {
    page.addEventListener(type, ({ bubbles, cancelable, currentTarget }) => {
      const line = [name, type, bubbles, cancelable, (currentTarget as unknown) === page].join(' ');
      page.localStorage.setItem('log', `${page.localStorage.getItem('log') ?? ''}${line}\n`);
    });
  }
}

/** The code of a page that listens in itself and in a frame. */
const LISTEN = `(async () => {
  ${listen};
  const frame = document.body.appendChild(document.createElement('iframe'));
  await new Promise((resolve) => { frame.onload = resolve; frame.src = '/frame'; });
  listen(window, 'page', ${JSON.stringify(TYPES)});
  listen(frame.contentWindow, 'frame', ${JSON.stringify(TYPES)});
})()`;

test.each(['reload', 'close'] as const)(
  '%s: listeners of a page and its frame save the same, in the same order, as in Chromium',
  async (way) => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const context = await browser.newContext();
    const [page, other] = [await context.newPage(), await context.newPage()];
    for (const opened of [page, other]) await opened.goto(origin);
    await page.evaluate(LISTEN);
    if (way === 'reload') await page.reload();
    else await page.close({ runBeforeUnload: true });
    await other.waitForFunction("localStorage.getItem('log')?.includes('frame unload')");
    const theirs = await other.evaluate("localStorage.getItem('log')");

    const area = new WebStorageArea({ origin });
    const tab = area.openWindow();
    const frame = tab.openFrame();
    listen(tab, 'page', TYPES);
    listen(frame, 'frame', TYPES);
    tab[way]();
    expect(area.openWindow().localStorage.getItem('log')).toBe(theirs);
    expect(String(theirs).trim().split('\n')).toHaveLength(8);
  },
);

test('a page that is opened with noopener starts with an empty sessionStorage, and one without it with a copy', async () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin);
  const contents: unknown[] = [];
  for (const features of ['', 'noopener']) {
    await page.evaluate("sessionStorage.setItem('draft', 'tea')");
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate(`void open('/other', '_blank', '${features}')`),
    ]);
    await opened.waitForURL('**/other');
    contents.push(await opened.evaluate('({ ...sessionStorage })'));
  }
  const area = new WebStorageArea({ origin });
  const opener = area.openWindow({ sessionStorage: { draft: 'tea' } });
  expect([area.openWindow({ opener }), area.openWindow()].map(({ sessionStorage }) => ({ ...sessionStorage }))).toEqual(contents);
});
