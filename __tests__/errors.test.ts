import { inspect } from 'node:util';
import { KeyedMemoryBackend, SharedMemoryRegistry } from 'shared-memory-registry';
import { FaultPlan, Journal, withFaults, withJournal } from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
import {
  addContext,
  attempt,
  describe as describeValue,
  QuotaExceededError,
  quote,
  RevisionConflictError,
  StorageError,
  withContext,
} from '../src/errors';
import { thrown } from './support/refusals';

const DETAILS = { expected: 'this', received: 'that' };

describe('StorageError', () => {
  it('says what was expected, what came, and its code', () => {
    expect(new StorageError('ERR_INVALID_KEY', DETAILS).message).toBe('expected this, got that [ERR_INVALID_KEY]');
  });

  it.each<[string, { operation?: string; key?: string }, string]>([
    ['operation and key', { operation: 'save', key: 'settings' }, 'save("settings"): '],
    ['an operation alone', { operation: 'clearAll' }, 'clearAll: '],
    ['a key alone', { key: 'settings' }, 'storage("settings"): '],
    ['an empty key', { operation: 'load', key: '' }, 'load(""): '],
  ])('says where: %s', (_name, place, prefix) => {
    const error = new StorageError('E', { ...DETAILS, ...place });

    expect(error.message).toBe(`${prefix}expected this, got that [E]`);
    expect({ operation: error.operation, key: error.key }).toEqual({ operation: undefined, key: undefined, ...place });
  });

  it('has the parts of its message as fields', () => {
    expect(new StorageError('CUSTOM', DETAILS)).toMatchObject({ code: 'CUSTOM', ...DETAILS });
  });

  it('is an Error, with a name that is not its own and a stack', () => {
    const error = new StorageError('E', DETAILS);

    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('StorageError');
    expect(Object.hasOwn(error, 'name')).toBe(false);
    expect(error.stack).toMatch(/^StorageError: expected this, got that \[E\]\n/);
  });

  it.each([new Error('broken'), null, undefined])('keeps the cause %p', (cause) => {
    const error = new StorageError('E', { ...DETAILS, cause });

    expect(Object.hasOwn(error, 'cause')).toBe(true);
    expect(error.cause).toBe(cause);
  });

  it('has no cause where none is given', () => {
    expect('cause' in new StorageError('E', DETAILS)).toBe(false);
  });

  describe('is', () => {
    it.each<[string, unknown]>([
      ['a StorageError', new StorageError('E', DETAILS)],
      ['a kind of it', new QuotaExceededError(1, 2)],
      ['one of a subclass', new (class OwnError extends StorageError {})('E', DETAILS)],
      [
        'one of another copy of the package',
        Object.assign(new Error(), { [Symbol.for('shared-memory-registry.StorageError')]: true }),
      ],
    ])('knows %s', (_name, value) => {
      expect(StorageError.is(value)).toBe(true);
    });

    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    it.each<[string, unknown]>([
      ['another error', new Error('broken')],
      ['an object', { code: 'ERR_INVALID_KEY' }],
      ['null', null],
      ['undefined', undefined],
      ['text', 'StorageError'],
      ['a function', StorageError],
      ['a revoked Proxy', proxy],
    ])('does not take %s for one', (_name, value) => {
      expect(StorageError.is(value)).toBe(false);
    });

    it('knows one of this package loaded a second time', () => {
      jest.isolateModules(() => {
        const copy: typeof import('../src/errors') = require('../src/errors');
        const error = new copy.StorageError('E', DETAILS);

        expect(error).not.toBeInstanceOf(StorageError);
        expect(StorageError.is(error)).toBe(true);
      });
    });
  });
});

describe('RevisionConflictError', () => {
  it.each<[string | null, string | null, string]>([
    ['1', '2', 'expected revision "1" to be stored, got revision "2" [ERR_REVISION_CONFLICT]'],
    [null, '2', 'expected nothing to be stored, got revision "2" [ERR_REVISION_CONFLICT]'],
    ['1', null, 'expected revision "1" to be stored, got nothing [ERR_REVISION_CONFLICT]'],
  ])('of ifMatch %j and %j says both', (ifMatch, actual, message) => {
    const error = new RevisionConflictError(ifMatch, actual);

    expect(error).toMatchObject({ code: 'ERR_REVISION_CONFLICT', name: 'RevisionConflictError', ifMatch, actual, message });
    expect(error).toBeInstanceOf(StorageError);
  });
});

