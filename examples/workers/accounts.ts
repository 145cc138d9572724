import { nextRevision } from 'shared-memory-registry';
import { RedisRegistry } from 'shared-memory-registry/redis';

/** Accounts of an application under test. Each test of a run takes another one, in whichever worker it runs. */
export class Accounts {
  static async open(worker: string | number): Promise<Accounts> {
    const url = process.env['REDIS_URL'] ?? 'redis://localhost:6379';
    const namespace = process.env['TEST_RUN'] ?? '';
    return new Accounts(await RedisRegistry.connect<number>({ url, namespace, name: `worker-${worker}` }));
  }

  private constructor(private readonly registry: RedisRegistry<number>) {}

  async take(): Promise<string> {
    const taken = this.registry.getBackend('accounts');
    const { data } = await taken.update((current) => ({ revision: nextRevision(current), data: (current?.data ?? 0) + 1 }));
    return `account-${data}@example.com`;
  }

  close(): Promise<void> {
    return this.registry.dispose();
  }
}
