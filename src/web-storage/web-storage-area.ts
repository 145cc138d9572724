import { checkCallback, checkClient, readMembers, readOptions } from '../backend/input-validation';
import { encodeWith } from '../codec/storage-codec';
import { attempt, fail, withContext } from '../errors';
import { SharedMemoryRegistry, storeOf } from '../registry/shared-memory-registry';
import type { Commit, CommitOrigin } from '../store/commit';
import type { MemoryStore } from '../store/memory-store';
import { TrackedRecord } from '../store/storage-record';
import { EventQueue } from './event-queue';
import { textOf, utf16Size } from './storage-map';
import { type FrameOptions, StorageWindow } from './storage-window';

export interface WebStorageAreaOptions {
  /** Scheme, host and port. Default: `http://localhost`. */
  readonly origin?: string | undefined;
  /** The most UTF-16 code units that keys and values may take together. Default: 5 MiB of them, as in browsers. */
  readonly quota?: number | undefined;
  /** What is stored from the start, and again after `area.registry.reset()`. */
  readonly initial?: Readonly<Record<string, string>> | undefined;
  /**
   * The registry that holds the data, with a quota and initial values of its own. Default: a new one. For the quota of browsers, give it
   * `quota: 10 * 1024 * 1024, weigh: (key, value) => 2 * (key.length + value.length)`.
   */
  readonly registry?: SharedMemoryRegistry<string> | undefined;
  /** Says when a window is notified of a change, as that of `explore` or fast-check's does. Default: in a task of its own */
  readonly scheduler?: EventScheduler | undefined;
}

/** What `shared-memory-registry/simulation` calls a `Scheduler`. */
export interface EventScheduler {
  schedule(
    task: Promise<void>,
    label: string,
    turn: { readonly client: string; readonly key: string | null; readonly phase: 'delivery'; readonly handle: object },
  ): Promise<unknown>;
}

export interface OpenWindowOptions extends FrameOptions {
  /** The window that opens the new one, as `window.open` does without `noopener`. The new window starts with a copy of the opener's `sessionStorage`. */
  readonly opener?: StorageWindow | undefined;
  /** What `sessionStorage` holds from the start, and again after `area.reset()`. */
  readonly sessionStorage?: Readonly<Record<string, string>> | undefined;
}

/** What the area knows of a window. */
interface OpenWindow {
  /** Events to deliver to it. Without a scheduler, all windows have the same queue. */
  readonly events: EventQueue;
  /** The store of `sessionStorage`, which a window and its frames share. */
  readonly session: SharedMemoryRegistry<string>;
}

/**
 * The storage of one origin in a browser: windows on it share `localStorage`, are notified of each other's changes, and have a
 * `sessionStorage` each. It stands on a registry of strings, so checkpoints, `reset`, `peek` and `getUsage` work on it, and
 * each window is notified of what backends of the registry save.
 *
 * @example
 * const area = new WebStorageArea({ origin: 'https://app.test' });
 * const [tab1, tab2] = [area.openWindow(), area.openWindow()];
 * tab2.addEventListener('storage', (event) => console.log(event.key, event.newValue));
 * tab1.localStorage.setItem('theme', 'dark');
 * await area.settled(); // the listener has been called
 */
export class WebStorageArea {
  readonly origin: string;
  /** The registry of `localStorage`. Unless it was given, it counts two bytes for each UTF-16 code unit of keys and values. */
  readonly registry: SharedMemoryRegistry<string>;
  /** While true, storage is switched off, as by a user who blocks cookies: every access throws a `SecurityError`. */
  blocked = false;
  readonly #quota: number;
  readonly #scheduler: EventScheduler | undefined;
  readonly #windows = new Map<StorageWindow, OpenWindow>();
  readonly #events = new EventQueue();
  #opened = 0;
  #stopObserving: () => void = () => {};

  /** @throws {StorageError} `ERR_INVALID_OPTION`; for `initial`, what a save throws */
  constructor(options: WebStorageAreaOptions = {}) {
    const { origin, quota, registry, scheduler } = withContext('new WebStorageArea', () => checkAreaOptions(options));
    this.origin = origin;
    this.#quota = quota;
    this.registry = registry;
    this.#scheduler = scheduler;
  }