describe('QuotaExceededError', () => {
  it("has the browsers' name and code, and the bytes", () => {
    const error = new QuotaExceededError(10, 12);

    expect(error).toMatchObject({ name: 'QuotaExceededError', code: 22, quota: 10, requested: 12 });
    expect(error.message).toBe('quota exceeded: 12 bytes would be held, the quota is 10 [22]');
    expect(error).toBeInstanceOf(StorageError);
  });

  it('leaves the name of other errors alone', () => {
    expect([new StorageError('E', DETAILS).name, new RevisionConflictError(null, '1').name]).toEqual([
      'StorageError',
      'RevisionConflictError',
    ]);
  });
});

describe('attempt', () => {
  it('gives what the action gives', () => {
    expect(attempt('ERR_HOOK_FAILED', 'to succeed', () => 5)).toBe(5);
  });

  it('makes what was thrown the cause of a coded error', () => {
    const cause = new TypeError('broken');
    const error = thrown(() =>
      attempt('ERR_HOOK_FAILED', 'it to succeed', () => {
        throw cause;
      }),
    );

    expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', expected: 'it to succeed', received: 'TypeError: broken' });
    expect((error as Error).cause).toBe(cause);
  });

  it('lets a coded error through', () => {
    const coded = new StorageError('CUSTOM', DETAILS);

    expect(
      thrown(() =>
        attempt('ERR_HOOK_FAILED', 'it to succeed', () => {
          throw coded;
        }),
      ),
    ).toBe(coded);
  });
});

describe('withContext', () => {
  const fail = (error: unknown) => () => {
    throw error;
  };

  it('gives what the action gives', () => {
    expect(withContext('peek', () => 5)).toBe(5);
  });

  it('adds operation and key to a coded error', () => {
    const error = thrown(() => withContext('peek', fail(new StorageError('E', DETAILS)), 'settings'));

    expect(error).toMatchObject({ operation: 'peek', key: 'settings', message: 'peek("settings"): expected this, got that [E]' });
  });

  it('leaves other errors as they are', () => {
    const error = new Error('broken');

    expect(thrown(() => withContext('peek', fail(error), 'settings'))).toBe(error);
    expect(error.message).toBe('broken');
  });
});

describe('addContext', () => {
  it('adds the operation to fields, message and stack of the same error', () => {
    const error = new StorageError('E', DETAILS);
    const stack = error.stack;

    expect(addContext(error, 'save', 'settings')).toBe(error);
    expect(error).toMatchObject({ operation: 'save', key: 'settings', message: 'save("settings"): expected this, got that [E]' });
    expect(error.stack).toBe(stack?.replace('expected this', 'save("settings"): expected this'));
  });

  it('takes an operation without a key', () => {
    expect(addContext(new StorageError('E', DETAILS), 'clearAll').message).toBe('clearAll: expected this, got that [E]');
  });

  it.each([{ operation: 'load' }, { key: 'other' }])('leaves alone what says where it happened: %j', (place) => {
    const error = new StorageError('E', { ...DETAILS, ...place });
    const { message, stack } = error;

    addContext(error, 'save', 'settings');

    expect(error).toMatchObject({ operation: undefined, key: undefined, ...place, message, stack });
  });

  it('keeps a key with $ signs to the letter in the stack', () => {
    const error = addContext(new StorageError('E', DETAILS), 'save', "$&$'$$");

    expect(error.stack).toContain(error.message);
    expect(error.message).toContain("$&$'$$");
  });

  it('does without a stack', () => {
    const error = new StorageError('E', DETAILS);
    error.stack = undefined as never;

    expect(addContext(error, 'save', 'settings').message).toContain('save("settings"): ');
  });

  it('gives a frozen error as it is', () => {
    const error = Object.freeze(new StorageError('E', DETAILS));

    expect(addContext(error, 'save', 'settings')).toBe(error);
  });
});

describe('quote', () => {
  it.each([
    ['', '""'],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    ['a'.repeat(80), `"${'a'.repeat(80)}"`],
    ['a'.repeat(81), `"${'a'.repeat(80)}"… (81 characters)`],
  ])('writes %j', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });
});

