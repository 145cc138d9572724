import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** From the bottom to the top: a module imports from itself and from those before it. */
const CORE = ['contracts', 'errors', 'revision', 'codec', 'store', 'backend', 'registry', 'index'];

/** An entry of the package each: imports from itself and from the core. */
const ENTRIES = ['testing', 'web-storage', 'simulation', 'redis', 'auto', 'matchers'];

/** What entries have in common beside the core. */
const SHARED = ['real-time', 'test-runner'];

/** Entries that are made of others. */
const PARTS: Readonly<Record<string, readonly string[]>> = { auto: ['web-storage'], matchers: ['simulation'] };

/** Bundled: a simulation needs random numbers that are the same for a seed. */
const BUNDLED = /^pure-rand\//;

/** What the entry for servers needs: its peer, and Node. */
const OF_REDIS = /^(@redis\/client$|node:)/;

const root = join(__dirname, '..');
const source = join(root, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const moduleOf = (file: string) => file.split('/')[0]?.replace(/\.ts$/, '') ?? '';

/** What a file imports or exports from elsewhere. */
function importsOf(file: string): string[] {
  return [...readFileSync(join(source, file), 'utf8').matchAll(/\bfrom '([^']+)'/g)].map(([, name]) => String(name));
}

/** Whether a file may import or export from there. */
function isAllowed(file: string, name: string): boolean {
  const module = moduleOf(file);
  if (module === 'simulation' && BUNDLED.test(name)) return true;
  if (module === 'redis' && OF_REDIS.test(name)) return true;
  if (SHARED.includes(module)) return name === '../contracts';
  const lower = ENTRIES.includes(module)
    ? [...CORE, ...SHARED, module, ...(PARTS[module] ?? [])]
    : CORE.slice(0, CORE.indexOf(module) + 1);
  return /^\.\.?\//.test(name) && lower.includes(moduleOf(relative(source, join(source, dirname(file), name))));
}

test('every file is in a known module and imports downwards only', () => {
  expect(files.filter((file) => ![...CORE, ...SHARED, ...ENTRIES].includes(moduleOf(file)))).toEqual([]);
  const upwards = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !isAllowed(file, name))
      .map((name) => `${file} imports ${name}`),
  );
  expect(upwards).toEqual([]);
});

test('contracts hold types only', () => {
  expect(readFileSync(join(source, 'contracts.ts'), 'utf8')).not.toMatch(/^(export )?(const|let|function|class|enum) /m);
});

test('the package needs no other package and no Node module, but for the client of a server and its entry', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect([dependencies, Object.keys(peerDependencies)]).toEqual([undefined, ['@redis/client']]);
  expect(peerDependenciesMeta).toEqual({ '@redis/client': { optional: true } });
  const others = files.filter((file) => moduleOf(file) !== 'redis').flatMap(importsOf);
  expect(others.filter((name) => !name.startsWith('.') && !BUNDLED.test(name))).toEqual([]);
});
