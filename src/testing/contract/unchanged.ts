import type { CompleteBackend, ContractContext } from '../contract-case';
import { expectEqual } from '../expectations';

/** The key of the check, for tests that must know how many bytes it takes. */
export const UNCHANGED_KEY = 'unchanged';

/** Runs something that is to be refused, on a key that holds something, and checks that nothing has changed by it. */
export async function expectUnchanged(
  context: ContractContext,
  action: (backend: CompleteBackend) => Promise<unknown>,
): Promise<void> {
  const { open, data, promises } = context;
  const backend = open(UNCHANGED_KEY);
  await backend.save({ revision: '1', data: data(1) });
  const changes: unknown[] = [];
  const stop = promises('changes') ? open(UNCHANGED_KEY).subscribe((change) => changes.push(change)) : () => {};
  const before = await everything(context);
  await action(backend);
  expectEqual(await everything(context), before, 'what is stored after something was refused');
  expectEqual(changes, [], 'changes notified of something that was refused');
  stop();
}

async function everything({ open, promises }: ContractContext): Promise<unknown> {
  const backend = open(UNCHANGED_KEY);
  return {
    snapshot: await backend.load(),
    persisted: promises('metadata') && (await backend.loadWithMetadata()),
    stat: promises('stat') && (await backend.stat()),
    usage: promises('usage') && (await backend.getUsage()),
  };
}
