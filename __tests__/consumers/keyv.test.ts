import Keyv from 'keyv';
import { SharedMemoryRegistry } from 'shared-memory-registry';
import { keyvStore } from '../../examples/recipes/keyv-store';

test('Keyv keeps its values in a registry, those of one namespace apart from those of another', async () => {
  const registry = new SharedMemoryRegistry<string>();
  const [users, carts] = ['users', 'carts'].map((namespace) => new Keyv<object>({ store: keyvStore(registry), namespace })) as [
    Keyv<object>,
    Keyv<object>,
  ];
  await users.set('1', { name: 'Ada' });
  await carts.set('1', { items: 2 }, 60_000);
  expect([await users.get('1'), await carts.get('1'), await users.get('2')]).toEqual([{ name: 'Ada' }, { items: 2 }, undefined]);
  expect(registry.size).toBe(2);
  expect([await users.has('1'), await users.delete('1'), await users.delete('1'), await users.has('1')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  await carts.clear();
  expect(registry.size).toBe(0);
});
