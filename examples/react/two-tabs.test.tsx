import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { area } from 'shared-memory-registry/auto';
import { Counter } from './counter';

/** Once in the tab of the globals, and once in another one. */
function openTwo() {
  const other = area.openWindow() as unknown as Window;
  render(<Counter label="this tab" />);
  render(<Counter label="other tab" page={other} />);
}

const shown = () => screen.getAllByRole('button').map(({ textContent }) => textContent);
const click = (label: string) => fireEvent.click(screen.getByText(new RegExp(label)));

afterEach(cleanup);

test('a click in one tab is shown in both', async () => {
  openTwo();
  click('this tab');
  expect(shown()).toEqual(['this tab: 1', 'other tab: 0']); // not notified yet
  await act(() => area.settled());
  expect(shown()).toEqual(['this tab: 1', 'other tab: 1']);
});

test('of two clicks at once, one is lost', async () => {
  openTwo();
  click('this tab');
  click('other tab');
  await act(() => area.settled());
  expect(shown()).toEqual(['this tab: 1', 'other tab: 1']);
});
