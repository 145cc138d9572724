import type { Revision } from '../contracts';

/** The methods of a backend that are operations. */
export type OperationMethod = Operation['type'] | 'saveWithMetadata' | 'loadWithMetadata';

/** What a backend does for a caller, as `perform` is given it. */
export interface Operation {
  readonly type: 'save' | 'load' | 'clear' | 'update' | 'stat' | 'getUsage';
  readonly key: string;
  readonly client: string;
  /** Of a save: the revision that is to be stored. */
  readonly revision?: Revision;
  /** Of a conditional write: what must be stored. */
  readonly ifMatch?: Revision | null;
}

/** The methods with metadata do the same, as far as a hook can see. */
export function operationType(method: OperationMethod): Operation['type'] {
  if (method === 'saveWithMetadata') return 'save';
  return method === 'loadWithMetadata' ? 'load' : method;
}

/** Whether an operation can change what is stored. */
export function isWrite({ type }: Pick<Operation, 'type'>): boolean {
  return type === 'save' || type === 'update' || type === 'clear';
}
