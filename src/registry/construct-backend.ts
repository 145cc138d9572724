import { attempt, fail } from '../errors';

/** Makes a handle of a registry. Its class may be anybody's code. */
export function constructBackend<O, B extends object>(Backend: new (options: O) => B, options: O, codec: object): B {
  const backend = attempt('ERR_HOOK_FAILED', `the constructor of ${Backend.name} to succeed`, () => new Backend(options));
  const own = attempt('ERR_HOOK_FAILED', `the codec of ${Backend.name} to succeed`, () => Reflect.get(backend, 'codec'));
  if (own === codec) return backend;
  return fail('ERR_INVALID_OPTION', `${Backend.name} not to override codec: it is an option of the registry`, own);
}
