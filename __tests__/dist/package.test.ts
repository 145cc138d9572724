import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InstalledPackage, root } from './installed-package';

jest.setTimeout(120_000);

let installed: InstalledPackage;
beforeAll(() => {
  installed = new InstalledPackage();
  installed.addRedisClient();
});
afterAll(() => installed.remove());

/** A file of the installed package. */
function read(path: string): string {
  return readFileSync(join(installed.folder, 'node_modules/shared-memory-registry', path), 'utf8');
}

const ENTRIES = ['index', 'testing', 'web-storage', 'simulation', 'redis', 'auto', 'matchers'];

test('the tarball holds what a user needs, and nothing else', () => {
  const kinds = ['js', 'cjs', 'd.ts', 'd.cts'];
  const entries = ENTRIES.flatMap((entry) => kinds.map((kind) => `dist/${entry}.${kind}`));
  const built = [...entries, 'dist/licenses/pure-rand.txt'];
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('.') && !/^(architecture\.md|performance)/.test(path))
    .map((path) => `docs/${path}`);
  // What entries share is in chunks, which the bundler names after one of their modules.
  const isChunk = (path: string) => path.startsWith('dist/chunks/');

  const files = installed.files.filter((path) => !isChunk(path));
  const chunks = installed.files.filter(isChunk).map((path) => path.replace(/^dist\/chunks\/[\w-]+\./, ''));

  expect(files.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...built, ...pages].sort());
  expect(new Set(chunks)).toEqual(new Set(kinds));
});

test('it is smaller than 1 MB, unpacked', () => {
  expect(installed.unpackedSize).toBeLessThan(1_000_000);
});

test('links of its pages lead to files in it', () => {
  const pages = installed.files.filter((path) => path.endsWith('.md'));
  const targets = pages.flatMap((page) =>
    Array.from(read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g), ([, target = '']) => join(dirname(page), target)),
  );
  expect(targets.length).toBeGreaterThan(50);
  expect(targets.filter((target) => !installed.files.includes(target))).toEqual([]);
});

test.each(['js', 'cjs'])('the entries share their code as .%s', (extension) => {
  const scripts = installed.files.filter((path) => path.endsWith(`.${extension}`)).map(read);
  expect(scripts.filter((script) => /\bclass BaseStorageBackend\b/.test(script))).toHaveLength(1);
});

test.each(ENTRIES.flatMap((entry) => [`${entry}.d.ts`, `${entry}.d.cts`]))(
  '%s declares as values what is there',
  async (path) => {
    const script = join(installed.folder, 'node_modules/shared-memory-registry/dist', path.replace(/\.d\.c?ts$/, '.cjs'));
    const declared = [...read(`dist/${path}`).matchAll(/^export \{ (.*) \}/gm)]
      .flatMap(([, list = '']) => list.split(', '))
      .filter((name) => !name.startsWith('type '))
      .map((name) => name.split(' as ').at(-1));

    expect(declared.sort()).toEqual(
      JSON.parse(
        installed.node(
          '--eval',
          `globalThis.beforeEach = () => {}; console.log(JSON.stringify(Object.keys(require(${JSON.stringify(script)})).sort()))`,
        ),
      ),
    );
  },
);

const SEED_RESULT = {
  snapshotA: { revision: '1', data: { count: 1 } },
  snapshotB: { revision: '1', data: { count: 2 } },
  afterwards: null,
};

test.each(['mjs', 'cjs'])('the documented example runs as .%s', (extension) => {
  const program = `import('./seed-example.${extension}').then((m) => m.seedExample()).then((r) => console.log(JSON.stringify(r)))`;
  expect(JSON.parse(installed.node('--eval', program))).toEqual(SEED_RESULT);
});

test('one copy of the package has one set of classes; two copies know the errors of each other', () => {
  const program = `import('./two-copies.mjs').then((m) => m.twoCopies()).then((r) => console.log(JSON.stringify(r)))`;
  expect(JSON.parse(installed.node('--eval', program))).toEqual({
    oneClassInEsm: true,
    twoClassesWithCjs: true,
    cjsKnowsEsmError: true,
    esmKnowsCjsError: true,
    testingSharesClasses: true,
  });
});

