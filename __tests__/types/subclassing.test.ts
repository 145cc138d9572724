import {
  type Awaitable,
  type BackendClass,
  type BackendWith,
  BaseStorageBackend,
  createSharedMemoryStorage,
  KeyedMemoryBackend,
  type KeyedMemoryBackendOptions,
  type Operation,
  SharedMemoryRegistry,
  type StorageBackend,
  type StorageBackendWithMetadata,
  type StorageRecord,
  withMetadataTracking,
} from 'shared-memory-registry';

/**
 * What types promise. Each `@ts-expect-error` fails to compile when a type gets looser, each plain line when one gets
 * stricter; the few things that can be seen when the program runs are checked as well.
 */

interface AppState {
  readonly theme: 'dark' | 'light';
}

const dark = { revision: '1', data: { theme: 'dark' } } as const;
const wrong = { revision: '1', data: { theme: 1 } } as const;

class AuditedBackend<T> extends KeyedMemoryBackend<T> {
  static readonly label: string = 'audited';
  readonly log: Operation[] = [];
  last: T | undefined;

  protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
    this.log.push(operation);
    return super.perform(operation, action);
  }
}

/** A behaviour mixin, as docs/writing-a-backend.md shows it. */
function withCounting<B extends BackendClass>(Backend: B): B {
  abstract class CountingBackend extends Backend {
    protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      counted.push(operation.type);
      return super.perform(operation, action);
    }
  }
  return CountingBackend;
}

/** A behaviour mixin that adds a member. */
function withNote<B extends BackendClass>(Backend: B): BackendWith<B, { note: string }> {
  abstract class NotingBackend extends Backend {
    note = '';
  }
  return NotingBackend;
}

const counted: string[] = [];

abstract class Medium<T> extends BaseStorageBackend<T> {
  static readonly kind: string = 'medium';
  value: T | undefined;
  #record: StorageRecord | null = null;

  constructor(
    key: string,
    readonly port: number,
  ) {
    super({ key });
  }

  protected override read(): StorageRecord | null {
    return this.#record;
  }

  protected override write(record: StorageRecord | null): void {
    this.#record = record;
  }
}

/** Lines that are compiled and never run. */
function compiled(_lines: () => unknown): void {
  expect(true).toBe(true);
}

describe('T', () => {
  test('is the data of every route in and out of a handle', () =>
    compiled(async () => {
      const backend = new SharedMemoryRegistry<AppState>().getBackend('settings');
      const metadata = { savedAt: 0, schemaVersion: 1, sizeBytes: 0, compressed: false };
      await backend.save(dark);
      // @ts-expect-error the data is of another type
      await backend.save(wrong);
      await backend.saveWithMetadata({ snapshot: dark, metadata });
      // @ts-expect-error the data is of another type
      await backend.saveWithMetadata({ snapshot: wrong, metadata });
      await backend.update((current) => ({ revision: '2', data: { theme: current?.data.theme ?? 'dark' } }));
      // @ts-expect-error the data is of another type
      await backend.update(() => wrong);
      const theme: 'dark' | 'light' | undefined = (await backend.load())?.data.theme;
      const persisted: 'dark' | 'light' | undefined = (await backend.loadWithMetadata())?.snapshot.data.theme;
      // @ts-expect-error data that was loaded is of no other type
      const number: number | undefined = (await backend.load())?.data;
      // @ts-expect-error data that was loaded with metadata is of no other type
      const another: number | undefined = (await backend.loadWithMetadata())?.snapshot.data;
      return [theme, persisted, number, another];
    }));

  test('is the data of the registry: initial, peek, entries, toJSON, checkpoints', () =>
    compiled(() => {
      const registry = new SharedMemoryRegistry<AppState>({ initial: { a: dark } });
      // @ts-expect-error initial data is of another type
      new SharedMemoryRegistry<AppState>({ initial: { a: wrong } });
      const theme: 'dark' | 'light' | undefined = registry.peek('a')?.snapshot.data.theme;
      // @ts-expect-error peek gives no other type
      const text: string | undefined = registry.peek('a')?.snapshot.data;
      for (const [, { data }] of registry) data.theme.toUpperCase();
      registry.restore(new SharedMemoryRegistry<AppState>().checkpoint());
      // @ts-expect-error a checkpoint of other data
      registry.restore(new SharedMemoryRegistry<number>().checkpoint());
      return [theme, text];
    }));

  test('is inferred from initial', () =>
    compiled(async () => {
      const backend = new SharedMemoryRegistry({ initial: { a: { revision: '1', data: { count: 1 } } } }).getBackend('a');
      await backend.save({ revision: '2', data: { count: 2 } });
      // @ts-expect-error the data is of another type than what initial has
      await backend.save({ revision: '2', data: { count: 'two' } });
    }));

  test('may not be mixed up between handles', () =>
    compiled(() => {
      const numbers = new SharedMemoryRegistry<number>().getBackend('a');
      // @ts-expect-error handles of different data
      const texts: KeyedMemoryBackend<string> = numbers;
      return texts;
    }));
});

