import { json, type StorageCodec, structured } from 'shared-memory-registry';
import { RedisRegistry } from 'shared-memory-registry/redis';
import { backendContract, type ContractSettings } from 'shared-memory-registry/testing';
import { describeWithRedis, newNamespace, RedisServer, startCluster } from './redis-server';

type Place = Pick<Parameters<typeof RedisRegistry.connect>[0], 'url' | 'client'>;

let server: RedisServer;
let cluster: Awaited<ReturnType<typeof startCluster>>;

function contractTests(place: () => Place, codec: StorageCodec<unknown>) {
  const connect = async (namespace: string, settings: ContractSettings) => {
    const registry = await RedisRegistry.connect<unknown>({ ...place(), namespace, codec, ...settings });
    return Object.assign(registry, { namespace });
  };
  const tests = backendContract((settings) => connect(newNamespace(), settings), {
    reopen: ({ namespace }, settings) => connect(namespace, settings),
  });
  for (const { name, run } of tests) test(name, run);
}

describeWithRedis('a registry on Redis keeps the backend contract', () => {
  describe('on one server', () => {
    beforeAll(async () => {
      server = await RedisServer.start();
    });
    afterAll(() => server.stop());
    describe('structured', () => contractTests(() => ({ url: server.url }), structured));
    describe('json', () => contractTests(() => ({ url: server.url }), json));
  });

  describe('on a cluster of three masters', () => {
    beforeAll(async () => {
      cluster = await startCluster();
    });
    afterAll(() => cluster.stop());
    contractTests(() => ({ client: cluster.client }), structured);
  });
});
