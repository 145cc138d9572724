import { isStorage, type Storage } from './storage';
import { exposeInterface, requireArguments, showInConsole } from './web-idl';

export interface StorageEventInit {
  readonly bubbles?: boolean | undefined;
  readonly cancelable?: boolean | undefined;
  readonly composed?: boolean | undefined;
  readonly key?: string | null | undefined;
  readonly oldValue?: string | null | undefined;
  readonly newValue?: string | null | undefined;
  readonly url?: string | undefined;
  readonly storageArea?: Storage | null | undefined;
}

type Change = Required<Pick<StorageEventInit, 'key' | 'oldValue' | 'newValue' | 'url' | 'storageArea'>>;

/** What each event holds. No private field: events of other realms have the same members. */
const changes = new WeakMap<object, Change>();

function changeOf(event: object): Change {
  const change = changes.get(event);
  if (change === undefined) throw new TypeError('Illegal invocation');
  return change;
}

export function isStorageEvent(event: object): event is StorageEvent {
  return changes.has(event);
}

/** How `onstorage` is notified of an event. */
export type StorageEventHandler = ((event: StorageEvent) => unknown) | null;

/** Tells a window that another has changed the storage (HTML Standard, "The StorageEvent interface"). */
export class StorageEvent extends Event {
  constructor(type: string, init: StorageEventInit = {}) {
    requireArguments('StorageEvent', arguments, 1);
    super(type, init ?? {});
    changes.set(this, convert(init ?? {}));
  }

  /** The key; `null` after `clear()`. */
  get key(): string | null {
    return changeOf(this).key;
  }

  /** What was there before; `null` if nothing was. */
  get oldValue(): string | null {
    return changeOf(this).oldValue;
  }

  /** What is there now; `null` if it was removed. */
  get newValue(): string | null {
    return changeOf(this).newValue;
  }

  /** Address of the page that made the change. */
  get url(): string {
    return changeOf(this).url;
  }

  /** The receiving window's own `localStorage`. */
  get storageArea(): Storage | null {
    return changeOf(this).storageArea;
  }

  /** As the standard has it for old code. Does nothing while the event is being dispatched. */
  initStorageEvent(
    type: string,
    bubbles = false,
    cancelable?: boolean,
    key?: string | null,
    oldValue?: string | null,
    newValue?: string | null,
    url?: string,
    storageArea?: Storage | null,
  ): void {
    changeOf(this);
    requireArguments('StorageEvent.initStorageEvent', arguments, 1);
    const text = `${type}`;
    // Arguments are converted from left to right: the first two here, and once more to no effect.
    const change = convert({ key: textOrNull(key), oldValue: textOrNull(oldValue), newValue, url, storageArea });
    if (this.eventPhase !== 0) return;
    this.initEvent(text, bubbles, cancelable);
    changes.set(this, change);
  }
}

exposeInterface('StorageEvent', StorageEvent.prototype, [
  'key',
  'oldValue',
  'newValue',
  'url',
  'storageArea',
  'initStorageEvent',
]);
showInConsole('StorageEvent', StorageEvent.prototype, ({ type, key, oldValue, newValue, url }) => ({
  type,
  key,
  oldValue,
  newValue,
  url,
}));

/** By the `Event` of a realm. */
const classes = new WeakMap<typeof Event, typeof StorageEvent>([[Event, StorageEvent]]);

/** The class of a realm, by the `Event` of that. */
export function storageEventOf(Base: typeof Event): typeof StorageEvent {
  const known = classes.get(Base);
  if (known !== undefined) return known;
  class RealmStorageEvent extends Base {
    constructor(type: string, init: StorageEventInit = {}) {
      requireArguments('StorageEvent', arguments, 1);
      super(type, init ?? {});
      changes.set(this, convert(init ?? {}));
    }
  }
  const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(StorageEvent.prototype);
  Object.defineProperties(RealmStorageEvent.prototype, members);
  Object.defineProperty(RealmStorageEvent, 'name', { value: 'StorageEvent' });
  classes.set(Base, RealmStorageEvent as unknown as typeof StorageEvent);
  return RealmStorageEvent as unknown as typeof StorageEvent;
}

/** Members of a dictionary are read and converted in the order of their names (Web IDL, "Dictionary types"). */
function convert({ key, newValue, oldValue, storageArea, url }: { [Field in keyof Change]?: Change[Field] | undefined }): Change {
  return {
    key: textOrNull(key),
    newValue: textOrNull(newValue),
    oldValue: textOrNull(oldValue),
    storageArea: storageOrNull(storageArea),
    url: toUrl(url),
  };
}

/** A USVString: lone surrogates are replaced. */
function toUrl(url = ''): string {
  return `${url}`.replace(/\p{Surrogate}/gu, '\ufffd');
}

function storageOrNull(value: Storage | null | undefined): Storage | null {
  if (value === null || value === undefined) return null;
  if (!isStorage(value)) throw new TypeError("'storageArea' is not of type 'Storage'");
  return value;
}

function textOrNull(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : `${value}`;
}
