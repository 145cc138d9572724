import { SharedMemoryRegistry } from 'shared-memory-registry';
import { createStorage } from 'unstorage';
import { registryDriver } from '../../examples/recipes/unstorage-driver';

test('unstorage keeps its items in a registry, and watches what others change', async () => {
  const registry = new SharedMemoryRegistry<string>({ quota: 300 });
  const [one, other] = [registryDriver(registry), registryDriver(registry)].map((driver) => createStorage({ driver }));
  const heard: unknown[] = [];
  const unwatch = await one?.watch((event, key) => void heard.push([event, key]));

  await other?.setItem('user:name', { first: 'Ada' });
  expect(await one?.getItem('user:name')).toEqual({ first: 'Ada' });
  expect(registry.peek('user:name')?.snapshot.data).toBe('{"first":"Ada"}');
  expect([await one?.hasItem('user:name'), await one?.getKeys()]).toEqual([true, ['user:name']]);
  await other?.removeItem('user:name');
  expect(heard).toEqual([['update', 'user:name'], ['remove', 'user:name']]); // biome-ignore format: one line
  await unwatch?.();
  await other?.setItem('user:name', 'Ada');
  expect(heard).toHaveLength(2);
  await expect(one?.setItem('large', 'x'.repeat(500))).rejects.toMatchObject({ name: 'QuotaExceededError' });
  await one?.clear();
  expect(registry.size).toBe(0);
});
