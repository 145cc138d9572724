import type { Operation } from 'shared-memory-registry';
import {
  type FaultKind,
  type FaultOptions,
  FaultPlan,
  type RandomFaults,
  SimulatedFault,
} from 'shared-memory-registry/simulation';
import { thrown } from '../support/refusals';

const TYPES = ['save', 'load', 'clear', 'update', 'stat', 'getUsage'] as const;
const KINDS = ['refused', 'lost reply', 'dropped', 'stale read', 'corrupted read', 'crash'] as const;

function operation(type: Operation['type'], { key = 'note', client = 'a' } = {}): Operation {
  return { type, key, client };
}

/** Which fault strikes each of these, one after the other. */
function strikes(plan: FaultPlan, ...types: Operation['type'][]): (FaultKind | undefined)[] {
  return types.map((type) => plan.inject(operation(type))?.kind);
}

describe('what is told', () => {
  test('nothing fails where nothing was told', () => {
    expect(strikes(new FaultPlan(), ...TYPES)).toEqual(TYPES.map(() => undefined));
  });

  test('the next operation of a type is refused, and only that one', () => {
    const plan = new FaultPlan();
    plan.failNext('load');
    expect(strikes(plan, 'stat', 'save', 'load', 'load')).toEqual([undefined, undefined, 'refused', undefined]);
  });

  test('or the next so many', () => {
    const plan = new FaultPlan();
    plan.failNext('load', { times: 3 });
    expect(strikes(plan, 'load', 'load', 'load', 'load')).toEqual(['refused', 'refused', 'refused', undefined]);
  });

  test('one comes after the other, in the order in which they were told', () => {
    const plan = new FaultPlan();
    plan.failNext('save', { kind: 'lost reply' });
    plan.failNext('save', { kind: 'dropped', times: 2 });
    plan.failNext('save');
    expect(strikes(plan, 'save', 'save', 'save', 'save', 'save')).toEqual([
      'lost reply',
      'dropped',
      'dropped',
      'refused',
      undefined,
    ]);
  });

  test('all fail until it is lifted, and lifting it twice lifts nothing else', () => {
    const plan = new FaultPlan();
    const lift = plan.fail('load', { kind: 'lost reply' });
    plan.fail('load');
    expect(strikes(plan, 'load', 'load', 'load')).toEqual(['lost reply', 'lost reply', 'lost reply']);
    lift();
    lift();
    expect(strikes(plan, 'load', 'load')).toEqual(['refused', 'refused']);
  });

  test('may be of one key and of one client', () => {
    const plan = new FaultPlan();
    plan.failNext('load', { key: 'other' });
    plan.failNext('load', { client: 'b' });
    plan.failNext('load', { key: 'other', client: 'c' });
    expect(plan.inject(operation('load'))).toBeUndefined();
    expect(plan.inject(operation('load', { client: 'c' }))).toBeUndefined();
    expect(plan.inject(operation('load', { key: 'other' }))).toBeDefined();
    expect(plan.inject(operation('load', { client: 'b' }))).toBeDefined();
    expect(plan.inject(operation('load', { key: 'other' }))).toBeUndefined();
    expect(plan.inject(operation('load', { key: 'other', client: 'c' }))).toBeDefined();
  });

  test('the empty key is a key like any other', () => {
    const plan = new FaultPlan();
    plan.fail('load', { key: '' });
    expect(plan.inject(operation('load'))).toBeUndefined();
    expect(plan.inject(operation('load', { key: '' }))).toBeDefined();
  });

  test('a save is an update as well, and an update is no save', () => {
    const plan = new FaultPlan();
    plan.failNext('save');
    plan.failNext('update', { kind: 'lost reply' });
    expect(strikes(plan, 'save', 'save', 'update')).toEqual(['refused', undefined, 'lost reply']);
    plan.failNext('save');
    expect(strikes(plan, 'update')).toEqual(['refused']);
    plan.failNext('load');
    expect(strikes(plan, 'update', 'load')).toEqual([undefined, 'refused']);
  });

  test('is not changed by what becomes of the options', () => {
    const plan = new FaultPlan();
    const options: { -readonly [Name in keyof FaultOptions]: FaultOptions[Name] } = { kind: 'lost reply' };
    plan.fail('load', options);
    options.kind = 'crash';
    expect(strikes(plan, 'load', 'load')).toEqual(['lost reply', 'lost reply']);
  });

  test('counts for any of them', () => {
    for (const type of TYPES) {
      const plan = new FaultPlan();
      plan.failNext(type);
      expect(strikes(plan, type, type)).toEqual(['refused', undefined]);
    }
  });

  test('an operation that is made to fail does so before everything else', () => {
    const plan = new FaultPlan();
    plan.failNext('load');
    const forced = operation('load');
    plan.force(forced, 'lost reply');
    expect(plan.inject(forced)).toEqual({ kind: 'lost reply', error: new SimulatedFault('lost reply', forced) });
    expect(strikes(plan, 'load', 'load')).toEqual(['refused', undefined]);
  });
});

