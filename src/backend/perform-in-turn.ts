import type { AbortSignalLike, Awaitable } from '../contracts';
import { fail, StorageError } from '../errors';
import { chain, isPromiseLike, recover, untilAborted } from './awaitable';
import { isWrite, type Operation } from './operation';
import type { OperationQueue, Ticket } from './operation-queue';

/**
 * The part of an operation's path that is not fast: the hook around it, its turn in the queue, and its signal.
 * @param perform the hook
 * @param apply calls the hooks of the store
 * @returns of a read what `perform` gives; of a write what its action gave, which must not come after the end of `perform`
 */
export async function performInTurn<E>(
  operation: Operation,
  { queue, ticket, signal }: { queue: OperationQueue; ticket: Ticket; signal: AbortSignalLike | undefined },
  perform: (operation: Operation, action: () => Awaitable<E>) => Promise<E>,
  apply: () => Awaitable<E>,
): Promise<E> {
  const outcome: { isCalled: boolean; isApplied: boolean; result?: E; error?: unknown } = { isCalled: false, isApplied: false };
  const isWriting = isWrite(operation);

  const applyInTurn = () => {
    assertUnanswered(ticket, signal);
    return chain(apply(), (result) => {
      outcome.isApplied = true;
      outcome.result = result;
      ticket.isWriting = false;
      queue.leave(ticket);
      return result;
    });
  };

  const action = () => {
    ticket.isPerforming = false;
    if (outcome.isCalled) fail('ERR_HOOK_FAILED', 'action to be called again only after it has failed', action, 'a second call');
    outcome.isCalled = true;
    const result = recover(
      () => chain(queue.reached(ticket), applyInTurn),
      (error) => {
        Object.assign(outcome, { isCalled: false, error });
        ticket.isWriting = false;
        if (ticket.isAnswered) queue.leave(ticket);
        throw error;
      },
    );
    // A `perform` that does not wait for it gets its error from below.
    if (isPromiseLike(result)) result.then(undefined, () => {});
    return result;
  };

  const callPerform = async () => {
    ticket.isPerforming = true;
    try {
      return perform(operation, action);
    } finally {
      ticket.isPerforming = false;
    }
  };

  const toAbortError = (cause: unknown) => {
    if (!isWriting || !(ticket.isWriting || outcome.isApplied)) return cause;
    return new StorageError('ERR_OUTCOME_UNKNOWN', {
      expected: 'the store to answer before the signal is aborted',
      received: 'no answer',
      summary: 'Outcome is unknown: the store was writing when the signal was aborted. Load to see what is stored',
      cause,
    });
  };

  throwIfAborted(signal);
  ticket.operation = operation;
  const result = await (signal === undefined ? callPerform() : untilAborted(callPerform, signal, toAbortError));
  if (!isWriting) return result;
  if (outcome.isApplied) return outcome.result as E;
  throw new StorageError('ERR_HOOK_FAILED', {
    expected: 'perform to end after its action has succeeded: await action(), and return its result',
    received: 'its end before that',
    ...('error' in outcome && { cause: outcome.error }),
  });
}

export function throwIfAborted(signal: AbortSignalLike | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

/** An operation whose caller has an error must not take effect later, over newer saves. */
export function assertUnanswered(ticket: Ticket, signal: AbortSignalLike | undefined): void {
  throwIfAborted(signal);
  if (!ticket.isAnswered) return;
  fail('ERR_HOOK_FAILED', 'action to be called while the operation is under way', ticket, 'a call after its end');
}
