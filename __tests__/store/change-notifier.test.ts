import type { StorageChange } from '../../src/contracts';
import { toRevision } from '../../src/revision';
import { ChangeNotifier } from '../../src/store/change-notifier';

/** A notifier that is told of changes while somebody listens, and a listener that notes under a name what it is told. */
function scene(onListenerError?: (error: unknown, change: StorageChange) => void) {
  const observers = new Set<object>();
  const start = () => {
    const observer = {};
    observers.add(observer);
    return () => void observers.delete(observer);
  };
  const notifier = new ChangeNotifier<unknown>(start, onListenerError);
  const contents = { before: () => null, after: () => null };
  const commit = (key: string, revision = '1', origin: { client: string } | null = null, sequenceNumber?: number) => {
    const client = origin?.client ?? null;
    const change: StorageChange = { type: 'save', key, client, revision: toRevision(revision), previousRevision: null };
    const numbered = sequenceNumber === undefined ? {} : { sequenceNumber };
    if (observers.size > 0) notifier.enqueue({ key, origin, ...numbered, toArguments: () => [change, contents] });
  };
  const notes: string[] = [];
  const note = (name: string) => (change: StorageChange) => void notes.push(`${name} ${change.key}${change.revision}`);
  return { notifier, commit, observers, notes, note };
}

const delivered = () => Promise.resolve();

describe('ChangeNotifier', () => {
  test('tells those of the key and those of every key, the former first', async () => {
    const { notifier, commit, notes, note } = scene();
    notifier.subscribe(note('all'));
    notifier.subscribe(note('a'), { key: 'a' });
    notifier.subscribe(note('b'), { key: 'b' });
    commit('a');
    await delivered();
    expect(notes).toEqual(['a a1', 'all a1']);
  });

  test('never tells in the stack of who publishes', async () => {
    const { notifier, commit, notes, note } = scene();
    notifier.subscribe(note('a'), { key: 'a' });
    commit('a');
    expect(notes).toEqual([]);
    await delivered();
    expect(notes).toHaveLength(1);
  });

  test('leaves out who made the change', async () => {
    const { notifier, commit, notes, note } = scene();
    const origin = { client: 'origin' };
    notifier.subscribe(note('origin'), { key: 'a', subscriber: origin });
    notifier.subscribe(note('other'), { key: 'a', subscriber: { client: 'other' } });
    notifier.subscribe(note('nobody'), { key: 'a' });
    commit('a', '1', origin);
    commit('a', '2');
    await delivered();
    expect(notes).toEqual(['other a1', 'nobody a1', 'origin a2', 'other a2', 'nobody a2']);
  });

  test('tells only those who were there at the commit', async () => {
    const { notifier, commit, notes, note } = scene();
    notifier.subscribe(note('early'), { key: 'a' });
    commit('a');
    notifier.subscribe(note('late'), { key: 'a' });
    await delivered();
    expect(notes).toEqual(['early a1']);
  });

  test('tells of what a listener publishes after everything before it, within the same delivery', async () => {
    const { notifier, commit, notes, note } = scene();
    notifier.subscribe((heard) => heard.revision === '1' && commit('a', '3'), { key: 'a' });
    notifier.subscribe(note('a'), { key: 'a' });
    commit('a', '1');
    commit('a', '2');
    await delivered();
    expect(notes).toEqual(['a a1', 'a a2', 'a a3']);
    commit('a', '4');
    await delivered();
    expect(notes.at(-1)).toBe('a a4');
  });

  test('ends a subscription at once and only itself, however often it is ended', async () => {
    const { notifier, commit, notes, note } = scene();
    const twice = note('twice');
    const stop = notifier.subscribe(twice, { key: 'a' });
    notifier.subscribe(twice, { key: 'a' });
    commit('a');
    stop();
    stop();
    await delivered();
    expect(notes).toEqual(['twice a1']);
  });

  test('leaves everybody else subscribed when one subscription ends', async () => {
    const { notifier, commit, notes, note } = scene();
    const stops = ['first', 'second', 'third'].map((name) => notifier.subscribe(note(name), { key: 'a' }));
    stops[1]?.();
    commit('a');
    await delivered();
    expect(notes).toEqual(['first a1', 'third a1']);
  });

  test.each([null, {}, 'listener'])('refuses %p for a listener', (listener) => {
    expect(() => scene().notifier.subscribe(listener as never, { key: 'a' })).toThrow(
      /^expected a listener that is a function, got .* \[ERR_INVALID_CALLBACK\]$/,
    );
  });

  test('starts anew for a key whose last listener has left', async () => {
    const { notifier, commit, notes, note } = scene();
    notifier.subscribe(note('first'), { key: 'a' })();
    notifier.subscribe(note('second'), { key: 'a' });
    commit('a');
    await delivered();
    expect(notes).toEqual(['second a1']);
  });

  test('gives what a listener throws to onListenerError, with the change, and goes on', async () => {
    const errors: unknown[] = [];
    const { notifier, commit, notes, note } = scene((error, heard) => errors.push([error, heard.key]));
    notifier.subscribe(
      () => {
        throw 'a string';
      },
      { key: 'a' },
    );
    notifier.subscribe(note('next'), { key: 'a' });
    commit('a');
    await delivered();
    expect([errors, notes]).toEqual([[['a string', 'a']], ['next a1']]);
  });

  test('says nothing after disposal, not even what was waiting', async () => {
    const { notifier, commit, notes, note } = scene();
    const stop = notifier.subscribe(note('a'), { key: 'a' });
    notifier.subscribe(note('all'));
    commit('a');
    notifier.drop();
    await delivered();
    expect(notes).toEqual([]);
    expect(stop).not.toThrow();
  });

  test('stops in the middle of a delivery when it is disposed of', async () => {
    const { notifier, commit, notes, note } = scene();
    notifier.subscribe(() => notifier.drop(), { key: 'a' });
    notifier.subscribe(note('a'), { key: 'a' });
    commit('a', '1');
    commit('a', '2');
    await delivered();
    expect(notes).toEqual([]);
  });

  test('leaves out changes that a subscription knows to have been made before it', async () => {
    const { notifier, commit, notes, note } = scene();
    notifier.subscribe(note('all'));
    notifier.subscribe(note('late'), { since: 2 });
    for (const number of [1, 2, 3]) commit('a', String(number), null, number);
    await delivered();
    expect(notes).toEqual(['all a1', 'all a2', 'all a3', 'late a3']);
  });

  test('observes the store only while somebody listens', () => {
    const { notifier, observers } = scene();
    const ends = ['a', 'b', undefined].map((key) => notifier.subscribe(() => {}, key === undefined ? {} : { key }));
    expect(observers.size).toBe(1);
    for (const end of ends) end();
    expect(observers.size).toBe(0);
    notifier.subscribe(() => {});
    notifier.drop();
    expect(observers.size).toBe(0);
  });

  test('tells ten thousand listeners once each', async () => {
    const { notifier, commit } = scene();
    const heard: number[] = [];
    for (let n = 0; n < 10_000; n += 1) notifier.subscribe(() => void heard.push(n), { key: 'a' });
    commit('a');
    await delivered();
    expect(heard).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
  });
});

