import { RedisRegistry, type RedisRegistryOptions } from 'shared-memory-registry/redis';
import { newNamespace, RedisServer } from './redis-server';

/** A server for the tests of a `describe`, and registries on it that are disposed of after each test. */
export function registriesOnAServer(...options: string[]) {
  const registries: { dispose(): Promise<void> }[] = [];
  const scene = {
    server: undefined as unknown as RedisServer,
    async connect<T>(own: Partial<RedisRegistryOptions<T>> = {}): Promise<RedisRegistry<T>> {
      const registry = await RedisRegistry.connect<T>({ url: scene.server.url, namespace: newNamespace(), ...own });
      registries.push(registry);
      return registry;
    },
  };
  beforeAll(async () => {
    scene.server = await RedisServer.start(...options);
  });
  afterEach(async () => {
    for (const registry of registries.splice(0)) await registry.dispose();
  });
  afterAll(() => scene.server.stop());
  return scene;
}
