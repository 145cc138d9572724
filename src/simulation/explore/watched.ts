import { BaseStorageBackend } from '../../backend/base-storage-backend';
import { decodeWith } from '../../codec/use-codec';
import type { SharedMemoryRegistryOptions } from '../../registry/registry-options';
import { type GetBackendOptions, SharedMemoryRegistry, storeOf } from '../../registry/shared-memory-registry';
import { brief } from '../brief';
import { FaultPlan } from '../fault-plan';

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

/** A registry that tells of all that. Other registries know nothing of simulations. */
export class WatchedRegistry<T> extends SharedMemoryRegistry<T> {
  static {
    for (const name of LOOKS) cover(WatchedRegistry.prototype, name, (registry) => registry.#watcher.onLook());
    cover(WatchedRegistry.prototype, 'getBackend', (registry, [, options]) => {
      if ((options as GetBackendOptions | undefined)?.client === undefined) registry.#watcher.onNameless();
    });
  }

  readonly #watcher: RegistryWatcher;

  constructor(options: SharedMemoryRegistryOptions<T>, watcher: RegistryWatcher) {
    super(options);
    this.#watcher = watcher;
    const store = storeOf(this);
    store.observe((key, _before, after, maker) => {
      if (maker === null || maker instanceof BaseStorageBackend) return;
      const value = after && brief(decodeWith(store.codec, after.data));
      watcher.onWindowWrite(
        maker.client,
        key === null ? 'clears everything' : value === null ? `removes ${key}` : `sets ${key} to ${value}`,
      );
    });
    cover(store, 'subscribe', watcher.onListen);
    cover(store, 'observe', watcher.onWindow);
  }

  override get size(): number {
    this.#watcher.onLook();
    return super.size;
  }
}

const CHANGES = ['failNext', 'fail', 'hold', 'reset', 'crash'] as const;

/** A plan that tells when a scenario's code changes it. */
export class WatchedPlan extends FaultPlan {
  static {
    for (const name of CHANGES) cover(WatchedPlan.prototype, name, (plan) => plan.#onChange(name));
  }

  readonly #onChange: (by: (typeof CHANGES)[number]) => void;

  constructor(onChange: (by: (typeof CHANGES)[number]) => void) {
    super();
    this.#onChange = onChange;
  }
}

/** Tells of each call of a method: of one object, or, by their prototype, of all objects of a class. */
function cover<Name extends string, Target extends { [method in Name]: (...args: never[]) => unknown }>(
  target: Target,
  name: Name,
  before: (self: Target, args: readonly unknown[]) => void,
): void {
  const method: (...args: never[]) => unknown = target[name];
  const value = function (this: Target, ...args: never[]): unknown {
    before(this, args);
    return method.apply(this, args);
  };
  Object.defineProperty(target, name, { value });
}
