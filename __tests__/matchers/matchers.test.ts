import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { matchers } from 'shared-memory-registry/matchers';
import { Journal, withJournal } from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import { thrown } from '../support/refusals';

const open = () =>
  new SharedMemoryRegistry<object>({
    initial: { theme: { revision: '7', data: { mode: 'dark', size: 3 } }, other: { revision: '1', data: {} } },
  });

/** What a failing expectation says, without colours. */
function complaint(action: () => unknown): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: of colours
  return String((thrown(action) as Error).message).replace(/\u001b\[\d+m/g, '');
}

describe('toHaveStored', () => {
  test('passes for what is stored, of a registry and of an area', () => {
    const registry = open();
    expect(registry).toHaveStored('theme');
    expect(registry).toHaveStored('theme', { mode: 'dark', size: 3 });
    expect(registry).toHaveStored('theme', expect.objectContaining({ size: expect.any(Number) }));
    expect(registry).not.toHaveStored('missing');
    expect(registry).not.toHaveStored('theme', { mode: 'light' });
    const area = new WebStorageArea({ initial: { theme: 'dark' } });
    expect(area).toHaveStored('theme', 'dark');
    expect(area).not.toHaveStored('theme', undefined);
  });

  test('its message names the keys that are stored', () => {
    expect(complaint(() => expect(open()).toHaveStored('thema'))).toBe(
      'expected "thema" to be stored\n\nStored keys: "theme", "other"',
    );
    expect(complaint(() => expect(new SharedMemoryRegistry()).toHaveStored('a', 1))).toContain('Nothing is stored.');
  });

  test('its message shows a difference', () => {
    const text = complaint(() => expect(open()).toHaveStored('theme', { mode: 'light', size: 3 }));
    expect(text).toMatch(/^expected "theme" to hold other data/);
    expect(text).toContain('-   "mode": "light",\n+   "mode": "dark",');
    expect(complaint(() => expect(open()).not.toHaveStored('theme'))).toContain('expected "theme" not to be stored');
    expect(complaint(() => expect(open()).not.toHaveStored('other', {}))).toBe('expected "other" not to hold {}');
  });

  test('of a registry that answers late, it answers late', async () => {
    const registry = open();
    const late = { peek: async (key: string) => registry.peek(key), keys: async () => registry.keys() };
    await expect(late).toHaveStored('theme', { mode: 'dark', size: 3 });
    await expect(late).not.toHaveStored('missing');
    await expect(async () => expect(late).toHaveStored('missing')).rejects.toThrow('Stored keys: ');
  });

  test.each([null, 'text', {}, new Map()])('%p is refused', (value) => {
    expect(thrown(() => expect(value).toHaveStored('a'))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      operation: 'toHaveStored',
    });
  });
});

test('toHaveRevision', () => {
  const registry = open();
  expect(registry).toHaveRevision('theme', '7');
  expect(registry).not.toHaveRevision('theme', '8');
  expect(complaint(() => expect(registry).toHaveRevision('theme', '8'))).toBe(
    'expected "theme" to have revision "8", and it has "7"',
  );
  expect(complaint(() => expect(registry).not.toHaveRevision('theme', '7'))).toBe(
    'expected "theme" not to have revision "7", and it has "7"',
  );
  expect(complaint(() => expect(registry).toHaveRevision('a', '8'))).toContain(
    'it is not stored\n\nStored keys: "theme", "other"',
  );
});

test('toBeLinearizable', async () => {
  const journal = new Journal();
  const registry = new SharedMemoryRegistry<number>({ Backend: withJournal(KeyedMemoryBackend, journal) });
  const handle = registry.getBackend('count', { client: 'tab' });
  await handle.save({ revision: '1', data: 1 });
  await handle.save({ revision: '2', data: 2 });
  await handle.load();
  expect(journal).toBeLinearizable();
  const stale = journal.entries.map((entry) =>
    entry.type === 'load' ? { ...entry, revision: '1' as typeof entry.revision } : entry,
  );
  expect(stale).not.toBeLinearizable();
  const text = complaint(() => expect(stale).toBeLinearizable());
  expect(text).toMatch(/^expected an order of effects that explains every answer, and there is none for "count":\n\ntab\n/);
  expect(text).toContain('load');
  expect(complaint(() => expect(journal).not.toBeLinearizable())).toContain('there is one');
  expect(thrown(() => expect(5).toBeLinearizable())).toMatchObject({ code: 'ERR_INVALID_OPTION', operation: 'toBeLinearizable' });
});

test('they can be handed to expect.extend, where no runner is found', () => {
  expect(Object.keys(matchers)).toEqual(['toHaveStored', 'toHaveRevision', 'toBeLinearizable']);
});
