import { afterAll, beforeAll, expect, test } from 'vitest';
import { Accounts } from '../accounts';

let accounts: Accounts;
beforeAll(async () => {
  accounts = await Accounts.open(process.env['VITEST_POOL_ID'] ?? 1);
});
afterAll(() => accounts.close());

test('signs in', async () => {
  expect(await accounts.take()).toMatch(/^account-\d+@example.com$/);
});
