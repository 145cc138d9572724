import {
  type Awaitable,
  BaseStorageBackend,
  KeyedMemoryBackend,
  nextRecord,
  type Operation,
  type ReadContext,
  RevisionConflictError,
  SharedMemoryRegistry,
  type SnapshotEnvelope,
  StorageError,
  type StorageRecord,
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
    await backend.saveWithMetadata({
      snapshot: snapshot(3),
      metadata: { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false },
    });
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

  /** Handles that perform in this way. */
  function performing(perform: (action: () => Awaitable<unknown>) => Awaitable<unknown>) {
    class Performing<T> extends KeyedMemoryBackend<T> {
      protected override async perform<R>(_operation: Operation, action: () => Awaitable<R>): Promise<R> {
        return (await perform(action)) as R;
      }
    }
    return new SharedMemoryRegistry<number>({ initial: { key: snapshot(7) }, Backend: Performing }).getBackend('key');
  }

  test.each<[string, (backend: KeyedMemoryBackend<number>) => Promise<unknown>]>([
    ['save', (backend) => backend.save(snapshot(8))],
    ['clear', (backend) => backend.clear()],
    ['update', (backend) => backend.update(() => snapshot(8))],
  ])('must not end a %s before its action has', async (type, run) => {
    const backend = performing(() => undefined);
    await expect(run(backend)).rejects.toThrow(
      `${type}("key"): expected perform to end after its action has succeeded: await action(), and return its result, got its end before that [ERR_HOOK_FAILED]`,
    );
    expect(performing(() => undefined)).not.toBe(backend);
  });

  test('must wait for an action that waits: what it has not waited for never takes effect', async () => {
    let calls = 0;
    const backend = performing(async (action) => {
      calls += 1;
      if (calls === 1) await ticks(20);
      if (calls === 2) return void action();
      return action();
    });
    const first = backend.save(snapshot(1));
    await expect(backend.save(snapshot(2))).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
    await first;
    await expect(backend.load()).resolves.toEqual(snapshot(1));
  });

  test('gives its error to the caller, whatever its action has done', async () => {
    const error = new StorageError('ERR_LOST_REPLY', { expected: 'a reply', received: 'none' });
    const backend = performing(async (action) => {
      await action();
      throw error;
    });
    await expect(backend.save(snapshot(8))).rejects.toBe(error);
  });

  test.each([null, { revision: '1', data: 1 }])(
    'may answer a load without its action, with a record or null: %p',
    async (answer) => {
      await expect(performing(() => answer).load()).resolves.toEqual(answer);
    },
  );

  test.each([undefined, 5, 'text', {}, { revision: '01', data: 1 }, { data: 1 }])(
    'must answer a load with nothing else: %p',
    async (answer) => {
      await expect(performing(() => answer).load()).rejects.toMatchObject({
        code: 'ERR_INVALID_RECORD',
        key: 'key',
        operation: 'load',
      });
      await expect(performing(() => answer).stat()).rejects.toMatchObject({ code: 'ERR_INVALID_RECORD', operation: 'stat' });
    },
  );

  test('that forgets to return is told so by a load, and changes nothing about an update', async () => {
    const backend = performing(async (action) => void (await action()));
    await expect(backend.load()).rejects.toMatchObject({ code: 'ERR_INVALID_RECORD' });
    await expect(backend.update(() => snapshot(8))).resolves.toEqual(snapshot(8));
  });

  test('must not call its action twice', async () => {
    const backend = performing(async (action) => {
      await action();
      return action();
    });
    await expect(backend.save(snapshot(8))).rejects.toThrow(/expected action to be called again only after it has failed/);
    const hasty = performing((action) => Promise.all([action(), action()]));
    await expect(hasty.save(snapshot(8))).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
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
      'load("key"): expected Nesting.perform to read the store with this.read(), got this.load(), which would wait for ' +
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

describe('what a hook is given', () => {
  test('says what the operation is, and cannot be changed', async () => {
    class Changing<T> extends KeyedMemoryBackend<T> {
      protected override async perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        Reflect.set(operation, 'type', 'load');
        if (operation.type === 'load') return null as R;
        return action();
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Changing });
    await backend.save(snapshot(1));
    await expect(backend.clear()).resolves.toBeUndefined();
  });

  test('a perform that swallows the error of the store loses it to no one', async () => {
    const cause = new Error('disk full');
    class Swallowing extends KeyedMemoryBackend<number> {
      protected override async perform<R>(_operation: Operation, action: () => Awaitable<R>): Promise<R> {
        return Promise.resolve()
          .then(action)
          .catch(() => undefined as R);
      }
      protected override write(): void {
        throw cause;
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Swallowing });
    await expect(backend.save(snapshot(1))).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED', cause });
  });

  test('a codec that fails where nothing is read fails no write', async () => {
    let isLocked = false;
    class Locked extends BaseStorageBackend<number> {
      stored: StorageRecord | null = null;
      protected override read = () => this.stored;
      protected override write = (record: StorageRecord | null) => {
        this.stored = record;
        isLocked = true;
      };
      protected override get codec() {
        if (isLocked) throw new Error('locked');
        return super.codec;
      }
    }
    const backend = new Locked({ key: 'key' });
    await backend.save(snapshot(1));
    await expect(backend.clear()).resolves.toBeUndefined();
    await expect(backend.save(snapshot(1))).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
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

  test('that is aborted while the reply of a save is on its way leaves the outcome unknown', async () => {
    const { registry, backend } = slow({ after: 50 });
    const controller = new AbortController();
    const saving = backend.save(snapshot(1), { signal: controller.signal });
    await ticks(5);
    expect(registry.has('key')).toBe(true);
    controller.abort('too late');
    await expect(saving).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', operation: 'save', key: 'key', cause: 'too late' });
    await expect(backend.load()).resolves.toEqual(snapshot(1));
  });

  test('that is aborted after an operation has ended changes nothing', async () => {
    const { backend } = slow();
    const controller = new AbortController();
    await backend.save(snapshot(1), { signal: controller.signal });
    controller.abort();
    await expect(backend.load()).resolves.toEqual(snapshot(1));
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
    await expect(backend.saveWithMetadata({ snapshot: snapshot(0), metadata })).rejects.toMatchObject(refused);
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

describe('a store that answers late', () => {
  /** A store shared by its handles, where another one may write between a read and the write after it. */
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

    protected override async write(record: StorageRecord | null, condition: WriteCondition = {}): Promise<void> {
      await ticks(3);
      this.place.record = nextRecord(this.place.record, record, condition);
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
    const updating = backend.update(() => snapshot(1));
    await expect(updating).rejects.toMatchObject({ code: 'ERR_REVISION_CONFLICT', operation: 'update', actual: '1' });
    await expect(updating).rejects.toThrow(/update\("key"\): gave up after 1000 attempts/);
    expect(backend.reads).toBe(1000);
  });

  test.each<[string, () => unknown]>([
    ['a Date', () => new Date(0)],
    ['a Map', () => new Map([['a', new Set([1])]])],
    ['bytes', () => new Uint8Array([1, 2]).buffer],
    ['an Error', () => new TypeError('no')],
    ['a cycle', () => Object.assign([], { 0: {} }).map((value: { self?: unknown }) => Object.assign(value, { self: value }))],
  ])('updates %s in a store that copies its records, as IndexedDB does', async (_name, make) => {
    const stored = new Map<string, StorageRecord>();
    const copy = (record: StorageRecord | undefined): StorageRecord | null =>
      record === undefined ? null : structuredClone({ ...record });
    class CopyingStore extends withMetadataTracking(BaseStorageBackend)<unknown> {
      protected override async read(): Promise<StorageRecord | null> {
        return copy(stored.get(this.key));
      }

      protected override async write(record: StorageRecord | null, condition?: WriteCondition): Promise<void> {
        const next = nextRecord(copy(stored.get(this.key)), record, condition);
        if (next === null) stored.delete(this.key);
        else stored.set(this.key, structuredClone({ ...next }));
      }
    }
    const backend = new CopyingStore({ key: 'key' });
    await backend.save({ revision: '1', data: make() });
    let calls = 0;
    await backend.update((current) => {
      calls += 1;
      return { revision: '2', data: current?.data };
    });
    expect([calls, (await backend.load())?.revision]).toEqual([1, '2']);
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

  /** Another client's clear, and its saves up to the same revision with other data. */
  async function clearAndCountUp(place: { record: StorageRecord | null }) {
    const other = new LateMedium(place);
    await other.clear();
    await other.save(snapshot(1));
  }

  test('updates what is stored, where a key was cleared and has come to the same revision again', async () => {
    const place = { record: null };
    const seen: unknown[] = [];
    await new LateMedium(place).save({ revision: '1', data: 5 });
    class Interrupted extends LateMedium {
      protected override async write(record: StorageRecord | null, condition?: WriteCondition): Promise<void> {
        if (this.reads === 1) await clearAndCountUp(place);
        return super.write(record, condition);
      }
    }
    const updated = await new Interrupted(place).update((current) => {
      seen.push(current?.data);
      return { revision: '2', data: Number(current?.data) + 1 };
    });
    expect([seen, updated]).toEqual([[5, 1], { revision: '2', data: 2 }]);
  });

  test('updates nothing to something, where a key was saved and cleared again: nothing is nothing', async () => {
    const place = { record: null };
    class Interrupted extends LateMedium {
      protected override async write(record: StorageRecord | null, condition?: WriteCondition): Promise<void> {
        const other = new LateMedium(place);
        await other.save(snapshot(9));
        await other.clear();
        return super.write(record, condition);
      }
    }
    const backend = new Interrupted(place);
    await expect(backend.update(() => snapshot(1))).resolves.toEqual(snapshot(1));
    expect(backend.reads).toBe(1);
  });

  test('is told the attempt and the signal by update, and which record its write replaces', async () => {
    const place = { record: null };
    const told: unknown[] = [];
    class Telling extends LateMedium {
      protected override async read(context?: ReadContext): Promise<StorageRecord | null> {
        told.push(context);
        const record = await super.read();
        if (record === null) await new LateMedium(place).save(snapshot(1));
        return record;
      }
      protected override async write(record: StorageRecord | null, condition?: WriteCondition): Promise<void> {
        told.push(condition);
        return super.write(record, condition);
      }
    }
    const { signal } = new AbortController();
    const backend = new Telling(place);
    await backend.update(() => snapshot(2), { signal });
    const stored = expect.objectContaining({ revision: '1' });
    expect(told).toEqual([
      { attempt: 1, signal },
      { signal, replaces: null },
      { attempt: 2, signal },
      { signal, replaces: stored },
    ]);
    told.length = 0;
    await backend.load();
    await backend.save(snapshot(3), { ifMatch: '2' });
    await backend.clear();
    expect(told).toEqual([{ attempt: 1 }, { ifMatch: '2' }, {}]);
  });

  describe('or never', () => {
    /** A store whose hooks wait until they are let go on. */
    class HangingStore extends LateMedium {
      hangs: { read?: boolean; write?: boolean } = {};
      readonly calls: string[] = [];
      goOn = () => {};

      #hang(): Promise<void> {
        return new Promise((resolve) => {
          this.goOn = resolve;
        });
      }

      protected override async read(): Promise<StorageRecord | null> {
        this.calls.push('read');
        const record = super.read();
        if (this.hangs.read) await this.#hang();
        return record;
      }

      protected override async write(record: StorageRecord | null, condition?: WriteCondition): Promise<void> {
        this.calls.push('write');
        if (this.hangs.write) await this.#hang();
        return super.write(record, condition);
      }
    }
    const hanging = (hangs: HangingStore['hangs']) => Object.assign(new HangingStore({ record: null }), { hangs });

    test.each([
      ['load', (backend: HangingStore, signal: AbortSignal) => backend.load({ signal })],
      ['loadWithMetadata', (backend: HangingStore, signal: AbortSignal) => backend.loadWithMetadata({ signal })],
      ['stat', (backend: HangingStore, signal: AbortSignal) => backend.stat({ signal })],
      ['getUsage', (backend: HangingStore, signal: AbortSignal) => backend.getUsage({ signal })],
      ['update', (backend: HangingStore, signal: AbortSignal) => backend.update(() => snapshot(1), { signal })],
    ])('rejects a %s that reads with the reason of its signal, and lets the next operation start', async (_name, run) => {
      const backend = hanging({ read: true });
      await expect(run(backend, AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' });
      const { goOn } = backend;
      backend.hangs = {};
      await backend.save(snapshot(2));
      goOn();
      await ticks(20);
      await expect(backend.load()).resolves.toEqual(snapshot(2));
      expect(backend.calls.filter((call) => call === 'write')).toHaveLength(1);
    });

    test.each([
      ['save', (backend: HangingStore, signal: AbortSignal) => backend.save(snapshot(1), { signal })],
      ['clear', (backend: HangingStore, signal: AbortSignal) => backend.clear({ signal })],
      ['update', (backend: HangingStore, signal: AbortSignal) => backend.update(() => snapshot(1), { signal })],
    ])(
      'rejects a %s that writes because its outcome is unknown, and holds the next operation until it is settled',
      async (_name, run) => {
        const backend = hanging({ write: true });
        const controller = new AbortController();
        const writing = run(backend, controller.signal);
        await ticks(20);
        controller.abort('too slow');
        await expect(writing).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', cause: 'too slow', key: 'key' });
        let isLoaded = false;
        const loading = backend.load().finally(() => {
          isLoaded = true;
        });
        await ticks(50);
        expect(isLoaded).toBe(false);
        backend.goOn();
        await expect(loading).resolves.toEqual(_name === 'clear' ? null : snapshot(1));
      },
    );

    test('rejects a save that the store has written with an unknown outcome, whoever listens to the signal first', async () => {
      const listeners: (() => void)[] = [];
      const signal = {
        aborted: false,
        reason: 'too slow',
        addEventListener: (_type: 'abort', listener: () => void) => void listeners.push(listener),
        removeEventListener: (_type: 'abort', listener: () => void) => void listeners.splice(listeners.indexOf(listener), 1),
      };
      /** As a browser does: promise jobs run between two listeners. */
      const abort = async () => {
        signal.aborted = true;
        for (const listener of [...listeners]) {
          listener();
          await ticks(20);
        }
      };
      class Stopping extends LateMedium {
        protected override write(record: StorageRecord | null, condition: WriteCondition = {}): Promise<void> {
          return new Promise((_resolve, reject) => {
            condition.signal?.addEventListener('abort', () => {
              this.place.record = record;
              reject(signal.reason);
            });
          });
        }
      }
      const backend = new Stopping({ record: null });
      const saving = backend.save(snapshot(1), { signal });
      const refusal = expect(saving).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', cause: 'too slow' });
      await ticks(20);
      await abort();
      await refusal;
      expect(backend.place.record).toMatchObject({ revision: '1' });
    });

    test('leaves nothing on the signal, whatever an operation ends with', async () => {
      const { signal } = new AbortController();
      const spies = [jest.spyOn(signal, 'addEventListener'), jest.spyOn(signal, 'removeEventListener')];
      const backend = new LateMedium({ record: null });
      await backend.save(snapshot(1), { signal });
      await backend.load({ signal });
      await backend.save(snapshot(2), { ifMatch: '7', signal }).catch(() => {});
      expect(spies.map((spy) => spy.mock.calls.length)).toEqual([3, 3]);
    });

    test('fails at last for a write whose caller has gone, and lets the next operation start', async () => {
      class Failing extends HangingStore {
        protected override async write(): Promise<void> {
          await ticks(20);
          throw new RevisionConflictError(null, '1');
        }
      }
      const backend = new Failing({ record: null });
      const controller = new AbortController();
      const updating = backend.update(() => snapshot(1), { signal: controller.signal });
      await ticks(15);
      controller.abort('too slow');
      await expect(updating).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' });
      await expect(backend.load()).resolves.toBeNull();
      expect(backend.calls).toEqual(['read', 'read']);
    });
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

describe('a subclass', () => {
  test('may have methods of any name that is not documented, whatever the library calls its own', async () => {
    class FormBackend<T> extends KeyedMemoryBackend<T> {
      readonly called: string[] = [];
      submit() {
        this.called.push('submit');
      }
      record() {
        this.called.push('record');
      }
      open() {
        this.called.push('open');
      }
      admit() {
        this.called.push('admit');
      }
      explain() {
        this.called.push('explain');
      }
      exchange() {
        this.called.push('exchange');
      }
      saveNow() {
        this.called.push('saveNow');
      }
      loadNow() {
        this.called.push('loadNow');
      }
      submitSave() {
        this.called.push('submitSave');
      }
      run() {
        this.called.push('run');
      }
      encode() {
        this.called.push('encode');
      }
      queue = 'mine';
      store = 'mine';
      state = 'mine';
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: FormBackend });
    await backend.save(snapshot(1));
    await backend.update(() => snapshot(2));
    await expect(backend.loadWithMetadata()).resolves.toMatchObject({ snapshot: snapshot(2) });
    await backend.clear({ ifMatch: '2' });
    expect(await backend.stat()).toBeNull();
    expect(backend.called).toEqual([]);
  });

  test('may override a public method for its callers: the library does not call it', async () => {
    class Counting<T> extends KeyedMemoryBackend<T> {
      calls = 0;
      override load(): Promise<SnapshotEnvelope<T> | null> {
        this.calls += 1;
        return super.load();
      }
      override save(...args: Parameters<KeyedMemoryBackend<T>['save']>): Promise<void> {
        this.calls += 1;
        return super.save(...args);
      }
    }
    const backend = new SharedMemoryRegistry<number>().getBackend('key', { Backend: Counting });
    const metadata = { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false };
    await backend.saveWithMetadata({ snapshot: snapshot(1), metadata });
    await backend.update(() => snapshot(2));
    await backend.loadWithMetadata();
    await backend.stat();
    expect(backend.calls).toBe(0);
  });
});

describe('a method that was taken off its handle', () => {
  const METHODS = ['save', 'load', 'clear', 'update', 'saveWithMetadata', 'loadWithMetadata', 'stat', 'getUsage'] as const;

  test.each(METHODS)('rejects with a coded error: %s', async (name) => {
    const { [name]: method } = new SharedMemoryRegistry<number>().getBackend('key') as unknown as Record<
      string,
      (this: unknown, argument?: unknown) => Promise<unknown>
    >;
    for (const self of [undefined, {}, null, 5, new SharedMemoryRegistry()]) {
      await expect(method?.call(self, snapshot(1))).rejects.toMatchObject({ code: 'ERR_INVALID_THIS' });
    }
    await expect(method?.call(undefined)).rejects.toThrow(
      /to be called on its own object, as in object\.\w+\(…\), got undefined/,
    );
  });

  test('throws one where it is synchronous', () => {
    const { subscribe } = new SharedMemoryRegistry<number>().getBackend('key');
    expect(() => subscribe(() => {})).toThrow(expect.objectContaining({ code: 'ERR_INVALID_THIS', operation: 'subscribe' }));
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
  });

  test('is called client where nobody names it', () => {
    class Medium extends BaseStorageBackend<number> {
      protected override read = () => null;
      protected override write = () => {};
    }
    expect(new Medium({ key: 'a' }).client).toBe('client');
    expect(new Medium({ key: 'a', client: 5 }).client).toBe('client-5');
    expect(() => new Medium({ key: 'a', client: 0.5 })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
    expect(() => new Medium({ key: 5 as never })).toThrow(/^new Medium: expected a key that is a string, got 5/);
    expect(() => withMetadataTracking(Map as never)).toThrow(/^withMetadataTracking: expected a class that extends/);
  });

  test('without metadata tracking keeps snapshots alone', async () => {
    class Medium<T> extends BaseStorageBackend<T> {
      record_: StorageRecord | null = null;
      protected override read = () => this.record_;
      protected override write = (record: StorageRecord | null, condition: WriteCondition = {}) => {
        this.record_ = nextRecord(this.record_, record, condition);
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
