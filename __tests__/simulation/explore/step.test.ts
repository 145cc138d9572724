import { costOf } from '../../../src/simulation/explore/search';
import { accessOf, areIndependent, type Sharing, type Step } from '../../../src/simulation/explore/step';
import type { ScheduledTurn } from '../../../src/simulation/scheduling';

function step(client: string, access: Step['access'], more: Partial<Step> = {}): Step {
  return { id: `${client} ${access}`, client, key: 'x', phase: access === 'own' ? 'reply' : 'effect', access, ...more };
}

const NOTHING: Sharing = { quota: false, changes: false, time: false, crashes: false, extended: false };

describe('two steps are independent', () => {
  const y = { key: 'y' };
  const refused = { fault: 'refused' } as const;
  const independent: [what: string, is: boolean, a: Step, b: Step, sharing?: Partial<Sharing>][] = [
    ['two loads of a key', true, step('a', 'read'), step('b', 'read')],
    ['a load and a save of a key', false, step('a', 'read'), step('b', 'write')],
    ['two saves of a key', false, step('a', 'write'), step('b', 'write')],
    ['two saves of other keys', true, step('a', 'write'), step('b', 'write', y)],
    ['a load and a save of other keys', true, step('a', 'read'), step('b', 'write', y)],
    ['two replies', true, step('a', 'own'), step('b', 'own')],
    ['a reply and a save', true, step('a', 'own'), step('b', 'write')],
    ['a reply and a load', true, step('a', 'own'), step('b', 'read')],
    ['two loads of one client', false, step('a', 'read'), step('a', 'read', y)],
    ['two replies of one client', false, step('a', 'own'), step('a', 'own')],
    ['a tick and a reply', false, step('clock', 'any'), step('a', 'own')],
    ['a load and a crash', false, step('a', 'read'), step('b', 'any')],

    ['two loads, one of which fails', true, step('a', 'read', refused), step('b', 'read')],
    ['two loads that fail', false, step('a', 'read', refused), step('b', 'read', refused)],

    ['saves of other keys under a quota', false, step('a', 'write'), step('b', 'write', y), { quota: true }],
    ['a load and a save of other keys under a quota', false, step('a', 'read'), step('b', 'write', y), { quota: true }],
    ['two loads under a quota', true, step('a', 'read'), step('b', 'read', y), { quota: true }],
    ['a reply and a save under a quota', true, step('a', 'own'), step('b', 'write'), { quota: true }],

    ['saves of other keys that are heard of', false, step('a', 'write'), step('b', 'write', y), { changes: true }],
    ['a save that is heard of, and a reply', false, step('a', 'write'), step('b', 'own'), { changes: true }],
    ['a save that is heard of, and a load of another key', false, step('a', 'write'), step('b', 'read', y), { changes: true }],
    ['two loads where changes are heard of', true, step('a', 'read'), step('b', 'read'), { changes: true }],
    ['two replies where changes are heard of', true, step('a', 'own'), step('b', 'own'), { changes: true }],

    ['two loads of a key that may write as well', false, step('a', 'read'), step('b', 'read'), { extended: true }],
    ['a reply and a load that may write as well', true, step('a', 'own'), step('b', 'read'), { extended: true }],
    ['two replies where such loads are heard of', true, step('a', 'own'), step('b', 'own'), { extended: true, changes: true }],
    ['a reply and such a load that is heard of', false, step('a', 'own'), step('b', 'read'), { extended: true, changes: true }],
  ];

  test.each(independent)('%s: %p', (_what, is, a, b, ...[sharing]) => {
    const all = { ...NOTHING, ...sharing };
    expect([areIndependent(a, b, all), areIndependent(b, a, all)]).toEqual([is, is]);
  });
});

describe('what a step can touch', () => {
  const turn = (
    phase: ScheduledTurn['phase'],
    type?: 'load' | 'stat' | 'getUsage' | 'save' | 'update' | 'clear',
  ): ScheduledTurn => ({
    client: 'a',
    key: 'x',
    phase,
    handle: {},
    ...(type && { operation: { type, key: 'x', client: 'a' } }),
  });

  test.each(['load', 'stat', 'getUsage'] as const)('the effect of a %s reads', (type) => {
    expect(accessOf(turn('effect', type))).toBe('read');
  });

  test.each(['save', 'update', 'clear'] as const)('the effect of a %s writes', (type) => {
    expect(accessOf(turn('effect', type))).toBe('write');
  });

  test('an effect of nobody knows what writes, for all that is known', () => {
    expect(accessOf(turn('effect'))).toBe('write');
  });

  test.each([turn('reply', 'save'), turn('reply', 'load'), turn('delivery'), turn('turn')])('$phase: its own', (asked) => {
    expect(accessOf(asked)).toBe('own');
  });
});

describe('what a step costs a reader', () => {
  const [a, b] = [step('a', 'read'), step('b', 'read')];
  const tick = step('clock', 'any', { phase: 'time' });
  const fault = step('a', 'read', { fault: 'refused' });
  const costs: [what: string, cost: number, costs: Step, possible: readonly [Step, ...Step[]], last: Step | undefined][] = [
    ['the first of all', 0, a, [a, b], undefined],
    ['another first one', 0, b, [a, b], undefined],
    ['going on with a client', 0, a, [a, b], a],
    ['another client, where one could go on', 1, b, [a, b], a],
    ['another client, where the last one has nothing to do', 0, b, [b], a],
    ['a third client, where the last one has nothing to do', 0, b, [step('c', 'read'), b], a],
    ['time, where there is nothing else to do', 0, tick, [tick], a],
    ['time, first of all but early', 1, tick, [a, tick], undefined],
    ['time, early', 1, tick, [a, tick], b],
    ['time, early, and a client kept waiting', 1, tick, [a, tick], a],
    ['a fault', 1, fault, [a, fault], a],
    ['a fault of another client, where one could go on', 2, fault, [b, fault], b],
  ];

  test.each(costs)('%s: %d', (_what, cost, taken, possible, last) => {
    expect(costOf(taken, possible, last)).toBe(cost);
  });
});
