import { expect, test } from '@playwright/test';
import { Accounts } from '../accounts';

let accounts: Accounts;
test.beforeAll(async () => {
  accounts = await Accounts.open(test.info().parallelIndex);
});
test.afterAll(() => accounts.close());

test('signs in', async () => {
  expect(await accounts.take()).toMatch(/^account-\d+@example.com$/);
});
