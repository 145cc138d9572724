import { isStorage, type Storage } from './storage';

export interface StorageEventInit {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
  readonly key?: string | null;
  readonly oldValue?: string | null;
  readonly newValue?: string | null;
  readonly url?: string;
  readonly storageArea?: Storage | null;
}

/** That another window has changed the storage (HTML Standard, "The StorageEvent interface"). */
export class StorageEvent extends Event {
  #init: Required<Pick<StorageEventInit, 'key' | 'oldValue' | 'newValue' | 'url' | 'storageArea'>>;

  constructor(type: string, init: StorageEventInit = {}) {
    if (arguments.length === 0) throw missingType('construct', 'StorageEvent');
    super(type, init ?? {});
    this.#init = convert(init ?? {});
  }

  /** The key; `null` after `clear()`. */
  get key(): string | null {
    return this.#init.key;
  }

  /** What was there before; `null` if nothing was. */
  get oldValue(): string | null {
    return this.#init.oldValue;
  }

  /** What is there now; `null` if it was removed. */
  get newValue(): string | null {
    return this.#init.newValue;
  }

  /** Address of the page that made the change. */
  get url(): string {
    return this.#init.url;
  }

  /** The receiving window's own `localStorage`. */
  get storageArea(): Storage | null {
    return this.#init.storageArea;
  }

  /** As the standard has it for old code. Does nothing while the event is being dispatched. */
  initStorageEvent(
    type: string,
    bubbles = false,
    cancelable = false,
    key: string | null = null,
    oldValue: string | null = null,
    newValue: string | null = null,
    url = '',
    storageArea: Storage | null = null,
  ): void {
    if (arguments.length === 0) throw missingType("execute 'initStorageEvent' on", 'StorageEvent');
    if (this.eventPhase !== 0) return;
    const init = convert({ key, oldValue, newValue, url, storageArea });
    this.initEvent(`${type}`, Boolean(bubbles), Boolean(cancelable));
    this.#init = init;
  }
}

for (const name of ['key', 'oldValue', 'newValue', 'url', 'storageArea', 'initStorageEvent']) {
  Object.defineProperty(StorageEvent.prototype, name, { enumerable: true });
}
Object.defineProperty(StorageEvent.prototype, Symbol.toStringTag, { value: 'StorageEvent', configurable: true });

function convert({ key, oldValue, newValue, url = '', storageArea = null }: StorageEventInit) {
  if (storageArea !== null && !isStorage(storageArea)) throw new TypeError("'storageArea' is not of type 'Storage'");
  return {
    key: textOrNull(key),
    oldValue: textOrNull(oldValue),
    newValue: textOrNull(newValue),
    // A USVString: lone surrogates are replaced.
    url: `${url}`.replace(/\p{Surrogate}/gu, '\ufffd'),
    storageArea,
  };
}

function textOrNull(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : `${value}`;
}

function missingType(action: string, subject: string): TypeError {
  return new TypeError(`Failed to ${action} '${subject}': 1 argument required, but only 0 present.`);
}