describe('the error', () => {
  test('is the one that was given', () => {
    const plan = new FaultPlan();
    for (const error of [new Error('no network'), 'text', 0, false]) {
      plan.failNext('load', { error });
      expect(plan.inject(operation('load'))?.error).toBe(error);
    }
  });

  test('is one that says what has failed otherwise', () => {
    const plan = new FaultPlan();
    plan.failNext('save', { kind: 'lost reply', error: undefined });
    const error = plan.inject(operation('save', { key: 'a "key"', client: 'tab-1' }))?.error;
    expect(error).toBeInstanceOf(SimulatedFault);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'SimulatedFault',
      kind: 'lost reply',
      message: 'simulated fault: lost reply of save "a \\"key\\"" by tab-1',
    });
    expect(Object.keys(error as object)).toEqual(['kind']);
  });
});

test.each(KINDS)('%s can strike some types, and is refused for the others', (kind) => {
  const possible = TYPES.filter((type) => {
    const plan = new FaultPlan();
    try {
      plan.failNext(type, { kind });
    } catch {
      return false;
    }
    expect(strikes(plan, type)).toEqual([kind]);
    return true;
  });
  const [writes, reads] = [['save', 'clear'], ['load']];
  const expected = { dropped: writes, 'stale read': reads, 'corrupted read': reads };
  expect(possible).toEqual({ refused: TYPES, 'lost reply': TYPES, crash: TYPES, ...expected }[kind]);
});

describe('chance', () => {
  const many = Array.from({ length: 600 }, (_, index) => TYPES[index % TYPES.length] as Operation['type']);
  const faultsOf = (random: RandomFaults) => strikes(new FaultPlan(random), ...many);

  test('is the same for the same seed, byte for byte', () => {
    const told = (seed: number) => {
      const plan = new FaultPlan({ seed, rate: 0.5 });
      return JSON.stringify(many.map((type) => String(plan.inject(operation(type))?.error)));
    };
    expect(told(5)).toBe(told(5));
    expect(told(6)).not.toBe(told(5));
  });

  test('strikes nothing at a rate of 0', () => {
    expect(new Set(faultsOf({ seed: 1, rate: 0 }))).toEqual(new Set([undefined]));
  });

  test('strikes everything at a rate of 1', () => {
    const kinds = ['refused', 'lost reply'] as const;
    expect(new Set(faultsOf({ seed: 1, rate: 1, kinds }))).toEqual(new Set(kinds));
  });

  test('strikes about as many as it was told', () => {
    const struck = faultsOf({ seed: 1, rate: 0.25, kinds: ['refused'] }).filter((kind) => kind !== undefined);
    expect(struck.length / many.length).toBeCloseTo(0.25, 1);
  });

  test('is of every kind, unless it was told of which', () => {
    expect(new Set(faultsOf({ seed: 1, rate: 1 }))).toEqual(new Set(KINDS));
    expect(new Set(faultsOf({ seed: 1, rate: 0.5, kinds: ['crash'] }))).toEqual(new Set([undefined, 'crash']));
  });

  test('never strikes what a kind can not strike', () => {
    const found = faultsOf({ seed: 1, rate: 1, kinds: ['dropped', 'corrupted read'] });
    const pairs = new Set(found.map((kind, index) => `${kind} ${many[index]}`));
    expect([...pairs].sort()).toEqual([
      'corrupted read load',
      'dropped clear',
      'dropped save',
      'undefined getUsage',
      'undefined stat',
      'undefined update',
    ]);
  });

  test('comes after what was told, and goes on when that is reset', () => {
    const plan = new FaultPlan({ seed: 1, rate: 1, kinds: ['lost reply'] });
    plan.fail('load');
    expect(strikes(plan, 'load', 'stat')).toEqual(['refused', 'lost reply']);
    plan.reset();
    expect(strikes(plan, 'load', 'stat')).toEqual(['lost reply', 'lost reply']);
  });
});

