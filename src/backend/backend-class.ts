import type { BaseStorageBackend } from './base-storage-backend';

/** Any class of backends, as a mixin takes it: `T`, statics, constructor arguments and members survive. */
export type BackendClass = (abstract new (
  // biome-ignore lint/suspicious/noExplicitAny: TypeScript asks this of the constructor that a mixin extends (TS2545).
  ...args: any[]
) => BaseStorageBackend<unknown>) & {
  // With a member beside its signature, the type does not turn a generic class into one of `unknown` when calls nest.
  readonly prototype: object;
};

/** A class of backends with members added by a mixin. */
// biome-ignore lint/suspicious/noExplicitAny: only with these parameters does TypeScript merge the two constructors.
export type BackendWith<B extends BackendClass, Added> = B & (abstract new (...args: any[]) => Added);