describe('an error that nobody handles', () => {
  const scope = globalThis as { reportError?: (error: unknown) => void };
  const found = scope.reportError;
  afterEach(() => {
    scope.reportError = found;
    jest.restoreAllMocks();
  });

  test('is reported as browsers report it, where they can', async () => {
    const reported: unknown[] = [];
    scope.reportError = (error) => reported.push(error);
    const { notifier, commit } = scene();
    notifier.subscribe(() => {
      throw 'one';
    });
    commit('a');
    await delivered();
    expect(reported).toEqual(['one']);
  });

  test('is a rejection that nobody handles, elsewhere, which no fake timer can hide', async () => {
    scope.reportError = undefined;
    const rejected = jest.spyOn(Promise, 'reject').mockImplementation(() => new Promise(() => {}));
    const { notifier, commit } = scene();
    notifier.subscribe(() => {
      throw new Error('one');
    });
    commit('a');
    await delivered();
    expect(rejected.mock.calls).toEqual([[new Error('one')]]);
  });

  test('is also what onListenerError itself throws', async () => {
    const reported: unknown[] = [];
    scope.reportError = (error) => reported.push(error);
    const { notifier, commit, notes, note } = scene(() => {
      throw 'two';
    });
    notifier.subscribe(
      () => {
        throw 'one';
      },
      { key: 'a' },
    );
    notifier.subscribe(note('next'), { key: 'a' });
    commit('a');
    await delivered();
    expect([reported, notes]).toEqual([['two'], ['next a1']]);
  });
});