describe('a hold', () => {
  test('is of a type, until it is released', () => {
    const plan = new FaultPlan();
    const { release } = plan.hold('load');
    expect(plan.held(operation('load'))).toBeInstanceOf(Promise);
    expect(plan.held(operation('save'))).toBeUndefined();
    release();
    expect(plan.held(operation('load'))).toBeUndefined();
    release();
  });

  test('may be of one key and of one client', () => {
    const plan = new FaultPlan();
    plan.hold('save', { key: 'note', client: 'b' });
    const isHeld = (...parts: Parameters<typeof operation>) => plan.held(operation(...parts)) !== undefined;
    expect(isHeld('save')).toBe(false);
    expect(isHeld('save', { key: 'other', client: 'b' })).toBe(false);
    expect(isHeld('save', { client: 'b' })).toBe(true);
    expect(isHeld('update', { client: 'b' })).toBe(true);
    expect(isHeld('load', { client: 'b' })).toBe(false);
  });

  test('is released alone', () => {
    const plan = new FaultPlan();
    const holds = [plan.hold('load'), plan.hold('load')];
    holds[0]?.release();
    expect(plan.held(operation('load'))).toBeDefined();
    holds[1]?.release();
    expect(plan.held(operation('load'))).toBeUndefined();
  });

  test('is released by a reset as well', async () => {
    const plan = new FaultPlan();
    plan.hold('load');
    plan.hold('save');
    const held = [plan.held(operation('load')), plan.held(operation('save'))];
    plan.reset();
    await Promise.all(held);
    expect(plan.held(operation('load'))).toBeUndefined();
  });
});

describe('a crash', () => {
  test('is down until its restart, and others are not', () => {
    const plan = new FaultPlan();
    expect([plan.isDown('a'), plan.crashesOf('a')]).toEqual([false, 0]);
    plan.crash('a');
    expect([plan.isDown('a'), plan.crashesOf('a'), plan.isDown('b')]).toEqual([true, 1, false]);
    plan.restart('a');
    plan.crash('a');
    plan.restart('a');
    expect([plan.isDown('a'), plan.crashesOf('a')]).toEqual([false, 2]);
  });

  test('may strike an operation', () => {
    const plan = new FaultPlan();
    plan.failNext('load', { kind: 'crash' });
    plan.inject(operation('load', { client: 'c' }));
    expect([plan.isDown('c'), plan.isDown('a')]).toEqual([true, false]);
  });

  test('is told to everybody who waits for it', async () => {
    const plan = new FaultPlan();
    const told: string[] = [];
    const wait = (name: string, client: string) => plan.crashed(client).then(() => told.push(name));
    void wait('one', 'a');
    void wait('another', 'a');
    void wait('of b', 'b');
    await null;
    expect(told).toEqual([]);
    plan.crash('a');
    await null;
    expect(told).toEqual(['one', 'another']);
  });

  test('is told at once where it has happened, and not any more after the restart', async () => {
    const plan = new FaultPlan();
    plan.crash('a');
    await plan.crashed('a');
    plan.restart('a');
    const told = jest.fn();
    void plan.crashed('a').then(told);
    await null;
    expect(told).not.toHaveBeenCalled();
    plan.crash('a');
    await null;
    expect(told).toHaveBeenCalledTimes(1);
  });

  test('is over with a reset', () => {
    const plan = new FaultPlan();
    plan.crash('a');
    plan.reset();
    expect([plan.isDown('a'), plan.crashesOf('a')]).toEqual([false, 1]);
  });
});

test('a reset lifts everything that was told', () => {
  const plan = new FaultPlan();
  plan.fail('load');
  plan.failNext('save', { times: 5 });
  plan.reset();
  expect(strikes(plan, 'load', 'save')).toEqual([undefined, undefined]);
});

