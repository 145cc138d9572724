/** A scenario that a reader can run, with its fix. */
export interface ShownScenario {
  readonly id: string;
  readonly title: string;
  readonly code: string;
  /** What is replaced, and by what. */
  readonly fix: readonly [wrong: string, right: string];
}

const CLICKS = `  const current = await counter.load();
  await counter.save({ revision: nextRevision(current), data: (current?.data ?? 0) + 1 });`;

const CLICKS_FIXED = `  await counter.update((current) => ({
    revision: nextRevision(current),
    data: (current?.data ?? 0) + 1,
  }));`;

export const SCENARIOS: readonly ShownScenario[] = [
  {
    id: 'clicks',
    title: 'Two tabs count clicks',
    code: `import { nextRevision } from 'shared-memory-registry';

/** The code under test. */
async function click(counter) {
${CLICKS}
}

export default async function scenario({ registry }) {
  const tabs = ['tab-1', 'tab-2'].map((client) => registry.getBackend('clicks', { client }));
  await Promise.all(tabs.map(click));
  const { data } = registry.peek('clicks').snapshot;
  if (data !== 2) throw new Error(\`Expected 2 clicks, got \${data}\`);
}
`,
    fix: [CLICKS, CLICKS_FIXED],
  },
  {
    id: 'cart',
    title: 'Two tabs fill a cart in localStorage',
    code: `import { WebStorageArea } from 'shared-memory-registry/web-storage';

/** A tab that keeps its cart, and writes all of it. */
class Cart {
  constructor(tab) {
    this.storage = tab.localStorage;
    this.items = this.read();
  }

  read() {
    return JSON.parse(this.storage.cart ?? '[]');
  }

  add(item) {
    this.items = [...this.items, item];
    this.storage.cart = JSON.stringify(this.items);
  }
}

export default async function scenario({ registry, scheduler, step }) {
  const area = new WebStorageArea({ registry, scheduler });
  const shop = async (client, item) => {
    const cart = new Cart(area.openWindow({ client }));
    await step(client, \`chooses \${item}\`);
    cart.add(item);
  };
  await Promise.all([shop('tab-1', 'tea'), shop('tab-2', 'milk')]);
  const stored = JSON.parse(registry.peek('cart').snapshot.data);
  if (stored.length !== 2) throw new Error(\`Expected 2 items, got \${stored.join(', ')}\`);
}
`,
    fix: [
      '    this.items = [...this.items, item];',
      '    // Read again right before the write, in the same task.\n    this.items = [...this.read(), item];',
    ],
  },
  {
    id: 'payment',
    title: 'A reply is lost, and the payment repeated',
    code: `import { nextRevision } from 'shared-memory-registry';

export const options = {
  initial: { account: { revision: '0', data: { balance: 100, paid: [] } } },
  faults: { kinds: ['lost reply'] },
};

/** The code under test: tries again where it has no answer. */
async function pay(account, id) {
  const attempt = () =>
    account.update((current) => {
      const { balance, paid } = current.data;
      return {
        revision: nextRevision(current),
        data: { balance: balance - 30, paid: [...paid, id] },
      };
    });
  await attempt().catch(attempt);
}

export default async function scenario({ registry }) {
  await pay(registry.getBackend('account', { client: 'app' }), 'bill-7');
  const { balance } = registry.peek('account').snapshot.data;
  if (balance !== 70) throw new Error(\`Expected a balance of 70, got \${balance}\`);
}
`,
    fix: [
      '      const { balance, paid } = current.data;\n',
      '      const { balance, paid } = current.data;\n      // What was paid already is not paid again.\n      if (paid.includes(id)) return { ...current, revision: nextRevision(current) };\n',
    ],
  },
  {
    id: 'stock',
    title: 'The last piece is sold twice, over HTTP',
    code: `/** A server, as its clients see it. */
class Shop {
  stock = 1;

  async read() {
    return this.stock;
  }

  async write(stock) {
    this.stock = stock;
  }

  async take() {
    if (this.stock === 0) return false;
    this.stock -= 1;
    return true;
  }
}

/** The code under test. */
async function buy(shop) {
  const stock = await shop.read();
  if (stock === 0) return false;
  await shop.write(stock - 1);
  return true;
}

export default async function scenario({ calls }) {
  const shop = new Shop();
  const clients = ['buyer-1', 'buyer-2'].map((client) => calls(client, shop));
  const sold = await Promise.all(clients.map(buy));
  const count = sold.filter(Boolean).length;
  if (count !== 1) throw new Error(\`Expected 1 sale, got \${count}\`);
}
`,
    fix: [
      '  const stock = await shop.read();\n  if (stock === 0) return false;\n  await shop.write(stock - 1);\n  return true;',
      '  // The server decides, in one step.\n  return shop.take();',
    ],
  },
];
