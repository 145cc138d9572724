import { EventQueue } from '../../src/web-storage/event-queue';
import { reportedBy } from '../support/reported';

/** A queue, and tasks that note their names. */
function queueWithNotes() {
  const queue = new EventQueue();
  const notes: string[] = [];
  const note = (name: string) => () => void notes.push(name);
  return { queue, notes, note };
}

afterEach(() => {
  jest.useRealTimers();
});

test('no task runs in the stack of who adds it', async () => {
  const { queue, notes, note } = queueWithNotes();
  queue.add(note('task'));
  expect(notes).toEqual([]);
  for (let count = 0; count < 100; count += 1) await null;
  expect(notes).toEqual([]); // every microtask comes before
  await queue.settled();
  expect(notes).toEqual(['task']);
});

test('tasks run in order, those that a task adds after those that are waiting', async () => {
  const { queue, notes, note } = queueWithNotes();
  queue.add(() => {
    notes.push('first');
    queue.add(note('added'));
  });
  queue.add(note('second'));
  await queue.settled();
  expect(notes).toEqual(['first', 'second', 'added']);
});

test('promise jobs of a task come before the next task', async () => {
  const { queue, notes, note } = queueWithNotes();
  for (const name of ['first', 'second']) {
    queue.add(() => {
      notes.push(name);
      void Promise.resolve().then(note(`job of ${name}`));
    });
  }
  await queue.settled();
  expect(notes).toEqual(['first', 'job of first', 'second', 'job of second']);
});

test('a queue that has run dry goes on with what is added later', async () => {
  const { queue, notes, note } = queueWithNotes();
  queue.add(note('first'));
  await queue.settled();
  queue.add(note('second'));
  expect(notes).toEqual(['first']);
  await queue.settled();
  expect(notes).toEqual(['first', 'second']);
});

test('settled resolves at once where nothing is due', async () => {
  const { queue, notes, note } = queueWithNotes();
  void queue.settled().then(note('settled'));
  await null;
  expect(notes).toEqual(['settled']);
});

test('settled waits for what a promise job of the last task adds', async () => {
  const { queue, notes, note } = queueWithNotes();
  queue.add(() => void Promise.resolve().then(() => queue.add(note('late'))));
  await queue.settled();
  expect(notes).toEqual(['late']);
});

test('settled may be asked for any number of times, also by a task', async () => {
  const { queue, notes, note } = queueWithNotes();
  queue.add(() => void queue.settled().then(note('asked by a task')));
  queue.add(note('task'));
  await Promise.all([queue.settled().then(note('one')), queue.settled().then(note('two'))]);
  expect(notes.slice(0, 1)).toEqual(['task']);
  expect(notes.slice(1).sort()).toEqual(['asked by a task', 'one', 'two']);
});

test('a task that throws does not stop the queue: its error is reported', async () => {
  const { queue, notes, note } = queueWithNotes();
  const broken = new Error('no');
  queue.add(() => {
    throw broken;
  });
  queue.add(note('next'));
  const reported = await reportedBy(() => queue.settled());
  expect([reported, notes]).toEqual([[broken], ['next']]);
  queue.add(note('later'));
  await queue.settled();
  expect(notes).toEqual(['next', 'later']);
});

test('any number of tasks that are waiting need no timer, which may have been faked', async () => {
  jest.useFakeTimers();
  const { queue, notes, note } = queueWithNotes();
  for (let count = 0; count < 5000; count += 1) queue.add(note('task'));
  await queue.settled();
  expect([notes.length, jest.getTimerCount()]).toEqual([5000, 0]);
});

test('an echo that never ends gives timers a chance', async () => {
  const queue = new EventQueue();
  let heard = 0;
  let ended = false;
  setTimeout(() => {
    ended = true;
  });
  const echo = () => {
    heard += 1;
    // The second limit is for a queue that gives none.
    if (!ended && heard < 3000) queue.add(echo);
  };
  queue.add(echo);
  await queue.settled();
  expect(heard).toBeLessThan(3000);
});
