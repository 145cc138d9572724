/**
 * How a resource is used. Two reads are independent of each other, and so are two additions (of a key to the keys that are
 * stored); a write depends on everything.
 */
export type AccessMode = 'read' | 'add' | 'write';

/** What a declared step reads and writes. */
export interface DeclaredAccesses {
  readonly reads?: readonly string[] | undefined;
  readonly writes?: readonly string[] | undefined;
}

/** The resources that one step uses, by name: a few, in two arrays of the same length. */
export class Accesses {
  readonly resources: string[] = [];
  readonly modes: AccessMode[] = [];

  use(resource: string, mode: AccessMode): void {
    const index = this.resources.indexOf(resource);
    if (index === -1) {
      this.resources.push(resource);
      this.modes.push(mode);
    } else if (this.modes[index] !== mode) {
      this.modes[index] = 'write';
    }
  }

  modeOf(resource: string): AccessMode | undefined {
    return this.modes[this.resources.indexOf(resource)];
  }

  /** Whether the order of the two steps can be seen. */
  conflictsWith(other: Accesses): boolean {
    return this.resources.some((resource, index) => {
      const mode = other.modeOf(resource);
      return mode !== undefined && areConflicting(mode, this.modes[index] as AccessMode);
    });
  }
}

export function areConflicting(one: AccessMode, other: AccessMode): boolean {
  return one === 'write' || other === 'write' || one !== other;
}
