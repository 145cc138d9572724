import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { fromStorageState, toStorageState } from '../../examples/recipes/storage-state';
import { launchChromium } from './open-browser';

test("Chromium starts with what an area holds, and an area with what Chromium's storageState() gives", async () => {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<title>page</title>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchChromium();
  try {
    const area = new WebStorageArea({ origin, initial: { theme: 'dark', größe: 'ü' } });
    const context = await browser.newContext({ storageState: toStorageState(area) });
    const page = await context.newPage();
    await page.goto(origin);
    expect(await page.evaluate('({ ...localStorage })')).toEqual({ theme: 'dark', größe: 'ü' });
    await page.evaluate("localStorage.setItem('count', '1'); localStorage.removeItem('theme')");
    const next = fromStorageState(await context.storageState(), origin);
    expect({ ...next.openWindow().localStorage }).toEqual({ größe: 'ü', count: '1' });
    expect(fromStorageState(await context.storageState(), 'https://other.test').registry.size).toBe(0);
  } finally {
    await browser.close();
    server.close();
  }
});
