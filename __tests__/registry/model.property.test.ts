import fc from 'fast-check';
import {
  type Checkpoint,
  type KeyedMemoryBackend,
  nextRevision,
  SharedMemoryRegistry,
  type StorageChange,
} from 'shared-memory-registry';

/** Whatever sequence of operations on several handles: the registry agrees with a plain model of it. */

const QUOTA = 300;
const KEYS = ['a', 'б', ''];
const HANDLES = KEYS.flatMap((key) => [`${key} 1`, `${key} 2`].map((client) => ({ key, client })));

interface Entry {
  readonly revision: string;
  readonly data: unknown;
  readonly saveCount: number;
}

interface Model {
  entries: Map<string, Entry>;
  checkpoint: Map<string, Entry>;
  /** What the registry, and each handle, must have heard. */
  readonly heard: Map<string, StorageChange[]>;
}

interface Real {
  readonly registry: SharedMemoryRegistry<unknown>;
  readonly handles: readonly KeyedMemoryBackend<unknown>[];
  readonly heard: Map<string, StorageChange[]>;
  checkpoint: Checkpoint<unknown>;
}

type Command = fc.AsyncCommand<Model, Real>;

const bytes = (key: string, { revision, data }: Pick<Entry, 'revision' | 'data'>) =>
  Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify({ revision, data }));

const held = (entries: Map<string, Entry>) => [...entries].reduce((sum, [key, entry]) => sum + bytes(key, entry), 0);

const revisionOf = (entries: Map<string, Entry>, key: string) =>
  (entries.get(key)?.revision ?? null) as StorageChange['revision'];

/** Moves the model on, and notes what that must be heard of. */
function commit(model: Model, next: Map<string, Entry>, maker: string | null): void {
  for (const key of new Set([...model.entries.keys(), ...next.keys()])) {
    if (model.entries.get(key) === next.get(key)) continue;
    const [previousRevision, revision] = [revisionOf(model.entries, key), revisionOf(next, key)];
    const change: StorageChange = { type: next.has(key) ? 'save' : 'clear', key, client: maker, revision, previousRevision };
    model.heard.get('registry')?.push(change);
    for (const handle of HANDLES) {
      if (handle.key === key && handle.client !== maker) model.heard.get(handle.client)?.push(change);
    }
  }
  model.entries = next;
}

/** What a save makes of the model: `null` if it is refused. */
function put(model: Model, key: string, revision: string, data: unknown): Map<string, Entry> | null {
  const next = new Map(model.entries);
  next.set(key, { revision, data, saveCount: (model.entries.get(key)?.saveCount ?? 0) + 1 });
  return held(next) > QUOTA ? null : next;
}

async function outcome(operation: Promise<unknown>): Promise<unknown> {
  return operation.then(
    () => 'done',
    (error: { code: unknown }) => error.code,
  );
}

const any = { check: () => true };

function save(handle: number, revision: string, data: unknown, ifMatch: string | null | undefined): Command {
  const { key, client } = HANDLES[handle] as (typeof HANDLES)[number];
  return {
    ...any,
    toString: () => `save(${JSON.stringify({ client, revision, data, ifMatch })})`,
    async run(model, { handles }) {
      const conflict = ifMatch !== undefined && ifMatch !== revisionOf(model.entries, key);
      const next = put(model, key, revision, data);
      expect(await outcome(handles[handle]?.save({ revision, data }, { ifMatch }) as Promise<void>)).toBe(
        conflict ? 'ERR_REVISION_CONFLICT' : next ? 'done' : 22,
      );
      if (!conflict && next) commit(model, next, client);
    },
  };
}

function update(handle: number, data: unknown): Command {
  const { key, client } = HANDLES[handle] as (typeof HANDLES)[number];
  return {
    ...any,
    toString: () => `update(${JSON.stringify({ client, data })})`,
    async run(model, { handles }) {
      const next = put(model, key, nextRevision(revisionOf(model.entries, key)), data);
      const updating = handles[handle]?.update((current) => ({ revision: nextRevision(current), data }));
      expect(await outcome(updating as Promise<unknown>)).toBe(next ? 'done' : 22);
      if (next) commit(model, next, client);
    },
  };
}