  /** @throws {StorageError} `ERR_INVALID_OPTION`, `ERR_DISPOSED` */
  openWindow(options: OpenWindowOptions = {}): StorageWindow {
    return withContext('openWindow', () => {
      const { opener, sessionStorage, ...page } = readOptions(options, ['url', 'client', 'opener', 'sessionStorage']);
      if (opener !== undefined && sessionStorage !== undefined) {
        fail('ERR_INVALID_OPTION', 'no sessionStorage beside an opener', options);
      }
      const values =
        opener === undefined
          ? readValues(sessionStorage === undefined ? {} : sessionStorage, 'sessionStorage')
          : this.#sessionOf(opener);
      return this.#open(page, () => this.#openSession(values));
    });
  }

  /**
   * Puts back what was stored at the start: `initial` in `localStorage`, and in the `sessionStorage` of each open window what the window was opened
   * with. Windows are notified of the changes.
   */
  reset(): void {
    this.registry.reset();
    for (const session of new Set(Array.from(this.#windows.values(), (window) => window.session))) session.reset();
  }

  /** Resolves when every storage event that is due has been delivered, and those that came of it. */
  async settled(): Promise<void> {
    const queues = () => [this.#events, ...Array.from(this.#windows.values(), ({ events }) => events)];
    while (queues().some(({ isSettled }) => !isSettled)) await Promise.all(queues().map((queue) => queue.settled()));
  }

  /**
   * Damages what is stored under a key, as a failing disk does: no window is notified. (Listeners of the registry are, with the
   * client `corruption`.)
   * @param damage Default: only the first half of the text is left.
   * @returns what is stored now
   * @throws {StorageError} `ERR_INVALID_KEY` where nothing is stored; `ERR_INVALID_CALLBACK`, `ERR_HOOK_FAILED` from `damage`
   */
  corrupt(key: string, damage = (text: string) => text.slice(0, text.length / 2)): string {
    return withContext('corrupt', () => {
      checkCallback(damage, 'damage');
      const store = this.#store;
      const read = () => store.get(key, CORRUPTION) ?? fail('ERR_INVALID_KEY', 'a key that is stored', key);
      const before = textOf(store, read()) as string;
      const text = attempt('ERR_HOOK_FAILED', 'damage to succeed', () => damage(before));
      if (typeof text !== 'string') return fail('ERR_HOOK_FAILED', 'damage to return a string', text);
      const { revision, updatedAt, metadata } = read();
      store.write(key, new TrackedRecord(revision, encodeWith(store.codec, text), updatedAt, metadata), {}, CORRUPTION);
      return text;
    });
  }

  /** The windows and frames that are open, in the order in which they were opened. */
  get windows(): StorageWindow[] {
    return [...this.#windows.keys()];
  }

  /** Closes every window. What is stored stays. */
  closeWindows(): void {
    for (const window of this.windows) window.close();
  }

  #open({ url = '/', client }: FrameOptions, findSession: () => SharedMemoryRegistry<string>): StorageWindow {
    checkClient(client);
    const address = typeof url === 'string' ? parseUrl(url, this.origin) : undefined;
    if (address?.origin !== this.origin) fail('ERR_INVALID_OPTION', `url to be an address of ${this.origin}`, url);
    this.#store.assertInUse();
    const session = findSession();
    if (this.#windows.size === 0) this.#stopObserving = this.#store.observe({ onCommit: (commit) => this.#broadcast(commit) });
    this.#opened += 1;
    const window = new StorageWindow({
      client: client ?? `window-${this.#opened}`,
      url: address,
      localStore: this.#store,
      sessionStore: storeOf(session),
      isBlocked: () => this.blocked,
      onClose: (closed) => this.#remove(closed, session),
      openFrame: (options) => this.#open(readOptions(options, ['url', 'client']), () => session),
    });
    this.#windows.set(window, { events: this.#scheduler === undefined ? this.#events : new EventQueue(), session });
    return window;
  }

  #remove(window: StorageWindow, session: SharedMemoryRegistry<string>): void {
    this.#windows.delete(window);
    if (this.#windows.size === 0) this.#stopObserving();
    // Frames are closed before their window: nobody is left who shares it.
    if (![...this.#windows.values()].some((other) => other.session === session)) session.dispose();
  }

  #openSession(values: Readonly<Record<string, string>>): SharedMemoryRegistry<string> {
    const session = openRegistry(this.#quota, values);
    storeOf(session).observe({ onCommit: (commit) => this.#broadcast(commit, session) });
    return session;
  }

  /** What a window has in its `sessionStorage`, by key. */
  #sessionOf(opener: StorageWindow): Record<string, string> {
    const session = this.#windows.get(opener)?.session;
    if (session === undefined) return fail('ERR_INVALID_OPTION', 'opener to be an open window of this area', opener);
    const store = storeOf(session);
    return Object.fromEntries(Array.from(store.records(opener), ([key, record]) => [key, textOf(store, record) as string]));
  }

  /**
   * Notifies every window that is open now, but for the one that has made the commit: of `clear()` once, else of each key.
   * @param session whose `sessionStorage` has changed: only windows that share it are notified. Absent for `localStorage`
   */
  #broadcast({ type, origin, changes }: Commit, session?: SharedMemoryRegistry<string>): void {
    if (origin === CORRUPTION) return;
    const store = session === undefined ? this.#store : storeOf(session);
    const isClearedByWindow = type === 'clear' && origin !== null;
    if (isClearedByWindow) this.#notifyWindows(origin, session, null, null, null);
    for (const { key, before, after } of isClearedByWindow ? [] : changes) {
      const [oldValue, newValue] = [textOf(store, before), textOf(store, after)];
      if (oldValue !== newValue) this.#notifyWindows(origin, session, key, oldValue, newValue);
    }
  }

  #notifyWindows(
    origin: CommitOrigin | null,
    session: SharedMemoryRegistry<string> | undefined,
    key: string | null,
    oldValue: string | null,
    newValue: string | null,
  ): void {
    const url = origin instanceof StorageWindow ? origin.location.href : `${this.origin}/`;
    for (const [window, { events, session: own }] of this.#windows) {
      if (window === origin || (session !== undefined && session !== own)) continue;
      const receive = window.receiver(session === undefined ? 'localStorage' : 'sessionStorage');
      events.add(() => receive({ key, oldValue, newValue, url }), this.#turnOf(window, key, newValue));
    }
  }

  #turnOf(handle: StorageWindow, key: string | null, value: string | null): (() => Promise<unknown>) | undefined {
    const [scheduler, { client }] = [this.#scheduler, handle];
    const label = `${client}: is notified of ${key === null ? 'clear' : `${key}: ${value}`}`;
    return scheduler && (() => scheduler.schedule(Promise.resolve(), label, { client, key, phase: 'delivery', handle }));
  }

  get #store(): MemoryStore<string> {
    return storeOf(this.registry);
  }
}

const CORRUPTION: CommitOrigin = { client: 'corruption' };

const QUOTA = 5 * 1024 * 1024;

function openRegistry(quota: number, initial: Readonly<Record<string, string>>): SharedMemoryRegistry<string> {
  const snapshots = Object.entries(initial).map(([key, data]) => [key, { revision: '1', data }]);
  return new SharedMemoryRegistry<string>({ quota: 2 * quota, weigh: utf16Size, initial: Object.fromEntries(snapshots) });
}

function checkAreaOptions(options: WebStorageAreaOptions) {
  const names = ['origin', 'quota', 'initial', 'registry', 'scheduler'] as const;
  const { origin = 'http://localhost', quota: given, initial, registry, scheduler } = readOptions(options, names);
  const quota = given === undefined ? QUOTA : given;
  const address = parseUrl(origin);
  if (address === undefined || address.href !== `${address.origin}/`) {
    fail('ERR_INVALID_OPTION', 'origin to be scheme, host and port', origin);
  }
  if (!(Number.isFinite(quota) && quota >= 0)) {
    fail('ERR_INVALID_OPTION', 'quota to be a number of UTF-16 code units, 0 or more', quota);
  }
  if (scheduler !== undefined && typeof scheduler?.schedule !== 'function') {
    fail('ERR_INVALID_OPTION', 'a scheduler with a method schedule', scheduler);
  }
  const checked = { origin: address.origin, quota, scheduler };
  if (registry === undefined) {
    return { ...checked, registry: openRegistry(quota, initial === undefined ? {} : readValues(initial, 'initial')) };
  }
  if (!SharedMemoryRegistry.is(registry)) fail('ERR_INVALID_OPTION', 'a SharedMemoryRegistry', registry);
  if (initial !== undefined || given !== undefined) fail('ERR_INVALID_OPTION', 'no initial or quota beside a registry', options);
  return { ...checked, registry };
}

function readValues(given: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
  const expected = `${name} to be an object of strings by key`;
  const values = readMembers(given, expected);
  for (const value of Object.values(values)) if (typeof value !== 'string') fail('ERR_INVALID_OPTION', expected, value);
  return values;
}

function parseUrl(url: string, base?: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}
