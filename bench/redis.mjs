/** A save on Redis beside the bare client, keyv on Redis and the registry in memory, as ratios of one run. Starts a server of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import KeyvRedis from '@keyv/redis';
import { createClient } from '@redis/client';
import Keyv from 'keyv';
import { SharedMemoryRegistry } from '../dist/index.js';
import { RedisRegistry } from '../dist/redis.js';

const PORT = 26_379;
const ROUNDS = 9;
const folder = mkdtempSync(join(tmpdir(), 'redis-bench-'));
const server = spawn('redis-server', ['--port', String(PORT), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
  stdio: 'ignore',
});
const url = `redis://127.0.0.1:${PORT}`;
const client = createClient({ url }).on('error', () => {});
await client.connect();
const registry = await RedisRegistry.connect({ url, namespace: 'bench' });

const data = { theme: 'dark', size: 3, names: ['a', 'b', 'c'], text: 'x'.repeat(200) };
const save = (handle) => handle.save({ revision: '1', data });
const handles = Array.from({ length: 50 }, (_, n) => registry.getBackend(`key ${n}`));
const memory = new SharedMemoryRegistry().getBackend('key');
const keyv = new Keyv({ store: new KeyvRedis(url) });
const payload = JSON.stringify(data);
const sha1 = await client.sendCommand(['SCRIPT', 'LOAD', "return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])"]);

const sameScript = await recordSave();

/** Wall-clock ms of each: a round trip waits, so that CPU time would leave most of it out. */
const measured = {
  bare: repeat(500, () => client.sendCommand(['EVALSHA', sha1, '1', 'bare', 'key', payload])),
  'same script': repeat(500, () => client.sendCommand(sameScript)),
  save: repeat(500, () => save(handles[0])),
  load: repeat(500, () => handles[0].load()),
  'keyv set': repeat(500, () => keyv.set('key', { revision: '1', data })),
  'keyv get': repeat(500, () => keyv.get('key')),
  'one after another': repeat(20, async () => {
    for (const handle of handles) await save(handle);
  }),
  'at once': atOnce(20, save),
  'bare at once': atOnce(20, () => client.sendCommand(sameScript)),
  memory: repeat(5000, () => save(memory)),
};
const times = Object.fromEntries(Object.keys(measured).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(measured)) {
    const ms = await run();
    if (round > 0) times[name].push(ms);
  }
}
const ms = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[ROUNDS >> 1]]));
const ratio = (value) => Number(value.toPrecision(3));
console.table([
  { name: "a save over the bare client's EVALSHA of one HSET", ratio: ratio(ms.save / ms.bare) },
  { name: "a save over the bare client's EVALSHA of the same script", ratio: ratio(ms.save / ms['same script']) },
  { name: "a load over the bare client's EVALSHA of one HSET", ratio: ratio(ms.load / ms.bare) },
  { name: 'a save over set() of keyv on Redis', ratio: ratio(ms.save / ms['keyv set']) },
  { name: 'a load over get() of keyv on Redis', ratio: ratio(ms.load / ms['keyv get']) },
  { name: '50 keys one after another over 50 at once', ratio: ratio(ms['one after another'] / ms['at once']) },
  { name: 'the same script through the bare client, 50 times', ratio: ratio((50 * ms['same script']) / ms['bare at once']) },
  { name: 'a save over one in memory', ratio: ratio(ms.save / ms.memory) },
]);

await registry.dispose();
await keyv.disconnect();
client.destroy();
server.kill();
rmSync(folder, { recursive: true, force: true });

/** The command that a save sends, with a deadline that is far away, so that it can be sent again and again. */
async function recordSave() {
  let sent = [];
  const source = createClient({ url });
  const duplicate = source.duplicate.bind(source);
  source.duplicate = (options) => {
    const copy = duplicate(options);
    const send = copy.sendCommand.bind(copy);
    copy.sendCommand = (command, ...rest) => {
      if (command[0] === 'EVALSHA') sent = command;
      return send(command, ...rest);
    };
    return copy;
  };
  const recorded = await RedisRegistry.connect({ client: source, namespace: 'recorded' });
  await save(recorded.getBackend('key'));
  await recorded.dispose();
  const DEADLINE = 10; // after the name, the hash, the count of keys, four keys, and three arguments
  return sent.map((argument, index) => (index === DEADLINE ? String(Number.MAX_SAFE_INTEGER) : argument));
}

/** Of all keys at once: each is saved again as soon as it is saved. */
function atOnce(times, action) {
  return async () => {
    const start = performance.now();
    await Promise.all(handles.map((handle) => repeat(times, () => action(handle))()));
    return (performance.now() - start) / times;
  };
}

function repeat(times, action) {
  return async () => {
    const start = performance.now();
    for (let time = 0; time < times; time += 1) await action();
    return (performance.now() - start) / times;
  };
}
