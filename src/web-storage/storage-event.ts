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

/** How `onstorage` hears of an event. */
export type StorageEventHandler = ((event: StorageEvent) => unknown) | null;

/** Tells a window that another has changed the storage (HTML Standard, "The StorageEvent interface"). */
export class StorageEvent extends Event {
  #change: Change;

  constructor(type: string, init: StorageEventInit = {}) {
    requireArguments('StorageEvent', arguments, 1);
    super(type, init ?? {});
    this.#change = convert(init ?? {});
  }

  /** The key; `null` after `clear()`. */
  get key(): string | null {
    return this.#change.key;
  }

  /** What was there before; `null` if nothing was. */
  get oldValue(): string | null {
    return this.#change.oldValue;
  }

  /** What is there now; `null` if it was removed. */
  get newValue(): string | null {
    return this.#change.newValue;
  }

  /** Address of the page that made the change. */
  get url(): string {
    return this.#change.url;
  }

  /** The receiving window's own `localStorage`. */
  get storageArea(): Storage | null {
    return this.#change.storageArea;
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
    if (!(#change in this)) throw new TypeError('Illegal invocation');
    requireArguments('StorageEvent.initStorageEvent', arguments, 1);
    const text = `${type}`;
    // Arguments are converted from left to right: the first two here, and once more to no effect.
    const change = convert({ key: textOrNull(key), oldValue: textOrNull(oldValue), newValue, url, storageArea });
    if (this.eventPhase !== 0) return;
    this.initEvent(text, bubbles, cancelable);
    this.#change = change;
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
