import { chain } from '../backend/awaitable';
import type { Awaitable } from '../contracts';
import { StorageError } from '../errors';
import { findTestRunner, type TestRunner } from '../test-runner/current-runner';
import { type StorageWindow, WebStorageArea } from '../web-storage/index';

const { location } = globalThis as { readonly location?: { readonly origin?: string } };

/** Where test files share their modules, this one may be run for each of them: what modules have kept of the storage must stay. */
const SHARED: unique symbol = Symbol.for('shared-memory-registry.auto');

const shared = globalThis as { [SHARED]?: { readonly area: WebStorageArea; tab: StorageWindow } };

/** The origin whose storage each test finds empty. Open another tab of it by `area.openWindow()`. */
export const area: WebStorageArea =
  shared[SHARED]?.area ?? new WebStorageArea({ origin: location?.origin?.startsWith('http') ? location.origin : undefined });

/** The tab whose storage the globals are. */
export let tab: StorageWindow = shared[SHARED]?.tab ?? openTab();

/** When the runner is set up to start every test with an empty storage. */
export const isReady: Awaitable<void> = chain(findTestRunner(), resetBeforeEach);

function openTab(): StorageWindow {
  const window = area.openWindow();
  window.install();
  shared[SHARED] = { area, tab: window };
  return window;
}

function resetBeforeEach({ beforeEach }: TestRunner): void {
  if (beforeEach !== undefined) return void beforeEach(reset);
  throw new StorageError('ERR_INVALID_OPTION', {
    operation: 'shared-memory-registry/auto',
    expected:
      'a runner with beforeEach: import it in setupFilesAfterEnv of Jest, in setupFiles of Vitest, or by --import of node --test',
    received: 'none',
  });
}

/** The tab stays, and with it what modules have kept of its storage, unless a test has closed it. */
async function reset(): Promise<void> {
  for (const window of area.windows) if (window !== tab) window.close();
  if (tab.closed) tab = openTab();
  area.blocked = false;
  area.reset();
  await area.settled();
}
