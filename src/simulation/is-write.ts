import type { Operation } from '../backend/base-storage-backend';

/** Whether an operation can change what is stored. */
export function isWrite({ type }: Pick<Operation, 'type'>): boolean {
  return type === 'save' || type === 'update' || type === 'clear';
}
