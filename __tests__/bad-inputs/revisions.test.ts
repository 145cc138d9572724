import { RevisionConflictError, SharedMemoryRegistry } from 'shared-memory-registry';
import { ROUTES, rejection, stage, thrown } from '../support/refusals';

const INVALID: [name: string, revision: unknown][] = [
  ["'01'", '01'],
  ["'-1'", '-1'],
  ["'+1'", '+1'],
  ["'1e3'", '1e3'],
  ["' 1'", ' 1'],
  ["'1\\n'", '1\n'],
  ["'18446744073709551616'", '18446744073709551616'],
  ["''", ''],
  ['null', null],
  ['undefined', undefined],
  ['the number 1', 1],
  ['the bigint 1n', 1n],
  ["new String('1')", new String('1')],
  ["['1']", ['1']],
];

describe.each(ROUTES)('by %s', (_route, store) => {
  it.each(['0', '18446744073709551615'])('revision %s is fine', async (revision) => {
    const { registry, backend } = await stage();

    await store(backend, { revision, data: 1 });

    expect(registry.peek('key')?.snapshot).toStrictEqual({ revision, data: 1 });
  });

  it.each(INVALID)('revision %s is refused', async (_name, revision) => {
    const { backend, refuses } = await stage();

    await refuses('ERR_INVALID_REVISION', () => store(backend, { revision, data: 1 }));
  });

  it('a missing revision is refused', async () => {
    const { backend, refuses } = await stage();

    await refuses('ERR_INVALID_REVISION', () => store(backend, { data: 1 }));
  });

  it('a getter is asked for the revision once', async () => {
    const { registry, backend } = await stage();
    const revisions = ['8', '01'];

    await store(backend, {
      get revision() {
        return revisions.shift();
      },
      data: 1,
    });

    expect(registry.peek('key')?.snapshot.revision).toBe('8');
  });
});

it.each(INVALID)('revision %s is refused in initial', (_name, revision) => {
  expect(thrown(() => new SharedMemoryRegistry({ initial: { key: { revision: revision as never, data: 1 } } }))).toMatchObject({
    code: 'ERR_INVALID_REVISION',
    operation: 'initial',
    key: 'key',
  });
});

describe('ifMatch', () => {
  const CONDITIONAL = INVALID.filter(([, revision]) => revision !== null && revision !== undefined);

  it.each(CONDITIONAL)('%s is refused by save, update and clear', async (_name, revision) => {
    const { backend, refuses } = await stage();
    const options = { ifMatch: revision as never };

    await refuses('ERR_INVALID_OPTION', () => backend.save({ revision: '8', data: 1 }, options));
    await refuses('ERR_INVALID_OPTION', () => backend.update(() => ({ revision: '8', data: 1 }), options));
    await refuses('ERR_INVALID_OPTION', () => backend.clear(options));
  });

  it.each(['0', '6', '18446744073709551615', null])(
    '%j, which is not what is stored, is refused as a conflict',
    async (ifMatch) => {
      const { backend, refuses } = await stage();

      const error = await refuses('ERR_REVISION_CONFLICT', () => backend.save({ revision: '8', data: 1 }, { ifMatch }));

      expect(error).toBeInstanceOf(RevisionConflictError);
      expect(error).toMatchObject({ ifMatch, actual: '7' });
    },
  );

  it('null is met where nothing is stored', async () => {
    const { registry } = await stage();
    const other = registry.getBackend('other');

    await other.save({ revision: '1', data: 1 }, { ifMatch: null });

    expect(await rejection(other.save({ revision: '2', data: 2 }, { ifMatch: null }))).toMatchObject({ actual: '1' });
  });
});
