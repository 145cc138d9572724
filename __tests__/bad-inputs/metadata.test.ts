import { isSameGraph } from '../support/graphs';
import { METADATA, stage } from '../support/refusals';

const SNAPSHOT = { revision: '8', data: 1 };

function without(field: keyof typeof METADATA): object {
  return Object.fromEntries(Object.entries(METADATA).filter(([name]) => name !== field));
}

const revoked = Proxy.revocable({}, {});
revoked.revoke();

describe.each<[name: string, metadata: unknown, received: string]>([
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 5, '5'],
  ['text', 'metadata', '"metadata"'],
  ['an array', [], 'an array'],
  ['a function', () => {}, 'a function'],
])('metadata that is %s', (_name, metadata, received) => {
  it('is refused', async () => {
    const { backend, refuses } = await stage();

    const error = await refuses('ERR_INVALID_METADATA', () =>
      backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata: metadata as never }),
    );

    expect(error).toMatchObject({ expected: 'a metadata object', received });
  });
});

it.each<[name: string, field: string, metadata: object]>([
  ['no savedAt', 'savedAt', without('savedAt')],
  ['savedAt: NaN', 'savedAt', { ...METADATA, savedAt: Number.NaN }],
  ['savedAt: Infinity', 'savedAt', { ...METADATA, savedAt: Number.POSITIVE_INFINITY }],
  ['savedAt: a Date', 'savedAt', { ...METADATA, savedAt: new Date(0) }],
  ['savedAt: text', 'savedAt', { ...METADATA, savedAt: '5' }],
  ['no schemaVersion', 'schemaVersion', without('schemaVersion')],
  ['schemaVersion: -1', 'schemaVersion', { ...METADATA, schemaVersion: -1 }],
  ['schemaVersion: 1.5', 'schemaVersion', { ...METADATA, schemaVersion: 1.5 }],
  ["schemaVersion: '1'", 'schemaVersion', { ...METADATA, schemaVersion: '1' }],
  ['no sizeBytes', 'sizeBytes', without('sizeBytes')],
  ['sizeBytes: -1', 'sizeBytes', { ...METADATA, sizeBytes: -1 }],
  ['sizeBytes: 0.5', 'sizeBytes', { ...METADATA, sizeBytes: 0.5 }],
  ['sizeBytes: NaN', 'sizeBytes', { ...METADATA, sizeBytes: Number.NaN }],
  ['sizeBytes: 2 ** 53', 'sizeBytes', { ...METADATA, sizeBytes: 2 ** 53 }],
  ['sizeBytes: 5n', 'sizeBytes', { ...METADATA, sizeBytes: 5n }],
  ['no compressed', 'compressed', without('compressed')],
  ['compressed: 1', 'compressed', { ...METADATA, compressed: 1 }],
  ['compressed: new Boolean(true)', 'compressed', { ...METADATA, compressed: Object(true) }],
  ['hash: 5', 'hash', { ...METADATA, hash: 5 }],
  ['hash: null', 'hash', { ...METADATA, hash: null }],
  ['ttlMs: -1', 'ttlMs', { ...METADATA, ttlMs: -1 }],
  ['ttlMs: NaN', 'ttlMs', { ...METADATA, ttlMs: Number.NaN }],
  ['ttlMs: Infinity', 'ttlMs', { ...METADATA, ttlMs: Number.POSITIVE_INFINITY }],
  ["ttlMs: '5'", 'ttlMs', { ...METADATA, ttlMs: '5' }],
  ['ttlMs: null', 'ttlMs', { ...METADATA, ttlMs: null }],
])('%s is refused, naming the field', async (_name, field, metadata) => {
  const { backend, refuses } = await stage();

  const error = await refuses('ERR_INVALID_METADATA', () =>
    backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata: metadata as never }),
  );

  expect(error.expected).toMatch(new RegExp(`^metadata\\.${field} to be `));
});