describe('the documented interfaces', () => {
  test('are fitted by a handle', () =>
    compiled(() => {
      const handle = new SharedMemoryRegistry<AppState>().getBackend('a');
      const simple: StorageBackend<AppState> = handle;
      const full: StorageBackendWithMetadata<AppState> = handle;
      // @ts-expect-error a backend of other data
      const other: StorageBackend<number> = handle;
      return [simple, full, other];
    }));

  test('are fitted where revision is the branded string', () =>
    compiled(() => {
      type Branded = string & { readonly __brand: 'Revision' };
      interface Documented<T> {
        save(snapshot: { revision: Branded; data: T }): Promise<void>;
        load(): Promise<{ revision: Branded; data: T } | null>;
        clear?(): Promise<void>;
      }
      const documented: Documented<AppState> = createSharedMemoryStorage<AppState>().getBackend('a');
      return documented;
    }));

  test('give branded revisions out, and take plain text in', () =>
    compiled(async () => {
      const backend = createSharedMemoryStorage<AppState>().getBackend('a');
      await backend.save({ revision: '1', data: { theme: 'dark' } });
      const revision: (string & { readonly __brand: 'Revision' }) | undefined = (await backend.load())?.revision;
      // @ts-expect-error plain text is no revision
      const branded: string & { readonly __brand: 'Revision' } = '1';
      return [revision, branded];
    }));
});

describe('a subclass', () => {
  test('keeps its members and T through getBackend', async () => {
    const backend = new SharedMemoryRegistry<AppState>().getBackend('a', { Backend: AuditedBackend });
    await backend.save(dark);
    expect(backend.log.map(({ type }) => type)).toEqual(['save']);
    const last: AppState | undefined = backend.last;
    // @ts-expect-error the member is of T, not of another type
    const text: string | undefined = backend.last;
    // @ts-expect-error the data is of another type
    const save = () => backend.save(wrong);
    // @ts-expect-error there is no such member
    const missing: unknown = backend.missing;
    expect([last, text, typeof save, missing]).toEqual([undefined, undefined, 'function', undefined]);
  });

  test('keeps its members and T through the registry, given with T or inferred', async () => {
    const given = new SharedMemoryRegistry<AppState, AuditedBackend<AppState>>({ Backend: AuditedBackend });
    const inferred = new SharedMemoryRegistry({ Backend: AuditedBackend<AppState> });
    for (const backend of [given.getBackend('a'), inferred.getBackend('a')]) {
      await backend.save(dark);
      expect(backend.log).toHaveLength(1);
      // @ts-expect-error the member is of T, not of another type
      const text: string | undefined = backend.last;
      // @ts-expect-error the data is of another type
      const save = () => backend.save(wrong);
      expect([text, typeof save]).toEqual([undefined, 'function']);
    }
  });

  test('is handed over with T alone, where its members are not needed', () =>
    compiled(() => {
      const backend = new SharedMemoryRegistry<AppState>({ Backend: AuditedBackend }).getBackend('a');
      // @ts-expect-error the members of the subclass are not known then
      return backend.log;
    }));

  test('must be handed over where the registry promises it', () =>
    compiled(() => {
      // @ts-expect-error no Backend, so the handles would not be AuditedBackends
      return new SharedMemoryRegistry<AppState, AuditedBackend<AppState>>({ quota: 1 });
    }));

  test('must be constructed as the registry constructs it', () =>
    compiled(() => {
      class Demanding extends KeyedMemoryBackend<AppState> {
        constructor(
          options: KeyedMemoryBackendOptions<AppState>,
          readonly extra: number,
        ) {
          super(options);
        }
      }
      // @ts-expect-error nobody gives it `extra`
      new SharedMemoryRegistry<AppState>().getBackend('a', { Backend: Demanding });
      // @ts-expect-error a class of other data
      new SharedMemoryRegistry<AppState>().getBackend('a', { Backend: KeyedMemoryBackend<number> });
      // @ts-expect-error no class of backends
      new SharedMemoryRegistry<AppState>().getBackend('a', { Backend: Map });
    }));
});