test('what comes from another copy of the package is called so', () => {
  const program = `import('./two-copies.mjs').then((m) => m.strangers()).then((r) => console.log(JSON.stringify(r)))`;
  const messages: Record<string, string> = JSON.parse(installed.node('--eval', program));
  expect(Object.keys(messages)).toEqual([
    'checkpoint',
    'backend class of a registry',
    'backend class of a handle',
    'base of the mixin',
    'journal',
    'journal to check',
    'fault plan',
    'registry of an area',
    'store',
  ]);
  for (const message of Object.values(messages)) expect(message).toMatch(/got .*of another copy of this package/);
});

test('the simulation needs no other package', () => {
  const program = `import('./explore.mjs').then((m) => m.reportsAndExpected()).then((r) => console.log(JSON.stringify(r)))`;
  const [reports, expected] = JSON.parse(installed.node('--eval', program));
  expect(reports).toEqual(expected);
  const others = readdirSync(join(installed.folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  // The peer was put there for another entry.
  expect(others.filter((name) => name !== '@redis')).toEqual(['shared-memory-registry']);
  expect(read('dist/licenses/pure-rand.txt')).toMatch(/MIT License/);
});

describe.each([
  { version: '5.4', compiler: '__tests__/dist/consumers/node_modules/typescript-5.4' },
  { version: '5.9', compiler: '__tests__/dist/consumers/node_modules/typescript-5.9' },
  { version: '6.0', compiler: 'node_modules/typescript' },
])('TypeScript $version compiles a consumer that is as strict as can be', ({ version, compiler }) => {
  const tsc = join(root, compiler, 'bin/tsc');
  const STRICT = {
    ...{ target: 'ES2022', strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, declaration: true, types: [] },
    ...{ noUncheckedIndexedAccess: true, noImplicitOverride: true },
  };

  function compile(name: string, files: readonly string[], compilerOptions: object): string {
    const outDir = join(installed.folder, `${version}-${name}`);
    const config = join(installed.folder, `tsconfig-${version}-${name}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions: { ...STRICT, ...compilerOptions, rootDir: '.', outDir }, files }));
    installed.node(tsc, '--project', config);
    return outDir;
  }

  test.each([
    { module: 'ESNext', moduleResolution: 'bundler', source: 'mts', script: 'mjs' },
    { module: 'Node16', moduleResolution: 'node16', source: 'mts', script: 'mjs' },
    { module: 'Node16', moduleResolution: 'node16', source: 'cts', script: 'cjs' },
  ])(
    'without DOM and Node types, as .$source for $moduleResolution, and it runs',
    ({ module, moduleResolution, source, script }) => {
      const file = `consumer.${source}`;
      writeFileSync(join(installed.folder, file), readFileSync(join(installed.folder, 'consumer.ts')));
      const outDir = compile(`${moduleResolution}-${source}`, [file], { lib: ['ES2022'], module, moduleResolution });
      installed.node(join(outDir, `consumer.${script}`));
    },
  );

  test('with DOM types, against the entry for windows', () => {
    compile('dom', ['browser-consumer.ts'], { lib: ['ES2022', 'DOM'], module: 'ESNext', moduleResolution: 'bundler' });
  });

  test('whose storages are typed by the documented interface', () => {
    compile('documented', ['documented.ts'], { lib: ['ES2022'], module: 'ESNext', moduleResolution: 'bundler' });
  });
});

test.each([
  ['Jest', "import 'shared-memory-registry/auto';", ['jest'], {}],
  ['Vitest', "import { expect } from 'vitest';", [], { vitest: [join(root, 'node_modules/vitest')] }],
])('the matchers have types under %s', (name, line, types, paths) => {
  const file = `matchers-${name}.ts`;
  const code = [
    line,
    "import { SharedMemoryRegistry } from 'shared-memory-registry';",
    "import 'shared-memory-registry/matchers';",
    'const registry = new SharedMemoryRegistry<number>();',
    "expect(registry).toHaveStored('a');",
    "expect(registry).not.toHaveStored('a', expect.any(Number));",
    "expect(registry).toHaveRevision('a', '1');",
    'expect([]).toBeLinearizable();',
    '// @ts-expect-error a revision is a text',
    "expect(registry).toHaveRevision('a', 1);",
  ];
  writeFileSync(join(installed.folder, file), code.join('\n'));
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', strict: true, skipLibCheck: true, noEmit: true },
    ...{ lib: ['ES2022', 'DOM', 'ESNext.Disposable'], types, typeRoots: [join(root, 'node_modules/@types')], paths },
  };
  const config = join(installed.folder, `tsconfig-${name}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  expect(installed.node(join(root, 'node_modules/typescript/bin/tsc'), '--project', config)).toBe('');
});
