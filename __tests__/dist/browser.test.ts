import { type OpenBrowser, openBrowser } from './open-browser';

let browser: OpenBrowser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser?.close());

afterEach(() => expect(browser.takeProblems()).toEqual([]));

test('the documented example runs in a browser', async () => {
  expect(await browser.inPage('seed-example', 'seedExample')).toEqual({
    snapshotA: { revision: '1', data: { count: 1 } },
    snapshotB: { revision: '1', data: { count: 2 } },
    afterwards: null,
  });
});

test('data that JSON cannot say is kept in a browser, and copied', async () => {
  expect(await browser.inPage('structured-data', 'structuredData')).toEqual({
    date: 0,
    map: [1],
    bytes: [1, 65535],
    cycle: true,
    shared: false,
  });
});

test('the backend contract is kept in a browser', async () => {
  expect(await browser.inPage('contract', 'failures')).toEqual([]);
});

test('the explorer finds in a browser what it finds in Node, in the same order', async () => {
  const [found, expected] = (await browser.inPage('explore', 'reportsAndExpected')) as [unknown, unknown];
  expect(found).toEqual(expected);
});
