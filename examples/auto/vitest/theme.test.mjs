import { area } from 'shared-memory-registry/auto';
import { expect, test, vi } from 'vitest';
import { theme } from './theme.mjs';

test('the theme is stored', () => {
  theme.current = 'dark';
  expect(area).toHaveStored('theme', 'dark');
  expect({ ...localStorage }).toEqual({ theme: 'dark' });
});

test('every test starts with an empty storage', () => {
  expect(theme.current).toBe('light');
});

test('a call is seen by a spy on the prototype', () => {
  const setItem = vi.spyOn(Storage.prototype, 'setItem');
  theme.current = 'dark';
  expect(setItem).toHaveBeenLastCalledWith('theme', 'dark');
});

test('another tab has the same theme, and is notified', async () => {
  const other = area.openWindow();
  const listener = vi.fn();
  other.addEventListener('storage', listener);
  theme.current = 'dark';
  await area.settled();
  expect(other.localStorage.getItem('theme')).toBe('dark');
  expect(listener).toHaveBeenCalledTimes(1);
});
