import { spawnSync } from 'node:child_process';
import { describeWithRedis, newNamespace, RedisServer } from '../redis/redis-server';
import { root } from './installed-package';

const RUNNERS = [
  {
    runner: 'jest',
    command: [
      'node_modules/jest/bin/jest.js',
      '--rootDir=examples/workers/jest',
      '--config=examples/workers/jest/jest.config.mjs',
    ],
  },
  { runner: 'vitest', command: ['node_modules/vitest/vitest.mjs', 'run', '--root=examples/workers/vitest'] },
  { runner: 'playwright', command: ['node_modules/@playwright/test/cli.js', 'test', '--config=examples/workers/playwright'] },
];

describeWithRedis('the examples for parallel workers', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  test.each(RUNNERS)('two workers of $runner share one registry', async ({ command }) => {
    const namespace = newNamespace();
    const { JEST_WORKER_ID: _, ...inherited } = process.env;
    const env = { ...inherited, REDIS_URL: server.url, TEST_RUN: namespace };
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8', env });
    expect({ status, printed: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, printed: '' });
    const changes = JSON.stringify(await server.command('XRANGE', `smr:{${namespace}}:changes`, '-', '+'));
    expect(new Set(changes.match(/worker-\d+/g)).size).toBe(2);
    expect(String(await server.command('HGET', `smr:{${namespace}}:head`, '"accounts"')).split(' ')[0]).toBe('2');
  });

  test('each run has a namespace of its own', () => {
    const { TEST_RUN: _, ...env } = process.env;
    const program = `import('./examples/workers/jest/jest.config.mjs').then(() => console.log(process.env.TEST_RUN))`;
    const names = [1, 2].map(() => spawnSync(process.execPath, ['--eval', program], { cwd: root, encoding: 'utf8', env }).stdout);
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toMatch(/^run-[\w-]{36}\n$/);
  });
});
