import { StorageError } from 'shared-memory-registry';
import { ExplorationError } from 'shared-memory-registry/simulation';

const exploration = {
  runs: 12,
  schedules: 12,
  schedule: ['a/x#1 effect'],
  timeline: 'a\n────\nload',
  diagram: 'sequenceDiagram',
  token: 'order:1.2',
  recording: { clients: [], initial: [], steps: [] },
};

test('says what happened, in which schedule, how it went, and how to run it again', () => {
  const error = new ExplorationError(exploration, { received: 'Error: no' });
  expect(error.message).toBe(
    [
      'explore: expected the scenario to pass in every order, but schedule 12 fails [ERR_SCHEDULE_FAILED]',
      '',
      'Error: no',
      '',
      'a',
      '────',
      'load',
      '',
      "To run just this schedule: explore(scenario, { …, replay: 'order:1.2' })",
      '',
    ].join('\n'),
  );
  expect(error).toMatchObject({ ...exploration, name: 'ExplorationError', code: 'ERR_SCHEDULE_FAILED', operation: 'explore' });
  expect(StorageError.is(error)).toBe(true);
  expect([Object.hasOwn(error, 'name'), Object.hasOwn(error, 'cause')]).toEqual([false, false]);
});

test('says the seed where there is one', () => {
  const error = new ExplorationError({ ...exploration, seed: 0 }, { received: 'Error: no' });
  expect([error.seed, error.received]).toEqual([0, 'Error: no']);
  expect(error.message).toContain('but schedule 12 of seed 0 fails [ERR_SCHEDULE_FAILED]\n\nError: no\n\n');
});

test('says nothing of a timeline that is empty, nor of a token that is', () => {
  const heading = 'explore: expected the scenario to pass in every order, but schedule 12 fails [ERR_SCHEDULE_FAILED]\n\nno';
  const replay = "To run just this schedule: explore(scenario, { …, replay: 'order:1.2' })\n";
  expect(new ExplorationError({ ...exploration, timeline: '' }, { received: 'no' }).message).toBe(`${heading}\n\n${replay}`);
  expect(new ExplorationError({ ...exploration, token: '' }, { received: 'no' }).message).toBe(`${heading}\n\na\n────\nload`);
  expect(new ExplorationError({ ...exploration, timeline: '', token: '' }, { received: 'no' }).message).toBe(heading);
});

test('says where its report is, also without a token', () => {
  const messageOf = (token: string) =>
    new ExplorationError({ ...exploration, token }, { received: 'no', report: 'As a page: /x.html' }).message;
  expect(messageOf('order:1').split('\n').slice(-4)).toEqual([
    '',
    "To run just this schedule: explore(scenario, { …, replay: 'order:1' })",
    'As a page: /x.html',
    '',
  ]);
  expect(messageOf('').split('\n').slice(-3)).toEqual(['', 'As a page: /x.html', '']);
});

test.each([[undefined], [null], [new Error('no')]])('has the cause %p', (cause) => {
  const error = new ExplorationError(exploration, { received: 'no', cause });
  expect([Object.hasOwn(error, 'cause'), error.cause]).toEqual([true, cause]);
});

describe('a long timeline', () => {
  const messageOf = (rows: number) => {
    const timeline = Array.from({ length: rows }, (_, index) => `row ${index + 1}`).join('\n');
    const error = new ExplorationError({ ...exploration, timeline }, { received: 'no' });
    expect(error.timeline).toBe(timeline);
    return error.message.split('\n').slice(4, -3);
  };

  test('is shown whole where no more than one row would be left out', () => {
    expect(messageOf(60)).toHaveLength(60);
    expect(messageOf(61).slice(-2)).toEqual(['row 60', 'row 61']);
  });

  test('is cut in the message, and is whole in the error', () => {
    const rows = messageOf(62);
    expect(rows).toHaveLength(61);
    expect([rows[0], ...rows.slice(-2)]).toEqual(['row 1', 'row 60', '… and 2 more rows']);
  });
});