describe('a behaviour mixin', () => {
  class Counting<T> extends withCounting(AuditedBackend)<T> {
    own(): T | undefined {
      return this.last;
    }
  }
  class Noting<T> extends withNote(withCounting(withCounting(AuditedBackend)))<T> {}

  test('keeps T, statics, constructor arguments and members, for a class still generic', async () => {
    expect(Counting.label).toBe('audited');
    const backend = new SharedMemoryRegistry<AppState>().getBackend('a', { Backend: Counting });
    counted.length = 0;
    await backend.save(dark);
    expect([backend.log.length, counted]).toEqual([1, ['save']]);
    const own: AppState | undefined = backend.own();
    // @ts-expect-error the member is of T, not of another type
    const text: string | undefined = backend.own();
    // @ts-expect-error the data is of another type
    const save = () => backend.save(wrong);
    // @ts-expect-error there is no such static member
    expect([own, text, typeof save, Counting.missing]).toEqual([undefined, undefined, 'function', undefined]);
    // @ts-expect-error its constructor takes options
    expect(() => new Counting<AppState>()).toThrow();
  });

  test('keeps them for a class of one T', () =>
    compiled(async () => {
      const Concrete = withCounting(AuditedBackend<AppState>);
      const backend = new SharedMemoryRegistry<AppState>().getBackend('a', { Backend: Concrete });
      await backend.save(dark);
      // @ts-expect-error the data is of another type
      await backend.save(wrong);
      return [Concrete.label, backend.log, backend.last?.theme];
    }));

  test('keeps them when mixins nest, and adds members of its own', async () => {
    const backend = new SharedMemoryRegistry<AppState>().getBackend('a', { Backend: Noting });
    counted.length = 0;
    await backend.save(dark);
    const note: string = backend.note;
    expect([counted, note, Noting.label, backend.log.length]).toEqual([['save', 'save'], '', 'audited', 1]);
    // @ts-expect-error the data is of another type
    const save = () => backend.save(wrong);
    // @ts-expect-error the note is text
    const number: number = backend.note;
    expect([typeof save, number]).toEqual(['function', '']);
  });

  test('takes classes of backends only', () =>
    compiled(() => {
      // @ts-expect-error no class of backends
      return withCounting(Map);
    }));
});

describe('withMetadataTracking', () => {
  class TrackedMedium<T> extends withMetadataTracking(withCounting(Medium))<T> {}

  test('keeps T, statics, constructor arguments and members, over another medium', async () => {
    expect(TrackedMedium.kind).toBe('medium');
    const backend = new TrackedMedium<AppState>('settings', 8080);
    await backend.save(dark);
    expect([backend.port, (await backend.stat())?.saveCount]).toEqual([8080, 1]);
    const value: AppState | undefined = backend.value;
    const theme: 'dark' | 'light' | undefined = (await backend.loadWithMetadata())?.snapshot.data.theme;
    // @ts-expect-error the member is of T, not of another type
    const text: string | undefined = backend.value;
    const metadata = { savedAt: 0, schemaVersion: 1, sizeBytes: 0, compressed: false };
    // @ts-expect-error the data is of another type
    const save = () => backend.saveWithMetadata({ snapshot: wrong, metadata });
    // @ts-expect-error there is no such static member
    expect([value, theme, text, typeof save, TrackedMedium.missing]).toEqual([
      undefined,
      'dark',
      undefined,
      'function',
      undefined,
    ]);
    // @ts-expect-error the port is a number
    expect(new TrackedMedium<AppState>('settings', '8080').port).toBe('8080');
    const full: StorageBackendWithMetadata<AppState> = backend;
    // @ts-expect-error a backend of other data
    const other: StorageBackendWithMetadata<number> = backend;
    expect([full, other]).toEqual([backend, backend]);
  });

  test('keeps them for a class of one T', () =>
    compiled(async () => {
      class Concrete extends withMetadataTracking(Medium<AppState>) {}
      const backend = new Concrete('settings', 1);
      await backend.save(dark);
      // @ts-expect-error the data is of another type
      await backend.save(wrong);
      return [Concrete.kind, backend.port, (await backend.loadWithMetadata())?.snapshot.data.theme];
    }));

  test('leaves no class without hooks to be constructed', () =>
    compiled(() => {
      // @ts-expect-error read and write are missing
      class Incomplete<T> extends withMetadataTracking(BaseStorageBackend)<T> {}
      return Incomplete;
    }));
});
