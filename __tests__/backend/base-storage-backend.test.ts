import {
  type Awaitable,
  BaseStorageBackend,
  KeyedMemoryBackend,
  type Operation,
  RevisionConflictError,
  SharedMemoryRegistry,
  type SnapshotEnvelope,
  StorageError,
  type StorageRecord,
  supersede,
  type WriteCondition,
  withMetadataTracking,
} from 'shared-memory-registry';

const snapshot = (n: number) => ({ revision: String(n), data: n });

/** Resolves after so many turns of the microtask queue. */
async function ticks(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await Promise.resolve();
}

/** Handles whose operations wait before and after their effect, as told by `delays`. */
class SlowBackend<T> extends KeyedMemoryBackend<T> {
  delays: { before?: number; after?: number }[] = [];

  protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
    const { before = 0, after = 0 } = this.delays.shift() ?? {};
    await ticks(before);
    const result = await super.perform(operation, action);
    await ticks(after);
    return result;
  }
}

function slow(...delays: { before?: number; after?: number }[]) {
  const registry = new SharedMemoryRegistry<number>();
  const backend = registry.getBackend('key', { client: 'slow', Backend: SlowBackend });
  backend.delays = delays;
  return { registry, backend };
}

describe('the order of one handle', () => {
  test('is that of the calls, however long each waits before its effect', async () => {
    const { registry, backend } = slow({ before: 30 }, { before: 0 }, { before: 10 });
    const revisions: (string | null)[] = [];
    registry.subscribe((change) => revisions.push(change.revision));
    await Promise.all([1, 2, 3].map((n) => backend.save(snapshot(n))));
    expect(revisions).toEqual(['1', '2', '3']);
  });

  test('is kept across an operation that fails before its effect while an earlier one still waits', async () => {
    class Failing<T> extends SlowBackend<T> {
      protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        return operation.revision === '2' ? Promise.reject(new Error('no')) : super.perform(operation, action);
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Failing });
    backend.delays = [{ before: 20 }];
    const first = backend.save(snapshot(1));
    const second = backend.save(snapshot(2));
    await expect(second).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
    const third = backend.load();
    await first;
    await expect(third).resolves.toEqual(snapshot(1));
  });

  test('is kept for one that was called while an operation before it was still to fail', async () => {
    class Failing<T> extends SlowBackend<T> {
      protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        if (operation.revision !== '2') return super.perform(operation, action);
        await ticks(5);
        throw new Error('no');
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Failing });
    backend.delays = [{ before: 40 }];
    const first = backend.save(snapshot(1));
    const second = backend.save(snapshot(2));
    const third = backend.load();
    await expect(second).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
    await expect(third).resolves.toEqual(snapshot(1));
    await first;
  });

  test('holds nobody back once the effect has happened: a later reply may come first', async () => {
    const { backend } = slow({ after: 30 }, {});
    const replies: string[] = [];
    const saving = backend.save(snapshot(1)).then(() => replies.push('save'));
    const loading = backend.load().then((loaded) => replies.push(`load ${loaded?.revision}`));
    await Promise.all([saving, loading]);
    expect(replies).toEqual(['load 1', 'save']);
  });

  test('does not hold other handles back', async () => {
    const { registry, backend } = slow({ before: 50 });
    const waiting = backend.save(snapshot(1));
    await registry.getBackend('key').save(snapshot(2));
    expect(registry.peek('key')?.snapshot.revision).toBe('2');
    await waiting;
    expect(registry.peek('key')?.snapshot.revision).toBe('1');
  });

  test('puts a save that a getter makes after the save that reads it', async () => {
    const registry = new SharedMemoryRegistry<unknown>();
    const backend = registry.getBackend('key');
    let inner: Promise<void> | undefined;
    const data = {
      get value() {
        inner = backend.save({ revision: '2', data: 'inner' });
        return 'outer';
      },
    };
    await backend.save({ revision: '1', data });
    await inner;
    expect(registry.peek('key')?.snapshot).toEqual({ revision: '2', data: 'inner' });
  });

  test('takes effect in the stack of the call where no hook waits', () => {
    const registry = new SharedMemoryRegistry<number>();
    void registry.getBackend('key').save(snapshot(1));
    expect(registry.peek('key')?.snapshot).toEqual(snapshot(1));
  });
});

