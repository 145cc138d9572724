const { area } = require('shared-memory-registry/auto');
const { theme } = require('./theme.cjs');

test('the theme is stored', () => {
  theme.current = 'dark';
  expect(area).toHaveStored('theme', 'dark');
  expect({ ...localStorage }).toEqual({ theme: 'dark' });
});

test('every test starts with an empty storage', () => {
  expect(theme.current).toBe('light');
});

test('a call is seen by a spy on the prototype', () => {
  const setItem = jest.spyOn(Storage.prototype, 'setItem');
  theme.current = 'dark';
  expect(setItem).toHaveBeenLastCalledWith('theme', 'dark');
});

test('another tab has the same theme, and is notified', async () => {
  const other = area.openWindow();
  const listener = jest.fn();
  other.addEventListener('storage', listener);
  theme.current = 'dark';
  await area.settled();
  expect(other.localStorage.getItem('theme')).toBe('dark');
  expect(listener).toHaveBeenCalledTimes(1);
});

test('a full storage is an error', () => {
  expect(() => {
    theme.current = 'x'.repeat(6_000_000);
  }).toThrow(expect.objectContaining({ name: 'QuotaExceededError' }));
  expect(theme.current).toBe('light');
});