function clear(handle: number, ifMatch: string | null | undefined): Command {
  const { key, client } = HANDLES[handle] as (typeof HANDLES)[number];
  return {
    ...any,
    toString: () => `clear(${JSON.stringify({ client, ifMatch })})`,
    async run(model, { handles }) {
      const conflict = ifMatch !== undefined && ifMatch !== revisionOf(model.entries, key);
      expect(await outcome(handles[handle]?.clear({ ifMatch }) as Promise<void>)).toBe(
        conflict ? 'ERR_REVISION_CONFLICT' : 'done',
      );
      if (conflict) return;
      const next = new Map(model.entries);
      next.delete(key);
      commit(model, next, client);
    },
  };
}

const registryCommands: Record<string, (model: Model, real: Real) => void> = {
  clearAll(model, { registry }) {
    registry.clearAll();
    commit(model, new Map(), null);
  },
  reset(model, { registry }) {
    registry.reset();
    commit(model, new Map(), null);
  },
  checkpoint(model, real) {
    real.checkpoint = real.registry.checkpoint();
    model.checkpoint = model.entries;
  },
  restore(model, { registry, checkpoint }) {
    registry.restore(checkpoint);
    commit(model, model.checkpoint, null);
  },
};

function registryCommand(name: string): Command {
  return { ...any, toString: () => `${name}()`, run: async (model, real) => registryCommands[name]?.(model, real) };
}

/** Compares everything that can be seen. */
function compare(): Command {
  return {
    ...any,
    toString: () => 'compare()',
    async run({ entries, heard }, real) {
      await Promise.resolve();
      expect(real.registry.getUsage()).toEqual({ used: held(entries), quota: QUOTA, percentage: (held(entries) / QUOTA) * 100 });
      expect(new Set(real.registry.keys())).toEqual(new Set(entries.keys()));
      for (const handle of real.handles) {
        const entry = entries.get(handle.key);
        expect(await handle.load()).toEqual(entry ? { revision: entry.revision, data: entry.data } : null);
        expect((await handle.stat())?.saveCount).toBe(entry?.saveCount);
        expect((await handle.getUsage()).used).toBe(entry ? bytes(handle.key, entry) : 0);
      }
      expect(real.heard).toEqual(heard);
    },
  };
}

const handle = fc.nat(HANDLES.length - 1);
const revision = fc.constantFrom('0', '1', '2');
const data = fc.jsonValue({ maxDepth: 2 });
const ifMatch = fc.option(fc.option(revision, { nil: undefined }), { nil: null });

const commands = fc.commands<Model, Real, boolean>(
  [
    fc.tuple(handle, revision, data, ifMatch).map((values) => save(...values)),
    fc.tuple(handle, revision, data).map((values) => save(...values, undefined)),
    fc.tuple(handle, data).map((values) => update(...values)),
    fc.tuple(handle, ifMatch).map((values) => clear(...values)),
    fc.constantFrom(...Object.keys(registryCommands)).map(registryCommand),
    fc.constant(compare()),
  ],
  { maxCommands: 40 },
);

function setup(): { model: Model; real: Real } {
  const registry = new SharedMemoryRegistry<unknown>({ quota: QUOTA });
  const handles = HANDLES.map(({ key, client }) => registry.getBackend(key, { client }));
  const names = ['registry', ...HANDLES.map(({ client }) => client)];
  const [heard, expected] = [0, 1].map(() => new Map(names.map((name) => [name, [] as StorageChange[]]))) as [
    Map<string, StorageChange[]>,
    Map<string, StorageChange[]>,
  ];
  registry.subscribe((change) => heard.get('registry')?.push(change));
  for (const backend of handles) backend.subscribe((change) => heard.get(backend.client)?.push(change));
  return {
    model: { entries: new Map(), checkpoint: new Map(), heard: expected },
    real: { registry, handles, heard, checkpoint: registry.checkpoint() },
  };
}

test('state, bytes held and changes heard agree with a plain model after any operations', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      await fc.asyncModelRun(setup, [...sequence, compare()]);
    }),
    { numRuns: 200 },
  );
});