describe('perform', () => {
  class Recording<T> extends KeyedMemoryBackend<T> {
    readonly operations: Operation[] = [];
    results: unknown[] = [];

    protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
      this.operations.push(operation);
      const result = await super.perform(operation, action);
      this.results.push(result);
      return result;
    }
  }

  test('is called around every operation, with what it is about', async () => {
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { client: 'me', Backend: Recording });
    await backend.save(snapshot(1), { ifMatch: null });
    await backend.load();
    await backend.update(() => snapshot(2));
    await backend.saveWithMetadata(snapshot(3), { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false });
    await backend.loadWithMetadata();
    await backend.stat();
    await backend.getUsage();
    await backend.clear({ ifMatch: '3' });
    const at = { key: 'key', client: 'me' };
    expect(backend.operations).toEqual([
      { type: 'save', ...at, revision: '1', ifMatch: null },
      { type: 'load', ...at },
      { type: 'update', ...at },
      { type: 'save', ...at, revision: '3' },
      { type: 'load', ...at },
      { type: 'stat', ...at },
      { type: 'getUsage', ...at },
      { type: 'clear', ...at, ifMatch: '3' },
    ]);
  });

  test('gives records for what reads and for an update, and nothing for a save and a clear', async () => {
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Recording });
    await backend.load();
    await backend.save(snapshot(1));
    await backend.load();
    await backend.update(() => snapshot(2));
    await backend.clear();
    const record = (n: number) => expect.objectContaining({ revision: String(n), data: n });
    expect(backend.results).toEqual([null, undefined, record(1), record(2), undefined]);
  });

  test('is not reached by what is refused', async () => {
    const backend = new SharedMemoryRegistry<unknown>().getBackend('key', { Backend: Recording });
    await backend.save({ revision: '01', data: 1 }).catch(() => {});
    await backend.save({ revision: '1', data: () => {} }).catch(() => {});
    await backend.load({ signal: AbortSignal.abort() }).catch(() => {});
    expect(backend.operations).toEqual([]);
  });

  test('may leave the action out: a dropped save changes nothing, and its caller is told it happened', async () => {
    class Dropping<T> extends KeyedMemoryBackend<T> {
      protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        return operation.type === 'save' ? Promise.resolve(undefined as R) : super.perform(operation, action);
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Dropping });
    await expect(backend.save(snapshot(1))).resolves.toBeUndefined();
    await expect(backend.load()).resolves.toBeNull();
  });

  test('may give back another record, such as an earlier one', async () => {
    class Stale<T> extends KeyedMemoryBackend<T> {
      #first: unknown;
      protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        const result = await super.perform(operation, action);
        if (operation.type !== 'load') return result;
        this.#first ??= result;
        return this.#first as R;
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Stale });
    await backend.save(snapshot(1));
    await backend.load();
    await backend.save(snapshot(2));
    await expect(backend.load()).resolves.toEqual(snapshot(1));
  });

  test('may call the action again after it has failed', async () => {
    class Retrying<T> extends KeyedMemoryBackend<T> {
      failures = 2;
      protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        return super.perform(operation, action).catch(() => this.perform(operation, action));
      }
      protected override write(record: StorageRecord, condition: WriteCondition): Awaitable<void> {
        this.failures -= 1;
        if (this.failures >= 0) throw new Error('busy');
        return super.write(record, condition);
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Retrying });
    await backend.save(snapshot(1));
    await expect(backend.stat()).resolves.toMatchObject({ revision: '1', saveCount: 1 });
  });

  test('can look at the medium with read', async () => {
    class Looking<T> extends KeyedMemoryBackend<T> {
      readonly seen: unknown[] = [];
      protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        this.seen.push((await this.read())?.revision);
        return super.perform(operation, action);
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Looking });
    await backend.save(snapshot(1));
    await backend.save(snapshot(2));
    expect(backend.seen).toEqual([undefined, '1']);
  });

  test('is told at once that an operation of the handle itself would wait for itself', async () => {
    class Nesting<T> extends KeyedMemoryBackend<T> {
      protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        if (operation.type === 'save') await this.load();
        return super.perform(operation, action);
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Nesting });
    await expect(backend.save(snapshot(1))).rejects.toThrow(
      'load("key"): expected Nesting.perform to look at the medium with this.read(), got this.load(), which would wait for ' +
        'the operation that is being performed [ERR_HOOK_FAILED]',
    );
    await expect(backend.load()).resolves.toBeNull();
  });

  test('may start another operation of the handle once the action is called: it comes after', async () => {
    class Following<T> extends KeyedMemoryBackend<T> {
      next: Promise<SnapshotEnvelope<T> | null> | undefined;
      protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        const performed = super.perform(operation, action);
        if (operation.type === 'save') this.next = this.load();
        return performed;
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Following });
    await backend.save(snapshot(1));
    await expect(backend.next).resolves.toEqual(snapshot(1));
  });
});