describe('bad options', () => {
  const anyKind = 'a kind of fault: refused, lost reply, dropped, stale read, corrupted read, crash';

  test.each<[string, () => unknown, string]>([
    ['a kind that is none', () => new FaultPlan().failNext('save', { kind: 'lost' as never }), anyKind],
    ['a kind that is null', () => new FaultPlan().fail('save', { kind: null as never }), anyKind],
    ['a kind of chance that is none', () => new FaultPlan({ seed: 1, rate: 1, kinds: ['refused', 'all' as never] }), anyKind],
    [
      'a dropped load',
      () => new FaultPlan().failNext('load', { kind: 'dropped' }),
      'a kind of fault that can be injected into a load',
    ],
    [
      'a stale save',
      () => new FaultPlan().fail('save', { kind: 'stale read' }),
      'a kind of fault that can be injected into a save',
    ],
    [
      'a corrupted stat',
      () => new FaultPlan().fail('stat', { kind: 'corrupted read' }),
      'a kind of fault that can be injected into a stat',
    ],
  ])('%s is refused', (_name, action, expected) => {
    expect(thrown(action)).toMatchObject({ code: 'ERR_INVALID_OPTION', expected });
  });

  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null])('times %p is refused', (times) => {
    const plan = new FaultPlan();
    const expected = 'times to be a whole number above 0';
    expect(thrown(() => plan.failNext('save', { times: times as never }))).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      expected,
    });
    expect(strikes(plan, 'save')).toEqual([undefined]);
  });

  test.each([-0.1, 1.1, Number.NaN, '1', null, undefined])('a rate of %p is refused', (rate) => {
    const expected = 'rate to be a number from 0 to 1';
    const error = thrown(() => new FaultPlan({ seed: 1, rate: rate as never }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', expected });
  });

  test.each(['1', 0.5, Number.NaN, null, undefined, 2 ** 60])('a seed of %p is refused', (seed) => {
    const expected = 'seed to be a whole number';
    const error = thrown(() => new FaultPlan({ seed: seed as never, rate: 1 }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', expected });
  });
});

describe('bad names', () => {
  const plan = () => new FaultPlan();

  test.each<[string, () => unknown, string]>([
    ['a type of operation that is none', () => plan().failNext('sav' as never), 'a type of operation: save, load, clear'],
    ['the same, until it is lifted', () => plan().fail(undefined as never), 'a type of operation: save, load, clear'],
    ['the same, to be held', () => plan().hold('sav' as never), 'a type of operation: save, load, clear'],
    ['a key that is none', () => plan().failNext('save', { key: 5 as never }), 'key to be a string'],
    ['a client that is none', () => plan().fail('save', { client: null as never }), 'client to be a string'],
    ['a key that is held and none', () => plan().hold('save', { key: 5 as never }), 'key to be a string'],
    [
      'a misspelt option',
      () => plan().failNext('save', { tiems: 2 } as never),
      'no other options than key, client, kind, error, times',
    ],
    ['times of what lasts', () => plan().fail('save', { times: 2 } as never), 'no other options than key, client, kind, error'],
    ['a kind of hold', () => plan().hold('save', { kind: 'crash' } as never), 'no other options than key, client'],
    ['no options at all', () => plan().failNext('save', null as never), 'options to be an object'],
    ['no options to last', () => plan().fail('save', null as never), 'options to be an object'],
    ['no options to hold', () => plan().hold('save', null as never), 'options to be an object'],
    ['a crash of nobody', () => plan().crash(undefined as never), 'client to be a string'],
    ['a wait for nobody', () => plan().crashed(5 as never), 'client to be a string'],
    ['a restart of nobody', () => plan().restart(null as never), 'client to be a string'],
    ['no chance at all', () => new FaultPlan(null as never), 'options to be an object'],
    [
      'a misspelt option of chance',
      () => new FaultPlan({ seed: 1, rate: 1, kind: [] } as never),
      'no other options than seed, rate, kinds',
    ],
    ['no kinds', () => new FaultPlan({ seed: 1, rate: 1, kinds: [] }), 'kinds to be a list of kinds of faults'],
    [
      'kinds that are no list',
      () => new FaultPlan({ seed: 1, rate: 1, kinds: 5 as never }),
      'kinds to be a list of kinds of faults',
    ],
  ])('%s is refused', (_name, action, expected) => {
    expect(thrown(action)).toMatchObject({ code: 'ERR_INVALID_OPTION', expected: expect.stringContaining(expected) });
  });
});
