import {
  type Awaitable,
  KeyedMemoryBackend,
  type Operation,
  reference,
  SharedMemoryRegistry,
  type StorageRecord,
  structured,
  type WriteCondition,
} from 'shared-memory-registry';

describe('code of others that runs where it is not expected', () => {
  const snapshot = (revision: string, data: unknown = revision) => ({ revision, data });

  it('a save that its caller was told has failed does not come back over a newer one', async () => {
    let late: Promise<unknown> | undefined;
    class TimingOut<T> extends KeyedMemoryBackend<T> {
      protected override perform<R>(operation: Operation, action: () => Awaitable<R>): Promise<R> {
        if (operation.revision !== '1') return super.perform(operation, action);
        late = new Promise((resolve) => setTimeout(resolve, 5)).then(() => super.perform(operation, action));
        late.catch(() => {});
        return Promise.reject(new Error('timeout'));
      }
    }
    const backend = new SharedMemoryRegistry<unknown>().getBackend('key', { Backend: TimingOut });

    await expect(backend.save(snapshot('1'))).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
    await backend.save(snapshot('2'));

    await expect(late).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
    await expect(backend.load()).resolves.toEqual(snapshot('2'));
  });

  it('data whose toJSON saves while it is measured breaks neither quota nor condition', async () => {
    const registry = new SharedMemoryRegistry<unknown>({ codec: reference, quota: 1000 });
    const [a, other] = [registry.getBackend('a'), registry.getBackend('a')];
    let inner: Promise<void> | undefined;
    const data = {
      toJSON() {
        inner ??= other.save(snapshot('1', 'x'.repeat(900)), { ifMatch: null });
        return 'v'.repeat(800);
      },
    };

    await expect(a.save(snapshot('2', data), { ifMatch: null })).rejects.toMatchObject({ code: 'ERR_REVISION_CONFLICT' });

    await inner;
    expect(registry.getUsage().used).toBe('a{"revision":"1","data":""}'.length + 900);
  });

  it('what a codec saves while a checkpoint is encoded for it is told as replaced', async () => {
    const source = new SharedMemoryRegistry<unknown>({ initial: { a: snapshot('1') } });
    let save = () => {};
    const codec = {
      encode: (data: unknown) => {
        save();
        return data;
      },
      decode: <T>(data: unknown) => data as T,
    };
    const target = new SharedMemoryRegistry<unknown>({ codec });
    const heard: (string | null)[] = [];
    target.subscribe((change) => heard.push(`${change.type} ${change.key} ${change.previousRevision}`));
    save = () => {
      save = () => {};
      void target.getBackend('a').save(snapshot('7'));
    };

    target.restore(source.checkpoint());

    await Promise.resolve();
    expect([target.toJSON(), heard]).toEqual([{ a: snapshot('1') }, ['save a null', 'save a 7']]);
  });

  it.each([Number.NaN, -1, 1.5, '12'])('a measure of %p is refused, and the quota holds', async (size) => {
    const codec = { ...structured, measure: () => size as number };
    const registry = new SharedMemoryRegistry<unknown>({ codec, quota: 100 });

    await expect(registry.getBackend('a').save(snapshot('1'))).rejects.toMatchObject({ code: 'ERR_CODEC_FAILED' });

    expect(registry.getUsage()).toEqual({ used: 0, quota: 100, percentage: 0 });
  });

  it('a size that a hook claims is not believed', async () => {
    class Claiming<T> extends KeyedMemoryBackend<T> {
      protected override write(record: StorageRecord, condition: WriteCondition): Awaitable<void> {
        return super.write({ ...record, sizeBytes: Number.NaN } as StorageRecord, condition);
      }
    }
    const registry = new SharedMemoryRegistry<unknown>({ quota: 1000 });

    await registry.getBackend('a', { Backend: Claiming }).save(snapshot('1', 1));

    expect(registry.getUsage().used).toBe('a{"revision":"1","data":1}'.length);
  });

  it('metadata that a hook puts into a record is checked and copied', async () => {
    const metadata = { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false };
    class Stamping<T> extends KeyedMemoryBackend<T> {
      metadata: object = metadata;
      protected override write(record: StorageRecord, condition: WriteCondition): Awaitable<void> {
        return super.write({ ...record, metadata: this.metadata } as StorageRecord, condition);
      }
    }
    const registry = new SharedMemoryRegistry<unknown>();
    const backend = registry.getBackend('a', { Backend: Stamping });

    await backend.save(snapshot('1'));
    metadata.savedAt = 99;
    expect(registry.peek('a')?.metadata.savedAt).toBe(1);

    backend.metadata = {};
    await expect(backend.save(snapshot('2'))).rejects.toMatchObject({ code: 'ERR_INVALID_METADATA' });
  });

  it('an async codec, updater, validate or now is refused, and its own error fails nothing else', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('too late');
    };
    class Validating extends KeyedMemoryBackend<unknown> {
      protected override validate = fail as never;
    }
    const registry = new SharedMemoryRegistry<unknown>();

    await expect(registry.getBackend('a', { Backend: Validating }).save(snapshot('1'))).rejects.toMatchObject({
      code: 'ERR_HOOK_FAILED',
    });
    await expect(registry.getBackend('a').update(fail as never)).rejects.toMatchObject({ code: 'ERR_INVALID_SNAPSHOT' });
    const late = new SharedMemoryRegistry<unknown>({ now: fail as never }).getBackend('a');
    await expect(late.save(snapshot('1'))).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
    const encoding = new SharedMemoryRegistry<unknown>({ codec: { ...structured, encode: fail } }).getBackend('a');
    await expect(encoding.save(snapshot('1'))).rejects.toMatchObject({ code: 'ERR_CODEC_FAILED' });
  });

  it('an update whose result cannot be handed out stores nothing', async () => {
    const codec = {
      encode: (data: unknown) => data,
      decode: (): never => {
        throw new Error('unreadable');
      },
    };
    const registry = new SharedMemoryRegistry<unknown>({ codec });

    await expect(registry.getBackend('a').update(() => snapshot('1'))).rejects.toMatchObject({ code: 'ERR_CODEC_FAILED' });

    expect(registry.has('a')).toBe(false);
  });

  it('an update whose perform never calls its action fails', async () => {
    class Empty<T> extends KeyedMemoryBackend<T> {
      protected override perform<R>(): Promise<R> {
        return Promise.resolve(null as R);
      }
    }
    const backend = new SharedMemoryRegistry<unknown>().getBackend('a', { Backend: Empty });

    await expect(backend.update(() => snapshot('1'))).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED' });
  });

  it.each([undefined, null, 5])('an updater that returns %p is told what to return', async (result) => {
    const backend = new SharedMemoryRegistry<unknown>().getBackend('a');

    await expect(backend.update(() => result as never)).rejects.toThrow(
      `update("a"): expected the updater to return a snapshot { revision, data } at once, got ${result} [ERR_INVALID_SNAPSHOT]`,
    );
  });

  it('a misspelt option is refused, before it is taken for none', async () => {
    const backend = new SharedMemoryRegistry<unknown>().getBackend('a');

    await expect(backend.save(snapshot('1'), { ifmatch: '9' } as never)).rejects.toThrow(
      'save("a"): expected no other options than ifMatch, signal, got "ifmatch" [ERR_INVALID_OPTION]',
    );
    await expect(backend.load()).resolves.toBeNull();
  });

  it.each([
    [{ savedAt: 'now' }, 'metadata.savedAt to be a finite number of ms since the epoch, got "now"'],
    [{ schemaVersion: -1 }, 'metadata.schemaVersion to be a whole number, 0 or more, got -1'],
    [{ sizeBytes: 1.5 }, 'metadata.sizeBytes to be a whole number of bytes, 0 or more, got 1.5'],
    [{ compressed: 1 }, 'metadata.compressed to be true or false, got 1'],
    [{ hash: 1 }, 'metadata.hash to be a string, got 1'],
    [{ ttlMs: -1 }, 'metadata.ttlMs to be a finite number of ms, 0 or more, got -1'],
    [{ extra: () => {} }, 'metadata that can be copied, got a function at data.extra'],
  ])('metadata %p is told what it must be', async (field, message) => {
    const metadata = { savedAt: 1, schemaVersion: 1, sizeBytes: 1, compressed: false, ...field } as never;
    const saving = new SharedMemoryRegistry<unknown>().getBackend('a').saveWithMetadata({ snapshot: snapshot('1'), metadata });

    await expect(saving).rejects.toThrow(`saveWithMetadata("a"): expected ${message}`);
  });

  it('a key, an ifMatch, a time and an updater are told what they must be', async () => {
    const registry = new SharedMemoryRegistry<unknown>({ now: () => Number.NaN });
    const backend = registry.getBackend('a');

    expect(() => registry.getBackend(5 as never)).toThrow('getBackend: expected a key that is a string, got 5');
    await expect(backend.clear({ ifMatch: '01' })).rejects.toThrow(
      'ifMatch to be a revision, or null for "nothing stored", got "01"',
    );
    await expect(backend.save(snapshot('1'))).rejects.toThrow('now() to return a finite number of ms since the epoch, got NaN');
    await expect(backend.update(5 as never)).rejects.toThrow('expected an updater that is a function, got 5');
    await expect(backend.update(fail as never)).rejects.toThrow('expected the updater to succeed, got Error: no');
  });

  it('a signal that a getter of the data aborts is heard at once', async () => {
    const controller = new AbortController();
    const registry = new SharedMemoryRegistry<unknown>();
    const data = {
      get value() {
        controller.abort('changed my mind');
        return 1;
      },
    };

    await expect(registry.getBackend('a').save(snapshot('1', data), { signal: controller.signal })).rejects.toBe(
      'changed my mind',
    );

    expect(registry.has('a')).toBe(false);
  });

  it('a subscription to a disposed registry says which key and operation', () => {
    const registry = new SharedMemoryRegistry<unknown>();
    const backend = registry.getBackend('a');
    registry.dispose();

    expect(() => backend.subscribe(() => {})).toThrow(
      expect.objectContaining({ code: 'ERR_DISPOSED', key: 'a', operation: 'subscribe' }),
    );
  });

  it.each([
    ['an option of a registry', () => new SharedMemoryRegistry(unreadable('quota'))],
    ['a snapshot of initial', () => new SharedMemoryRegistry({ initial: unreadable('a') })],
    ['initial itself', () => new SharedMemoryRegistry({ initial: revoked() })],
    ['a codec', () => new SharedMemoryRegistry({ codec: revoked() })],
    ['an option of getBackend', () => new SharedMemoryRegistry<unknown>().getBackend('a', unreadable('client'))],
  ])('%s that cannot be read is refused with a coded error', (_name, construct) => {
    expect(construct).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
  });
});

function fail(): never {
  throw new Error('no');
}

function unreadable(name: string): never {
  const get = () => {
    throw new Error('bare');
  };
  return Object.defineProperty({}, name, { enumerable: true, get }) as never;
}

function revoked(): never {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy as never;
}
