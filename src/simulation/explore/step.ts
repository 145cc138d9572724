import type { ScheduledTurn } from '../scheduling';

/** A turn that can be taken now. The same in every run that comes to the same point. */
export interface Step {
  /** `client/key#n effect`: the nth operation of a client on a key. */
  readonly id: string;
  readonly client: string;
  readonly key: string;
  readonly type: ScheduledTurn['operation']['type'];
  readonly phase: ScheduledTurn['phase'];
}

/**
 * Whether two steps of different clients give the same in either order. A reply goes to its own client alone, and two loads
 * change nothing. Of one client, nothing is independent: what it does next may depend on the order.
 * @param isShared whether keys have something in common, as under a quota
 */
export function areIndependent(a: Step, b: Step, isShared: boolean): boolean {
  if (a.client === b.client) return false;
  if (a.phase === 'reply' || b.phase === 'reply') return true;
  if (isRead(a) && isRead(b)) return true;
  return a.key !== b.key && !isShared;
}

function isRead({ type }: Step): boolean {
  return type === 'load' || type === 'stat' || type === 'getUsage';
}
