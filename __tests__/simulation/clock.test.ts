import { VirtualClock } from 'shared-memory-registry/simulation';

test('wakes sleepers in the order of their times, each after what the one before has set off', async () => {
  const clock = new VirtualClock(1000);
  const woken: unknown[] = [];
  const sleep = async (name: string, ...times: number[]) => {
    for (const ms of times) {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    }
  };
  void sleep('late', 30);
  void sleep('often', 10, 10, 15);
  await clock.advance(25);
  expect(woken).toEqual([
    ['often', 1010],
    ['often', 1020],
  ]);
  expect([clock.now(), clock.next]).toEqual([1025, 1030]);

  await clock.runAll();
  expect(woken.slice(2)).toEqual([
    ['late', 1030],
    ['often', 1035],
  ]);
  expect([clock.now(), clock.next]).toEqual([1035, null]);
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5'])('refuses to sleep or advance for %p', async (ms) => {
  const clock = new VirtualClock();
  expect(() => clock.sleep(ms as never)).toThrow('a number of ms, 0 or more');
  await expect(clock.advance(ms as never)).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
});
