import { type OpenBrowser, openBrowser } from './open-browser';

jest.setTimeout(180_000);

/** A failing run says its seed: give it here to run the same operations again. */
const { SEED = String(Date.now() % 2 ** 31) } = process.env;
const seed = Number(SEED);

let browser: OpenBrowser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser?.close());

afterEach(() => expect(browser.takeProblems()).toEqual([]));

test('two windows give, throw and hear what two pages of the browser do, for 20,000 operations', async () => {
  const outcome = await browser.inPage('web-storage', 'compareStorage', { numRuns: 400, length: 50, seed });

  expect(outcome).toEqual({
    operations: 20_000,
    thrown: expect.any(Number),
    events: expect.any(Number),
    report: 'no difference',
  });
  const { thrown, events } = outcome as { thrown: number; events: number };
  expect(Math.min(thrown, events)).toBeGreaterThan(1000);
});

test("a page and its frame share sessionStorage as the browser's do, and a page that it opens keeps a copy", async () => {
  const outcome = await browser.inPage('web-storage', 'compareSessions', { numRuns: 100, length: 50, seed });

  const contents = [{ draft: 'tea' }, { draft: 'tea' }];
  expect(outcome).toEqual({
    operations: 5000,
    thrown: expect.any(Number),
    events: expect.any(Number),
    report: 'no difference',
    copied: contents,
    kept: contents,
  });
  expect((outcome as { events: number }).events).toBeGreaterThan(250);
});

test('a window refuses what does not fit where the browser refuses it, to the code unit', async () => {
  const outcome = await browser.inPage('web-storage', 'compareQuota', { numRuns: 60, seed });

  expect(outcome).toEqual({ stored: expect.any(Number), refused: expect.any(Number), report: 'no difference' });
  expect((outcome as { refused: number }).refused).toBeGreaterThan(20);
});