describe('a signal', () => {
  test('that is aborted while the operation waits rejects it at once, and it never takes effect', async () => {
    const { registry, backend } = slow({ before: 50 });
    const controller = new AbortController();
    const saving = backend.save(snapshot(1), { signal: controller.signal });
    controller.abort('too late');
    await expect(saving).rejects.toBe('too late');
    await ticks(100);
    expect(registry.has('key')).toBe(false);
  });

  test('that is aborted rejects at once, even where the hook never goes on', async () => {
    class Stuck<T> extends KeyedMemoryBackend<T> {
      protected override perform<R>(): Promise<R> {
        return new Promise(() => {});
      }
    }
    const controller = new AbortController();
    const loading = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Stuck }).load({ signal: controller.signal });
    controller.abort('too late');
    await expect(loading).rejects.toBe('too late');
  });

  test('that is aborted after the effect is too late', async () => {
    const { registry, backend } = slow({ after: 50 });
    const controller = new AbortController();
    const saving = backend.save(snapshot(1), { signal: controller.signal });
    await ticks(5);
    expect(registry.has('key')).toBe(true);
    controller.abort();
    await expect(saving).resolves.toBeUndefined();
  });

  test('lets those behind it go on', async () => {
    const { backend } = slow({ before: 50 });
    const controller = new AbortController();
    const saving = backend.save(snapshot(1), { signal: controller.signal });
    const next = backend.save(snapshot(2));
    controller.abort('too late');
    await expect(saving).rejects.toBe('too late');
    await next;
    await expect(backend.load()).resolves.toEqual(snapshot(2));
  });

  test('is left alone once the operation is over', async () => {
    const { signal } = new AbortController();
    const removed = jest.spyOn(signal, 'removeEventListener');
    await new SharedMemoryRegistry<number>().getBackend('key').save(snapshot(1), { signal });
    await ticks(5);
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
  });
});

describe('validate', () => {
  class Positive extends KeyedMemoryBackend<number> {
    protected override validate({ data }: SnapshotEnvelope<number>): void {
      if (data <= 0) throw new RangeError('not positive');
    }
  }

  test('refuses on every way in, with its error as cause', async () => {
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Positive });
    const refused = { code: 'ERR_HOOK_FAILED', key: 'key', cause: new RangeError('not positive') };
    const metadata = { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false };
    await expect(backend.save(snapshot(0))).rejects.toMatchObject(refused);
    await expect(backend.saveWithMetadata(snapshot(0), metadata)).rejects.toMatchObject(refused);
    await expect(backend.update(() => snapshot(0))).rejects.toMatchObject(refused);
    await expect(backend.load()).resolves.toBeNull();
    await backend.save(snapshot(1));
  });

  test('lets a StorageError of its own through as it is', async () => {
    const error = new StorageError('ERR_TOO_DARK', { expected: 'light', received: 'dark', key: 'mine' });
    class Refusing extends KeyedMemoryBackend<number> {
      protected override validate(): void {
        throw error;
      }
    }
    await expect(new SharedMemoryRegistry<number>().getBackend('key', { Backend: Refusing }).save(snapshot(1))).rejects.toBe(
      error,
    );
  });

  test('sees the copy that will be stored, and changing that changes nothing', async () => {
    const seen: unknown[] = [];
    class Meddling extends KeyedMemoryBackend<{ n: number }> {
      protected override validate({ data }: SnapshotEnvelope<{ n: number }>): void {
        seen.push(data.n);
        Object.assign(data, { n: 99 });
      }
    }
    const backend = new SharedMemoryRegistry<{ n: number }>().getBackend('key', { Backend: Meddling });
    let reads = 0;
    const data = {
      get n() {
        reads += 1;
        return reads;
      },
    };
    await backend.save({ revision: '1', data });
    expect([seen, reads, (await backend.load())?.data]).toEqual([[1], 1, { n: 1 }]);
  });

  test.each([false, Promise.resolve()])('must not return anything: %p', async (verdict) => {
    class Returning extends KeyedMemoryBackend<number> {
      protected override validate = () => verdict as never;
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Returning });
    await expect(backend.save(snapshot(1))).rejects.toThrow(/expected Returning\.validate to throw or to return nothing, got/);
  });
});

