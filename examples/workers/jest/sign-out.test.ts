import { Accounts } from '../accounts';

let accounts: Accounts;
beforeAll(async () => {
  accounts = await Accounts.open(process.env['JEST_WORKER_ID'] ?? 1);
});
afterAll(() => accounts.close());

test('signs out', async () => {
  expect(await accounts.take()).toMatch(/^account-\d+@example.com$/);
});
