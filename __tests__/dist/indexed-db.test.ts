import { type OpenBrowser, openBrowser } from './open-browser';

jest.setTimeout(120_000);

/** A failing run says its seed: give it here to run the same values again. */
const { SEED = String(Date.now() % 2 ** 31) } = process.env;
const seed = Number(SEED);

let browser: OpenBrowser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser?.close());

afterEach(() => expect(browser.takeProblems()).toEqual([]));

test('1,000 values come out of the registry as they come out of IndexedDB and structuredClone, and share nothing', async () => {
  expect(await browser.inPage('indexed-db', 'storable', { numRuns: 1000, seed })).toEqual({
    kept: 1000,
    refused: 0,
    report: 'no difference',
  });
});

test('the registry refuses what IndexedDB refuses, and nothing else', async () => {
  const outcome = await browser.inPage('indexed-db', 'doubtful', { numRuns: 500, seed });

  expect(outcome).toEqual({ kept: expect.any(Number), refused: expect.any(Number), report: 'no difference' });
  expect((outcome as { refused: number }).refused).toBeGreaterThan(50);
});

test('objects of the platform are kept or refused as in IndexedDB, by structured and by strict, which refuses a Proxy too', async () => {
  const outcome = await browser.inPage('platform-objects', 'platformObjects', { numRuns: 1000, seed });

  expect(outcome).toEqual({ kept: expect.any(Number), refused: expect.any(Number), report: 'no difference' });
  const { kept, refused } = outcome as { kept: number; refused: number };
  expect(Math.min(kept, refused)).toBeGreaterThan(100);
});