describe('update on a medium that answers late', () => {
  /** A medium shared by its handles, where somebody may write between a read and the write after it. */
  class LateMedium extends withMetadataTracking(BaseStorageBackend)<number> {
    reads = 0;

    constructor(readonly place: { record: StorageRecord | null }) {
      super({ key: 'key' });
    }

    protected override async read(): Promise<StorageRecord | null> {
      this.reads += 1;
      const { record } = this.place;
      await ticks(3);
      return record;
    }

    protected override async write(record: StorageRecord, condition: WriteCondition): Promise<void> {
      await ticks(3);
      this.place.record = supersede(this.place.record, record, condition);
    }

    protected override erase(): void {
      this.place.record = null;
    }
  }

  test('starts again when somebody else was faster, and loses nothing', async () => {
    const place = { record: null };
    const handles = Array.from({ length: 10 }, () => new LateMedium(place));
    const count = (current: SnapshotEnvelope<number> | null) => snapshot((current?.data ?? 0) + 1);
    await Promise.all(handles.map((handle) => handle.update(count)));
    await expect(handles[0]?.load()).resolves.toEqual(snapshot(10));
    expect(Math.max(...handles.map(({ reads }) => reads))).toBeGreaterThan(2);
  });

  test('gives up with the conflict where every write is refused, after a thousand tries', async () => {
    class Refusing extends LateMedium {
      protected override async write(): Promise<void> {
        throw new RevisionConflictError(null, '1');
      }
    }
    const backend = new Refusing({ record: null });
    await expect(backend.update(() => snapshot(1))).rejects.toMatchObject({ code: 'ERR_REVISION_CONFLICT', operation: 'update' });
    expect(backend.reads).toBe(1000);
  });

  test('refuses at once where its own ifMatch is not met', async () => {
    const backend = new LateMedium({ record: null });
    await expect(backend.update(() => snapshot(1), { ifMatch: '1' })).rejects.toMatchObject({ ifMatch: '1', actual: null });
    expect(backend.reads).toBe(1);
  });

  test('hands on any other error of the write', async () => {
    class Failing extends LateMedium {
      protected override async write(): Promise<void> {
        throw new TypeError('disk full');
      }
    }
    const backend = new Failing({ record: null });
    await expect(backend.update(() => snapshot(1))).rejects.toMatchObject({ cause: new TypeError('disk full') });
    expect(backend.reads).toBe(1);
  });

  test('has a usage without a quota', async () => {
    const backend = new LateMedium({ record: null });
    await backend.save(snapshot(1));
    await expect(backend.getUsage()).resolves.toEqual({ used: 'key'.length + '{"revision":"1","data":1}'.length });
  });

  test('counts on and keeps the time of creation', async () => {
    jest.useFakeTimers({ now: 1000, doNotFake: ['queueMicrotask', 'nextTick'] });
    const backend = new LateMedium({ record: null });
    await backend.save(snapshot(1));
    jest.setSystemTime(2000);
    await backend.save(snapshot(2));
    jest.useRealTimers();
    const stat = { revision: '2', sizeBytes: 25, createdAt: 1000, updatedAt: 2000, saveCount: 2 };
    await expect(backend.stat()).resolves.toEqual(stat);
  });
});

describe('a handle on its own', () => {
  test('has a client name, also while an operation is under way', async () => {
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { client: 'tab-1', Backend: SlowBackend });
    expect(backend).toMatchObject({ key: 'key', client: 'tab-1' });
    const loading = backend.load();
    expect(backend.client).toBe('tab-1');
    await loading;
    expect(backend.client).toBe('tab-1');
    expect(JSON.stringify(backend)).toBe('{"key":"key","delays":[]}');
  });

  test('is called client where nobody names it', () => {
    class Medium extends BaseStorageBackend<number> {
      protected override read = () => null;
      protected override write = () => {};
      protected override erase = () => {};
    }
    expect(new Medium({ key: 'a' }).client).toBe('client');
    expect(new Medium({ key: 'a', client: 5 }).client).toBe('client-5');
    expect(() => new Medium({ key: 'a', client: 0.5 })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
    expect(() => new Medium({ key: 5 as never })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_KEY' }));
  });

  test('without metadata tracking keeps snapshots alone', async () => {
    class Medium<T> extends BaseStorageBackend<T> {
      record_: StorageRecord | null = null;
      protected override read = () => this.record_;
      protected override write = (record: StorageRecord, condition: WriteCondition) => {
        this.record_ = supersede(this.record_, record, condition);
      };
      protected override erase = () => {
        this.record_ = null;
      };
    }
    const backend = new Medium<number>({ key: 'a' });
    await backend.save(snapshot(1));
    expect(backend.record_).toEqual({ revision: '1', data: 1 });
    await expect(backend.save(snapshot(2), { ifMatch: '0' })).rejects.toMatchObject({ code: 'ERR_REVISION_CONFLICT' });
    await expect(backend.load()).resolves.toEqual(snapshot(1));
    await backend.clear();
    await expect(backend.load()).resolves.toBeNull();
  });
});
