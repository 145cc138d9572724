import type { FaultKind } from '../fault-plan';
import { isWrite } from '../is-write';
import type { ScheduledTurn } from '../scheduling';

/** What can be done next. The same in every run that comes to the same point. */
export interface Step {
  /** `client/key#n effect`: the nth operation of a client on a key. */
  readonly id: string;
  /** Whose it is; of the clock, `clock`. */
  readonly client: string;
  readonly key: string | null;
  readonly phase: ScheduledTurn['phase'] | 'time';
  /** What it can touch: a key of the storage, nothing but what its client has to itself, or anything. */
  readonly access: 'read' | 'write' | 'own' | 'any';
  readonly fault?: FaultKind;
}

/** What can be done at one point: never nothing. What comes first goes on as it comes: with the same client, and no fault. */
export type Possible = readonly [Step, ...Step[]];

/** What clients of a scenario have in common beside the keys that they read and write. */
export interface Sharing {
  /** Keys count against one quota. */
  readonly quota: boolean;
  /** Clients hear of the changes of others, which runs their code at other clients' steps, or makes new steps for them. */
  readonly changes: boolean;
  /** The clock may go on while there is something else to do. */
  readonly time: boolean;
  /** Clients may wait for the crash of another one. */
  readonly crashes: boolean;
  /** Something has been put around operations, by which a load may write as well, and which all keys may have in common. */
  readonly extended: boolean;
}

/**
 * Whether two steps give the same in either order, and neither makes the other one possible or impossible. A reply goes to
 * its own client alone, and two loads change nothing. Of one client, nothing is independent: what it does next may depend on
 * the order. Two faults are not, since only so many may strike.
 */
export function areIndependent(a: Step, b: Step, sharing: Sharing): boolean {
  if (a.client === b.client || a.access === 'any' || b.access === 'any') return false;
  if (a.fault !== undefined && b.fault !== undefined) return false;
  const writes = ({ access }: Step) => access === 'write' || (access === 'read' && sharing.extended);
  if (sharing.changes && (writes(a) || writes(b))) return false;
  if (a.access === 'own' || b.access === 'own') return true;
  return !(writes(a) || writes(b)) || (a.key !== b.key && !sharing.quota && !sharing.extended);
}

/** A listener, a reply and whatever else a client waited for run that client's own code. */
export function accessOf({ phase, operation }: ScheduledTurn): Step['access'] {
  if (phase !== 'effect') return 'own';
  return operation === undefined || isWrite(operation) ? 'write' : 'read';
}
