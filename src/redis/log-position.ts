/** Where a registry stands in the log of changes. */
export interface LogPosition {
  /** Id of an entry: `time-number`. */
  readonly id: string;
  /** Id of the operation that made the change. Empty where it is not known. */
  readonly operation: string;
  /** Another one when everything was removed from the server and a registry has written its first contents again. Empty where it is not known. */
  readonly incarnation: string;
}

/** The position that every reply of a script has after its status and time. */
export function readPosition([id, operation, incarnation]: readonly unknown[]): LogPosition {
  return { id: String(id), operation: String(operation), incarnation: String(incarnation) };
}

/** Before the first change of a log. */
export function beginningOf(incarnation: string): LogPosition {
  return { id: '0-0', operation: '', incarnation };
}

/** The number of a change: they are counted from 1. */
export function sequenceNumber(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}

/** Whether the second position may come after the first. */
export function isSameHistory(before: LogPosition, after: LogPosition): boolean {
  if (before.incarnation !== after.incarnation) return false;
  const distance = sequenceNumber(after.id) - sequenceNumber(before.id);
  return distance > 0 || (distance === 0 && before.operation === after.operation);
}

/** That a registry has missed changes, or that the server has lost some. */
export interface RedisLoss {
  /**
   * `gap`: the log no longer held what happened while this registry was not connected. `rewound`: the server has lost changes that it had
   * acknowledged.
   */
  readonly kind: 'gap' | 'rewound';
  /** The number of the last change that this registry knew of. */
  readonly from: number;
  /** The number of the last change before those that its listeners are notified of from now on. */
  readonly to: number;
}
