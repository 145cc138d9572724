import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** From the bottom to the top: a room imports from itself and from those before it. */
const ROOMS = [
  'contracts',
  'errors',
  'revision',
  'codec',
  'store',
  'backend',
  'registry',
  'index',
  'testing',
  'web-storage',
  'simulation',
];

/** Optional peers: a simulation needs random numbers that are the same for a seed. */
const PEERS = /^pure-rand\//;

const root = join(__dirname, '..');
const source = join(root, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const roomOf = (file: string) => file.split('/')[0]?.replace(/\.ts$/, '') ?? '';

/** What a file imports or exports from elsewhere. */
function importsOf(file: string): string[] {
  return [...readFileSync(join(source, file), 'utf8').matchAll(/\bfrom '([^']+)'/g)].map(([, name]) => String(name));
}

test.each(files)('%s is in a known room and imports downwards only', (file) => {
  const room = ROOMS.indexOf(roomOf(file));
  expect(room).toBeGreaterThanOrEqual(0);
  for (const name of importsOf(file)) {
    if (roomOf(file) === 'simulation' && PEERS.test(name)) continue;
    expect(name).toMatch(/^\.\.?\//);
    expect(ROOMS.indexOf(roomOf(relative(source, join(source, dirname(file), name))))).toBeLessThanOrEqual(room);
  }
});

test('contracts hold types only', () => {
  expect(readFileSync(join(source, 'contracts.ts'), 'utf8')).not.toMatch(/^(export )?(const|let|function|class|enum) /m);
});

test('the package needs no other package, and no Node module', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(dependencies).toBeUndefined();
  // Of the simulation alone.
  expect([Object.keys(peerDependencies), peerDependenciesMeta]).toEqual([['pure-rand'], { 'pure-rand': { optional: true } }]);
  expect(files.flatMap(importsOf).filter((name) => !name.startsWith('.') && !PEERS.test(name))).toEqual([]);
});
