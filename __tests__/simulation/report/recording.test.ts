import {
  drawRecording,
  type ExplorationError,
  type ExploreContext,
  explore,
  type Recording,
  recordingStyle,
} from 'shared-memory-registry/simulation';
import { asAsyncStorage, WebStorageArea } from 'shared-memory-registry/web-storage';
import { rejection } from '../../support/refusals';

/** What is recorded of a scenario that fails at its end. */
async function record<T>(scenario: (context: ExploreContext<T>) => Promise<unknown>, options: object = {}): Promise<Recording> {
  const failing = async (context: ExploreContext<T>) => {
    await scenario(context);
    throw new Error('the end');
  };
  const { recording } = (await rejection(explore<T>(failing, options))) as ExplorationError;
  return recording;
}

test('each step has what was stored since then, and what it has changed', async () => {
  const recording = await record<string>(
    async ({ registry }) => {
      const [a, b] = ['a', 'b'].map((key) => asAsyncStorage(registry, { client: `of ${key}` }));
      await a?.setItem('x', 'one');
      await b?.getItem('x');
      await b?.setItem('y', 'two');
      await a?.removeItem('x');
    },
    { initial: { z: { revision: '7', data: 'zero' } } },
  );
  expect(recording.clients).toEqual(['of a', 'of b']);
  expect(recording.initial).toEqual([{ key: 'z', revision: '7', data: '"zero"' }]);
  const shown = recording.steps.map(({ client, data, stored, changed }) => [client, data, stored.map(({ key }) => key), changed]);
  expect(shown).toEqual([
    ['of a', '"one"', ['z', 'x'], ['x']],
    ['of b', '"one"', ['z', 'x'], []],
    ['of b', '"two"', ['z', 'x', 'y'], ['y']],
    ['of a', undefined, ['z', 'y'], ['x']],
  ]);
  expect(JSON.parse(JSON.stringify(recording))).toEqual(recording);
});

test('what a scenario stores before its first step is there at the beginning', async () => {
  const recording = await record<string>(async ({ registry, step }) => {
    const { localStorage } = new WebStorageArea({ registry }).openWindow({ client: 'tab' });
    localStorage.setItem('theme', 'dark');
    await step('tab', 'waits');
    localStorage.clear();
  });
  expect(recording.steps.map(({ text, stored }) => [text, stored.map(({ data }) => data)])).toEqual([
    ['sets theme to dark', ['"dark"']],
    ['waits', ['"dark"']],
    ['clears everything', []],
  ]);
});

test('values are whole up to 2,000 characters, also those of calls; the timeline has them short', async () => {
  const recording = await record<unknown>(async ({ registry, calls }) => {
    await registry.getBackend('x', { client: 'a' }).save({ revision: '1', data: { text: 'n'.repeat(5000), more: [1, 2n] } });
    const api = { read: async () => ({ list: Array.from({ length: 20 }, (_, index) => index) }) };
    await calls('a', api, { name: 'api' }).read();
  });
  const [saved, called] = recording.steps;
  expect(saved?.text).toBe('save 1: {"text":"nnnnnnnnnnnnnn…');
  expect(saved?.data).toHaveLength('… (5049 characters)'.length + 2000);
  expect(saved?.data?.endsWith('n… (5049 characters)')).toBe(true);
  expect(called?.text).toBe('api.read() → {"list":[0,1,2,3,4,5,6,…');
  expect(called?.data).toBe('{"list":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]}');
});

test('an effect whose reply is lost has changed the storage', async () => {
  const scenario = async ({ registry }: ExploreContext<number>) => {
    await registry.getBackend('x', { client: 'a' }).save({ revision: '1', data: 1 });
  };
  const { recording } = (await rejection(explore(scenario, { faults: { kinds: ['lost reply'] } }))) as ExplorationError;
  expect(recording.steps.map(({ type, text, changed }) => [type, text, changed])).toEqual([
    ['request', 'save 1: 1', ['x']],
    ['answer', 'save ✗ lost reply', []],
  ]);
});

const step = (text: string) => ({ client: 'a', type: 'request' as const, text, stored: [], changed: [] });

test('names, keys, values and errors are text in the drawing, not HTML', () => {
  const evil = `"><script>alert('1')</script>&amp;`;
  const stored = [{ key: evil, revision: evil, data: evil }];
  const recording: Recording = {
    clients: [evil],
    initial: [],
    steps: [{ ...step(evil), client: evil, data: evil, stored, changed: [evil] }],
  };
  const html = drawRecording(recording, { id: evil, failure: evil });
  expect(html.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']/);
  expect(html).not.toContain('<script');
});

test('two drawings on a page have ids of their own, and the last step is chosen', () => {
  const recording: Recording = { clients: ['a'], initial: [], steps: [step('one'), step('two')] };
  const [one, other] = [drawRecording(recording), drawRecording(recording, { id: 'other' })];
  expect(one).toContain('id="recording-2" aria-labelledby="recording-2-text" checked');
  expect(other).toContain('name="other" id="other-1" aria-labelledby="other-1-text" />');
});

test('a run that goes on and on is drawn from its beginning', () => {
  const recording: Recording = { clients: ['a'], initial: [], steps: Array.from({ length: 450 }, () => step('asks')) };
  const html = drawRecording(recording);
  expect(html.match(/<input /g)).toHaveLength(200);
  expect(html).toContain('… and 250 more steps');
});

test('a scenario that fails before its first step is drawn without one', async () => {
  const recording = await record(async () => {});
  expect(recording).toEqual({ clients: [], initial: [], steps: [] });
  expect(drawRecording(recording, { failure: 'no' })).toContain('✗ no');
});

test.each([[undefined], [{}], ['text']])('%p is not drawn', (recording) => {
  expect(() => drawRecording(recording as never)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_OPTION', expected: 'a recording, such as that of an ExplorationError' }),
  );
});

test('the style loads nothing', () => {
  expect(recordingStyle).not.toMatch(/url\(|@import|@font-face/);
});
