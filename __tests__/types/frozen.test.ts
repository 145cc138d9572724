import { type DeepReadonly, frozen, SharedMemoryRegistry, type StorageCodec } from 'shared-memory-registry';

/** What the types of `frozen` promise. Each `@ts-expect-error` fails to compile when one gets looser. */

type Id = string & { readonly __brand: 'Id' };

interface Settings {
  id: Id;
  theme: string;
  recent: string[];
  nested: { deep: number };
  nothing?: null;
}

const settings: Settings = { id: 'a' as Id, theme: 'dark', recent: ['a'], nested: { deep: 1 } };

test('what is saved may be changed, and what is loaded may not', async () => {
  const backend = new SharedMemoryRegistry<DeepReadonly<Settings>>({ codec: frozen }).getBackend('settings');
  await backend.save({ revision: '1', data: settings });
  const data = (await backend.load())?.data;
  if (data === undefined) throw new Error('nothing was stored');
  const id: Id = data.id;

  expect(id).toBe('a');
  // @ts-expect-error an array that was loaded is read-only
  expect(() => data.recent.push('b')).toThrow(TypeError);
  expect(() => {
    // @ts-expect-error a nested member that was loaded is read-only
    data.nested.deep = 2;
  }).toThrow(TypeError);
});

test('a registry whose loads could be changed does not take the codec', () => {
  // @ts-expect-error the array would be a mutable one
  const codec: StorageCodec<Settings> = frozen;
  const whatever: StorageCodec<unknown> = frozen;
  expect(codec).toBe(whatever);
});

test('code that is generic takes it', () => {
  const open = <T>() => new SharedMemoryRegistry<DeepReadonly<T>>({ codec: frozen });
  expect(open<Settings>().size).toBe(0);
});
