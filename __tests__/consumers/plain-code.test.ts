import { type Storage, type StorageWindow, WebStorageArea } from 'shared-memory-registry/web-storage';

/** The globals of a page, as "lib": ["DOM"] declares them. */
declare const localStorage: Storage;
declare const sessionStorage: Storage;
declare const addEventListener: StorageWindow['addEventListener'];
declare const removeEventListener: StorageWindow['removeEventListener'];

/** Code of a page that knows nothing of windows on an area: it keeps notes, and shows those of other tabs. */
class Notes {
  list: string[] = [];
  problem: string | undefined;
  readonly #reload = ({ key }: { key: string | null }) => {
    if (key === 'notes' || key === null) this.load();
  };

  constructor() {
    this.load();
    addEventListener('storage', this.#reload);
  }

  load(): void {
    this.#attempt(() => {
      this.list = [];
      this.list = JSON.parse(localStorage.getItem('notes') ?? '[]');
    });
  }

  add(note: string): void {
    this.list = [...this.list, note];
    this.#attempt(() => localStorage.setItem('notes', JSON.stringify(this.list)));
  }

  dispose(): void {
    removeEventListener('storage', this.#reload);
  }

  #attempt(action: () => void): void {
    this.problem = undefined;
    try {
      action();
    } catch (error) {
      this.problem = (error as Error).name;
    }
  }
}

describe('code that uses the globals of a page', () => {
  let area: WebStorageArea;
  let tab: StorageWindow;
  let other: StorageWindow;
  let uninstall: () => void;
  let notes: Notes;

  beforeEach(() => {
    area = new WebStorageArea({ quota: 100 });
    [tab, other] = [area.openWindow(), area.openWindow()];
    uninstall = tab.install();
    notes = new Notes();
  });
  afterEach(() => {
    notes.dispose();
    uninstall();
  });

  test('stores what every tab can read', () => {
    notes.add('tea');
    expect(other.localStorage.getItem('notes')).toBe('["tea"]');
  });

  test('hears another tab, and not itself', async () => {
    const load = jest.spyOn(notes, 'load');
    notes.add('tea');
    await area.settled();
    expect(load).not.toHaveBeenCalled();
    other.localStorage.setItem('notes', '["cake"]');
    await area.settled();
    expect(notes.list).toEqual(['cake']);
    other.localStorage.clear();
    await area.settled();
    expect(notes.list).toEqual([]);
  });

  test('hears another tab by onstorage', async () => {
    const keys: unknown[] = [];
    Object.assign(globalThis, { onstorage: ({ key }: { key: string | null }) => keys.push(key) });
    other.localStorage.setItem('theme', 'dark');
    await area.settled();
    Object.assign(globalThis, { onstorage: null });
    other.localStorage.setItem('theme', 'light');
    await area.settled();
    expect(keys).toEqual(['theme']);
  });

  test('has after a reload what it and other tabs stored, and what it kept for its session', async () => {
    notes.add('tea');
    sessionStorage.setItem('draft', 'cak');
    tab.reload();
    expect(new Notes().list).toEqual(['tea']);
    expect([sessionStorage, other.sessionStorage].map((storage) => storage.getItem('draft'))).toEqual(['cak', null]);
  });

  test('hears other tabs after a reload, and the page before it does not', async () => {
    const before = notes;
    tab.reload();
    notes = new Notes();
    other.localStorage.setItem('notes', '["cake"]');
    await area.settled();
    expect([before.list, notes.list]).toEqual([[], ['cake']]);
  });

  test('hears nothing once its window is not installed any more', async () => {
    const load = jest.spyOn(notes, 'load');
    const heard = jest.fn();
    Object.assign(globalThis, { onstorage: heard });
    uninstall();
    other.localStorage.setItem('notes', '["cake"]');
    await area.settled();
    expect([load.mock.calls, heard.mock.calls]).toEqual([[], []]);
    uninstall = tab.install();
  });

  test('is the page of another tab, once that is installed', () => {
    notes.add('tea');
    sessionStorage.setItem('draft', 'cak');
    const uninstallOther = other.install();
    expect(new Notes().list).toEqual(['tea']);
    expect(sessionStorage.getItem('draft')).toBeNull();
    uninstallOther();
    expect(sessionStorage.getItem('draft')).toBe('cak');
  });

  test('meets a QuotaExceededError at the setter, and what was stored is still there', () => {
    notes.add('tea');
    notes.add('x'.repeat(100));
    expect(notes.problem).toBe('QuotaExceededError');
    expect(localStorage.getItem('notes')).toBe('["tea"]');
  });

  test('meets a SyntaxError where the stored JSON is corrupt', () => {
    notes.add('tea');
    area.corrupt('notes');
    notes.load();
    expect([notes.problem, notes.list]).toEqual(['SyntaxError', []]);
  });

  test('meets a SecurityError at the global itself where storage is switched off', () => {
    area.blocked = true;
    expect(() => localStorage).toThrow(expect.objectContaining({ name: 'SecurityError', code: 18 }));
    notes.add('tea');
    expect([notes.problem, notes.list]).toEqual(['SecurityError', ['tea']]);
    area.blocked = false;
    expect(localStorage.length).toBe(0);
  });
});
