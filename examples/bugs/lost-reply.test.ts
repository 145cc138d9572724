// A payment is made, but the answer is lost on its way. The app tries again, as it does after every error, and pays twice.
// The fix: a payment has an id, and one that was made already is not made again.

import { nextRevision } from 'shared-memory-registry';
import { type ExploreContext, type ExploreOptions, explore } from 'shared-memory-registry/simulation';
import { failureOf } from './failure-of';

interface Account {
  readonly balance: number;
  readonly paid: readonly string[];
}

type Pay = (account: Account, invoice: string, amount: number) => Account;

const pay: Pay = ({ balance, paid }, invoice, amount) => ({ balance: balance - amount, paid: [...paid, invoice] });

const payOnce: Pay = (account, invoice, amount) => (account.paid.includes(invoice) ? account : pay(account, invoice, amount));

async function retry<R>(action: () => Promise<R>): Promise<R> {
  try {
    return await action();
  } catch {
    return action();
  }
}

function onePayment(payWith: Pay) {
  return async ({ registry }: ExploreContext<Account>) => {
    const account = registry.getBackend('account', { client: 'app' });
    await retry(() =>
      account.update((current) => ({
        revision: nextRevision(current),
        data: payWith(current?.data ?? { balance: 0, paid: [] }, 'invoice-7', 30),
      })),
    );
    expect(registry.peek('account')?.snapshot.data.balance).toBe(70);
  };
}

const options: ExploreOptions<Account> = {
  initial: { account: { revision: '0', data: { balance: 100, paid: [] } } },
  faults: { kinds: ['lost reply'] },
};

test('a payment that is tried again is made twice if only its answer was lost', async () => {
  const failure = await failureOf(explore(onePayment(pay), options));

  expect(failure.cause).toMatchObject({ matcherResult: { actual: 40, expected: 70 } });
  expect(failure.timeline).toBe(
    `
app
──────────────────────────────────
update 1: {"balance":70,"paid":["…
update ✗ lost reply
update 2: {"balance":40,"paid":["…
`.trim(),
  );
});

test('a payment that is known by its id is made once', async () => {
  expect(await explore(onePayment(payOnce), options)).toMatchObject({ schedules: 2, complete: true });
});