it.each<[name: string, metadata: object]>([
  ['an own __proto__', JSON.parse(`{"__proto__":{"polluted":true},${JSON.stringify(METADATA).slice(1)}`)],
  ['a hidden own __proto__', Object.defineProperty({ ...METADATA }, '__proto__', { value: 1 })],
])('%s is refused, naming it', async (_name, metadata) => {
  const { backend, refuses } = await stage();

  const error = await refuses('ERR_INVALID_METADATA', () =>
    backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata: metadata as never }),
  );

  expect(error.expected).toContain('__proto__');
});

it('fields that are only inherited are missing', async () => {
  const { backend, refuses } = await stage();

  await refuses('ERR_INVALID_METADATA', () =>
    backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata: Object.create(METADATA) }),
  );
});

it('a revoked Proxy is refused', async () => {
  const { backend, refuses } = await stage();

  await refuses('ERR_INVALID_METADATA', () => backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata: revoked.proxy as never }));
});

it('a getter that throws is refused, and its error kept as the cause', async () => {
  const { backend, refuses } = await stage();
  const cause = new Error('no');
  const get = () => {
    throw cause;
  };
  const metadata = Object.defineProperty({ ...METADATA }, 'savedAt', { get, enumerable: true });

  const error = await refuses('ERR_INVALID_METADATA', () => backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata }));

  expect(error.cause).toBe(cause);
});

it('a getter is asked once, so what was checked is what is kept', async () => {
  const { backend } = await stage();
  const times = [5, Number.NaN];
  const metadata = Object.defineProperty({ ...METADATA }, 'savedAt', { get: () => times.shift(), enumerable: true });

  await backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata });

  expect((await backend.loadWithMetadata())?.metadata.savedAt).toBe(5);
});

it('a function in a field that is not known is refused', async () => {
  const { backend, refuses } = await stage();
  const metadata = { ...METADATA, onExpiry() {} };

  const error = await refuses('ERR_INVALID_METADATA', () => backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata }));

  expect(error.message).toContain('onExpiry');
});

it.each<[name: string, metadata: object]>([
  ['negative times', { ...METADATA, savedAt: -5.5 }],
  ['zeros', { savedAt: 0, schemaVersion: 0, sizeBytes: 0, compressed: false, ttlMs: 0, hash: '' }],
  ['the largest sizes', { ...METADATA, sizeBytes: Number.MAX_SAFE_INTEGER, schemaVersion: Number.MAX_SAFE_INTEGER }],
  ['a fractional ttlMs', { ...METADATA, ttlMs: 0.5 }],
  ['optional fields that are undefined', { ...METADATA, hash: undefined, ttlMs: undefined }],
  ['fields that are not known', { ...METADATA, tags: ['a'], origin: { tab: 1, at: new Date(5) }, toString: 'text' }],
  ['a nested own __proto__', { ...METADATA, extra: JSON.parse('{"__proto__":1}') }],
])('%s are kept to the letter', async (_name, metadata) => {
  const { registry, backend } = await stage();

  await backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata: metadata as never });

  expect(isSameGraph((await backend.loadWithMetadata())?.metadata, metadata)).toBe(true);
  expect(isSameGraph(registry.peek('key')?.metadata, metadata)).toBe(true);
});

it('what was loaded can be changed without changing what is stored', async () => {
  const { registry, backend } = await stage();
  const metadata = { ...METADATA, tags: ['a'] };
  await backend.saveWithMetadata({ snapshot: SNAPSHOT, metadata });

  for (const loaded of [await backend.loadWithMetadata(), registry.peek('key')]) {
    const copy = { ...metadata, ...loaded?.metadata };
    copy.tags.push('b');
    Object.assign(loaded?.metadata ?? {}, { savedAt: 0 });
  }

  expect((await backend.loadWithMetadata())?.metadata).toStrictEqual(metadata);
});

it('a false sizeBytes does not deceive the quota', async () => {
  const { backend, refuses } = await stage({ quota: 100 });

  await refuses(22, () =>
    backend.saveWithMetadata({ snapshot: { revision: '8', data: 'x'.repeat(200) }, metadata: { ...METADATA, sizeBytes: 1 } }),
  );
});
