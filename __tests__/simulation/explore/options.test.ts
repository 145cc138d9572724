import { json } from 'shared-memory-registry';
import { type ExploreOptions, explore, type FakeTimers, type Scenario } from 'shared-memory-registry/simulation';
import { checkExploreOptions } from '../../../src/simulation/explore/options';
import { rejection } from '../../support/refusals';

const nothing: Scenario<string> = async () => {};
const timers: FakeTimers = { getTimerCount: () => 0, advanceTimersToNextTimer: () => {}, clearAllTimers: () => {} };

describe('what is refused', () => {
  const NAMES =
    'initial, quota, codec, extend, deliveries, time, timers, faults, strategy, seed, maxPreemptions, maxSchedules, reduction, dependencies, sometimes, timeoutMs, signal, onProgress, idleTimeoutMs, allowRealTime, replay, report';
  const KINDS = 'a kind of fault: refused, lost reply, dropped, stale read, corrupted read, crash';
  const TIMERS = 'timers to be jest, vi, a clock of Sinon, or mock.timers of node:test';

  test.each<[options: unknown, expected: string, received: string]>([
    [null, 'options to be an object', 'null'],
    ['random', 'options to be an object', '"random"'],
    [{ reductions: true }, `no other options than ${NAMES}`, '"reductions"'],
    [{ deliveries: 'yes' }, 'deliveries to be true or false', '"yes"'],
    [{ deliveries: null }, 'deliveries to be true or false', 'null'],
    [{ time: 0 }, 'time to be true or false', '0'],
    [{ reduction: 'no' }, 'reduction to be true or false', '"no"'],
    [{ timers: null }, TIMERS, 'null'],
    [{ timers: {} }, TIMERS, 'an object'],
    [{ timers: { ...timers, getTimerCount: 5 } }, TIMERS, 'an object'],
    [{ timers: { ...timers, advanceTimersToNextTimer: undefined } }, TIMERS, 'an object'],
    [{ timers: { ...timers, clearAllTimers: undefined } }, TIMERS, 'an object'],
    [{ timers }, 'timers that are fake: call useFakeTimers() first', 'an object'],
    [{ timers: jest }, 'timers that are fake: call useFakeTimers() first', 'an object'],
    [{ faults: null }, 'options to be an object', 'null'],
    [{ faults: {} }, 'kinds to be a list of kinds of faults', 'undefined'],
    [{ faults: { kinds: 'crash' } }, 'kinds to be a list of kinds of faults', '"crash"'],
    [{ faults: { kinds: ['crash', 'burn'] } }, KINDS, '"burn"'],
    [{ faults: { kinds: [], most: 1 } }, 'no other options than kinds, maxFaults, clients', '"most"'],
    [{ faults: { kinds: [], clients: 'a' } }, 'clients to be a list of names', '"a"'],
    [{ faults: { kinds: [], maxFaults: 0 } }, 'maxFaults to be a whole number above 0', '0'],
    [{ faults: { kinds: [], maxFaults: 1.5 } }, 'maxFaults to be a whole number above 0', '1.5'],
    [{ faults: { kinds: [], maxFaults: '1' } }, 'maxFaults to be a whole number above 0', '"1"'],
    [{ strategy: 'any' }, 'strategy to be one of "exhaustive", "random", "preemption-bounded"', '"any"'],
    [{ seed: '7' }, 'seed to be a whole number', '"7"'],
    [{ seed: 2 ** 60 }, 'seed to be a whole number', '1152921504606847000'],
    [{ maxSchedules: -1 }, 'maxSchedules to be a whole number above 0', '-1'],
    [{ maxSchedules: Number.POSITIVE_INFINITY }, 'maxSchedules to be a whole number above 0', 'Infinity'],
    [{ idleTimeoutMs: -1 }, 'idleTimeoutMs to be a number of ms, 0 or more', '-1'],
    [{ idleTimeoutMs: Number.NaN }, 'idleTimeoutMs to be a number of ms, 0 or more', 'NaN'],
    [{ idleTimeoutMs: Number.POSITIVE_INFINITY }, 'idleTimeoutMs to be a number of ms, 0 or more', 'Infinity'],
    [{ idleTimeoutMs: '5' }, 'idleTimeoutMs to be a number of ms, 0 or more', '"5"'],
    [{ replay: 7 }, 'replay to be the token of a failed exploration', '7'],
  ])('%j', async (options, expected, received) => {
    const error = await rejection(explore(nothing, options as never));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', operation: 'explore', expected, received });
  });

  test.each([[undefined], [null], ['test'], [{}]])('a scenario that is %j', async (scenario) => {
    expect(await rejection(explore(scenario as never))).toMatchObject({
      code: 'ERR_INVALID_CALLBACK',
      operation: 'explore',
      expected: 'a scenario that is a function',
    });
  });

  test('an extend that is no function', async () => {
    expect(await rejection(explore(nothing, { extend: {} as never }))).toMatchObject({
      code: 'ERR_INVALID_CALLBACK',
      expected: 'extend that is a function',
    });
  });

  test.each<[name: string, options: ExploreOptions<string>, code: string]>([
    ['initial', { initial: { note: { revision: 'one', data: 'tea' } } }, 'ERR_INVALID_REVISION'],
    ['quota', { quota: -1 }, 'ERR_INVALID_OPTION'],
    ['codec', { codec: {} as never }, 'ERR_INVALID_OPTION'],
  ])('what a registry refuses of %s', async (_name, options, code) => {
    expect(await rejection(explore(nothing, options))).toMatchObject({ code });
  });
});