describe('describe', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const namedBy = (name: unknown) => ({ constructor: { name } });

  it.each<[string, unknown]>([
    ['"text"', 'text'],
    [`"${'a'.repeat(80)}"… (99 characters)`, 'a'.repeat(99)],
    ['5', 5],
    ['0', 0],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['5n', 5n],
    ['true', true],
    ['undefined', undefined],
    ['null', null],
    ['Symbol(mark)', Symbol('mark')],
    ['a function', () => {}],
    ['a function', class Point {}],
    ['an array', [1, 2]],
    ['an object', {}],
    ['an object', Object.create(null)],
    ['an instance of Point', new (class Point {})()],
    ['an object', new (class {})()],
    ['an instance of Map', new Map()],
    ['an object', namedBy(5)],
    ['an object', namedBy('')],
    ['an instance of Own', namedBy('Own')],
    ['an object', { constructor: null }],
    ['RangeError: no', new RangeError('no')],
    ['an object that cannot be read', Object.assign(new Error('no'), { name: Symbol('s') })],
  ])('says %s', (words, value) => {
    expect(describeValue(value)).toBe(words);
  });

  it('puts a revoked Proxy into words', () => {
    expect(describeValue(proxy)).toBe('an object that cannot be read');
  });

  it('puts a getter that throws into words', () => {
    const value = {
      get constructor(): never {
        throw new Error('no');
      },
    };

    expect(describeValue(value)).toBe('an object that cannot be read');
  });
});

it('prints neither its name nor its brand among its fields', () => {
  const printed = inspect(new StorageError('E', DETAILS));

  expect(printed).not.toMatch(/name:|Symbol\(/);
});

describe('kinds of errors', () => {
  const conflict = new RevisionConflictError('1', '2');
  const quota = new QuotaExceededError(1, 2);

  it('are told apart by their own is', () => {
    const all = [conflict, quota, new StorageError('E', DETAILS), null, 5];
    expect(all.map((value) => RevisionConflictError.is(value))).toEqual([true, false, false, false, false]);
    expect(all.map((value) => QuotaExceededError.is(value))).toEqual([false, true, false, false, false]);
    const error: unknown = conflict;
    if (RevisionConflictError.is(error)) expect(error.actual).toBe('2');
  });

  it('are made of details that can be read', () => {
    expect(() => new StorageError('E', 'offline' as never)).toThrow(
      /details of a StorageError { expected, received }, got "offline"/,
    );
  });
});

describe('what cannot be read', () => {
  const revoked = (target: object) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const unreadable: [string, unknown][] = [
    ['a revoked Proxy', revoked({})],
    ['a revoked Proxy of a function', revoked(() => {})],
    [
      'a function whose prototype throws',
      new Proxy(() => {}, {
        get() {
          throw new Error('hands off');
        },
      }),
    ],
  ];

  it.each(unreadable)('%s is described all the same', (_name, value) => {
    expect(describeValue(value)).toMatch(/^an? (object|function) that cannot be read$/);
  });

  it.each(unreadable)('%s is refused with a coded error wherever it comes in', async (_name, value) => {
    const registry = new SharedMemoryRegistry<unknown>();
    const backend = registry.getBackend('a');
    const bad = value as never;
    expect(thrown(() => registry.getBackend(bad))).toMatchObject({ code: 'ERR_INVALID_KEY' });
    expect(thrown(() => new SharedMemoryRegistry({ quota: bad }))).toMatchObject({ code: 'ERR_INVALID_OPTION' });
    expect(thrown(() => new SharedMemoryRegistry({ Backend: bad }))).toMatchObject({ code: 'ERR_INVALID_OPTION' });
    expect(thrown(() => registry.restore(bad))).toMatchObject({ code: 'ERR_INVALID_CHECKPOINT' });
    await expect(backend.save({ revision: bad, data: 1 })).rejects.toMatchObject({ code: 'ERR_INVALID_REVISION' });
    await expect(backend.save(bad)).rejects.toMatchObject({ code: 'ERR_INVALID_SNAPSHOT' });
    await expect(backend.clear({ ifMatch: bad })).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
    await expect(backend.load({ signal: bad })).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
    await expect(backend.load(bad)).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
  });

  it('a Proxy of what has private fields is none of it', () => {
    const registry = new SharedMemoryRegistry<string>();
    const code = 'ERR_INVALID_OPTION';
    const checkpoint = new Proxy(registry.checkpoint(), {});
    expect(thrown(() => registry.restore(checkpoint))).toMatchObject({ code: 'ERR_INVALID_CHECKPOINT' });
    expect(thrown(() => new WebStorageArea({ registry: new Proxy(registry, {}) }))).toMatchObject({ code });
    expect(thrown(() => withFaults(KeyedMemoryBackend, new Proxy(new FaultPlan(), {})))).toMatchObject({ code });
    expect(thrown(() => withJournal(KeyedMemoryBackend, new Proxy(new Journal(), {})))).toMatchObject({ code });
  });
});
