import type { StorageChange } from '../../src/contracts';
import { ChangeFeed } from '../../src/store/change-feed';

const change = (key: string, revision = '1'): StorageChange =>
  ({ type: 'save', key, client: null, revision, previousRevision: null }) as StorageChange;

/** A feed, and a listener that notes under a name what it hears. */
function feedWithNotes(onListenerError?: (error: unknown, change: StorageChange) => void) {
  const feed = new ChangeFeed(onListenerError);
  const notes: string[] = [];
  const note = (name: string) => (heard: StorageChange) => void notes.push(`${name} ${heard.key}${heard.revision}`);
  return { feed, notes, note };
}

const delivered = () => Promise.resolve();

describe('ChangeFeed', () => {
  test('tells those of the key and those of every key, the former first', async () => {
    const { feed, notes, note } = feedWithNotes();
    feed.subscribe(note('all'));
    feed.subscribe(note('a'), 'a');
    feed.subscribe(note('b'), 'b');
    feed.publish(change('a'), null);
    await delivered();
    expect(notes).toEqual(['a a1', 'all a1']);
  });

  test('never tells in the stack of who publishes', async () => {
    const { feed, notes, note } = feedWithNotes();
    feed.subscribe(note('a'), 'a');
    feed.publish(change('a'), null);
    expect(notes).toEqual([]);
    await delivered();
    expect(notes).toHaveLength(1);
  });

  test('leaves out who made the change', async () => {
    const { feed, notes, note } = feedWithNotes();
    const maker = {};
    feed.subscribe(note('maker'), 'a', maker);
    feed.subscribe(note('other'), 'a', {});
    feed.subscribe(note('nobody'), 'a');
    feed.publish(change('a'), maker);
    feed.publish(change('a', '2'), null);
    await delivered();
    expect(notes).toEqual(['other a1', 'nobody a1', 'maker a2', 'other a2', 'nobody a2']);
  });

  test('tells only those who were there at the commit', async () => {
    const { feed, notes, note } = feedWithNotes();
    feed.subscribe(note('early'), 'a');
    feed.publish(change('a'), null);
    feed.subscribe(note('late'), 'a');
    await delivered();
    expect(notes).toEqual(['early a1']);
  });

  test('tells of what a listener publishes after everything before it, within the same delivery', async () => {
    const { feed, notes, note } = feedWithNotes();
    feed.subscribe((heard) => heard.revision === '1' && feed.publish(change('a', '3'), null), 'a');
    feed.subscribe(note('a'), 'a');
    feed.publish(change('a', '1'), null);
    feed.publish(change('a', '2'), null);
    await delivered();
    expect(notes).toEqual(['a a1', 'a a2', 'a a3']);
    feed.publish(change('a', '4'), null);
    await delivered();
    expect(notes.at(-1)).toBe('a a4');
  });

  test('ends a subscription at once and only itself, however often it is ended', async () => {
    const { feed, notes, note } = feedWithNotes();
    const twice = note('twice');
    const stop = feed.subscribe(twice, 'a');
    feed.subscribe(twice, 'a');
    feed.publish(change('a'), null);
    stop();
    stop();
    await delivered();
    expect(notes).toEqual(['twice a1']);
  });

  test('leaves everybody else subscribed when one subscription ends', async () => {
    const { feed, notes, note } = feedWithNotes();
    const stops = ['first', 'second', 'third'].map((name) => feed.subscribe(note(name), 'a'));
    stops[1]?.();
    feed.publish(change('a'), null);
    await delivered();
    expect(notes).toEqual(['first a1', 'third a1']);
  });

  test.each([null, {}, 'listener'])('refuses %p for a listener', (listener) => {
    expect(() => new ChangeFeed().subscribe(listener as never, 'a')).toThrow(
      /^subscribe\("a"\): expected a listener that is a function, got .* \[ERR_INVALID_CALLBACK\]$/,
    );
  });

  test('starts anew for a key whose last listener has left', async () => {
    const { feed, notes, note } = feedWithNotes();
    feed.subscribe(note('first'), 'a')();
    feed.subscribe(note('second'), 'a');
    feed.publish(change('a'), null);
    await delivered();
    expect(notes).toEqual(['second a1']);
  });

  test('gives what a listener throws to onListenerError, with the change, and goes on', async () => {
    const errors: unknown[] = [];
    const { feed, notes, note } = feedWithNotes((error, heard) => errors.push([error, heard.key]));
    feed.subscribe(() => {
      throw 'a string';
    }, 'a');
    feed.subscribe(note('next'), 'a');
    feed.publish(change('a'), null);
    await delivered();
    expect([errors, notes]).toEqual([[['a string', 'a']], ['next a1']]);
  });

  test('says nothing after disposal, not even what was waiting', async () => {
    const { feed, notes, note } = feedWithNotes();
    const stop = feed.subscribe(note('a'), 'a');
    feed.subscribe(note('all'));
    feed.publish(change('a'), null);
    feed.dispose();
    await delivered();
    expect(notes).toEqual([]);
    expect(stop).not.toThrow();
  });

  test('stops in the middle of a delivery when it is disposed of', async () => {
    const { feed, notes, note } = feedWithNotes();
    feed.subscribe(() => feed.dispose(), 'a');
    feed.subscribe(note('a'), 'a');
    feed.publish(change('a', '1'), null);
    feed.publish(change('a', '2'), null);
    await delivered();
    expect(notes).toEqual([]);
  });

  test('tells ten thousand listeners once each', async () => {
    const { feed } = feedWithNotes();
    const heard: number[] = [];
    for (let n = 0; n < 10_000; n += 1) feed.subscribe(() => void heard.push(n), 'a');
    feed.publish(change('a'), null);
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
    const { feed } = feedWithNotes();
    feed.subscribe(() => {
      throw 'one';
    });
    feed.publish(change('a'), null);
    await delivered();
    expect(reported).toEqual(['one']);
  });

  test('is a rejection that nobody handles, elsewhere, which no fake timer can hide', async () => {
    scope.reportError = undefined;
    const rejected = jest.spyOn(Promise, 'reject').mockImplementation(() => new Promise(() => {}));
    const { feed } = feedWithNotes();
    feed.subscribe(() => {
      throw new Error('one');
    });
    feed.publish(change('a'), null);
    await delivered();
    expect(rejected.mock.calls).toEqual([[new Error('one')]]);
  });

  test('is also what onListenerError itself throws', async () => {
    const reported: unknown[] = [];
    scope.reportError = (error) => reported.push(error);
    const { feed, notes, note } = feedWithNotes(() => {
      throw 'two';
    });
    feed.subscribe(() => {
      throw 'one';
    }, 'a');
    feed.subscribe(note('next'), 'a');
    feed.publish(change('a'), null);
    await delivered();
    expect([reported, notes]).toEqual([['two'], ['next a1']]);
  });
});