describe('what is taken', () => {
  afterEach(() => void jest.useRealTimers());

  test('where nothing is said', () => {
    expect(checkExploreOptions(nothing, {})).toEqual({
      registry: {},
      extend: undefined,
      deliveries: false,
      time: false,
      timers: undefined,
      faults: { kinds: [], maxFaults: 0 },
      strategy: 'exhaustive',
      seed: expect.any(Number),
      maxSchedules: 10_000,
      maxPreemptions: 2,
      timeoutMs: 4000,
      allowRealTime: false,
      dependencies: [],
      sometimes: [],
      isLimited: false,
      reduction: true,
      idleTimeoutMs: 100,
      replay: undefined,
    });
    expect(checkExploreOptions(nothing, { strategy: 'random' }).maxSchedules).toBe(1000);
  });

  test('whatever is said', () => {
    jest.useFakeTimers();
    const extend = ((Backend) => Backend) satisfies ExploreOptions<string>['extend'];
    const initial = { note: { revision: '1', data: 'tea' } };
    const options = { extend, deliveries: true, time: true, timers, strategy: 'random', seed: 0, maxSchedules: 1 } as const;
    const more = {
      reduction: false,
      idleTimeoutMs: 0,
      maxPreemptions: 1,
      timeoutMs: 9,
      allowRealTime: true,
      dependencies: [['a', 'b']],
      sometimes: ['tea'],
    };
    const registry = { initial, quota: 0, codec: json };
    const faults = { kinds: ['crash', 'refused', 'crash'], clients: ['a'] } as const;
    expect(checkExploreOptions<string>(nothing, { ...options, ...more, ...registry, faults, replay: 'order:1' })).toEqual({
      ...options,
      ...more,
      isLimited: true,
      registry,
      faults: { kinds: ['crash', 'refused'], maxFaults: 1, clients: ['a'] },
      replay: [1],
    });
    expect(checkExploreOptions(nothing, { faults: { kinds: [], maxFaults: 3 } }).faults).toEqual({ kinds: [], maxFaults: 3 });
  });

  test('a limit is one that is said, be it the same as where none is', () => {
    expect(checkExploreOptions(nothing, { maxSchedules: 10_000 })).toMatchObject({ maxSchedules: 10_000, isLimited: true });
    expect(checkExploreOptions(nothing, { strategy: 'random' }).isLimited).toBe(false);
  });

  test('a seed of chance, a whole number, where none is said', () => {
    const seeds = Array.from({ length: 20 }, () => checkExploreOptions(nothing, {}).seed);
    expect(new Set(seeds).size).toBeGreaterThan(15);
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
    expect(Math.max(...seeds)).toBeGreaterThan(2 ** 16);
  });
});
