import { BaseStorageBackend } from '../../backend/base-storage-backend';
import { decodeWith } from '../../codec/use-codec';
import { type GetBackendOptions, type SharedMemoryRegistry, storeOf } from '../../registry/shared-memory-registry';
import { brief } from '../brief';

/** What a scenario's code does beside the operations of backends. */
export interface RegistryWatcher {
  /** It listens to changes. */
  readonly onListen: () => void;
  /** It looks at what is stored, or changes all of it, at once. */
  readonly onLook: () => void;
  /** It takes a handle without saying whose it is. */
  readonly onNameless: () => void;
  /** It has windows, whose storage is read and written at once. */
  readonly onWindow: () => void;
  /** One of them writes. */
  readonly onWindowWrite: (client: string, what: string) => void;
}

const LOOKS = ['peek', 'has', 'keys', 'entries', 'getUsage', 'clearAll', 'checkpoint', 'restore', 'reset', 'dispose'] as const;

/** Tells of all that. Members of this one registry are covered up: registries themselves know nothing of simulations. */
export function watchRegistry<T>(registry: SharedMemoryRegistry<T>, watcher: RegistryWatcher): void {
  const store = storeOf(registry);
  for (const name of LOOKS) cover(registry, name, watcher.onLook);
  cover(store, 'subscribe', watcher.onListen);
  store.observe((key, _before, after, maker) => {
    if (maker === null || maker instanceof BaseStorageBackend) return;
    const value = after && brief(decodeWith(store.codec, after.data));
    watcher.onWindowWrite(
      maker.client,
      key === null ? 'clears everything' : value === null ? `removes ${key}` : `sets ${key} to ${value}`,
    );
  });
  cover(store, 'observe', watcher.onWindow);
  cover(registry, 'getBackend', ([, options]) => {
    if ((options as GetBackendOptions | undefined)?.client === undefined) watcher.onNameless();
  });
  Object.defineProperty(registry, 'size', { get: () => registry.keys().length });
}

/** Tells of each call of a method of this one object. */
export function cover<Name extends string>(
  target: { [method in Name]: (...args: never[]) => unknown },
  name: Name,
  before: (args: readonly unknown[]) => void,
): void {
  const method: (...args: never[]) => unknown = target[name];
  const value = (...args: never[]): unknown => {
    before(args);
    return method.apply(target, args);
  };
  Object.defineProperty(target, name, { value });
}
