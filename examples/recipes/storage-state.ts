import { WebStorageArea } from 'shared-memory-registry/web-storage';

/** What Playwright's `context.storageState()` gives, and `browser.newContext({ storageState })` takes. */
export interface StorageState {
  cookies: [];
  origins: { origin: string; localStorage: { name: string; value: string }[] }[];
}

/** What a browser has stored for an origin, as an area for tests without a browser. */
export function fromStorageState({ origins }: Pick<StorageState, 'origins'>, origin: string) {
  const found = origins.find((entry) => entry.origin === origin);
  const items = found?.localStorage.map(({ name, value }) => [name, value]) ?? [];
  return new WebStorageArea({ origin, initial: Object.fromEntries(items) });
}

/** What an area has stored, for a browser to start with. */
export function toStorageState({ origin, registry }: WebStorageArea): StorageState {
  const items = registry.entries().map(([name, { snapshot }]) => ({ name, value: snapshot.data }));
  return { cookies: [], origins: [{ origin, localStorage: items }] };
}
