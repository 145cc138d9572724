import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InstalledPackage, root } from './installed-package';

jest.setTimeout(120_000);

let installed: InstalledPackage;
beforeAll(() => {
  installed = new InstalledPackage();
});
afterAll(() => installed.remove());

/** A file of the installed package. */
function read(path: string): string {
  return readFileSync(join(installed.folder, 'node_modules/shared-memory-registry', path), 'utf8');
}

const ENTRIES = ['index', 'testing', 'web-storage', 'simulation'];

test('the tarball holds what a user needs, and nothing else', () => {
  const kinds = ['js', 'js.map', 'cjs', 'cjs.map'];
  const built = ENTRIES.flatMap((entry) => [...kinds, 'd.ts', 'd.cts'].map((kind) => `dist/${entry}.${kind}`));
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('.'))
    .map((path) => `docs/${path}`);
  // What entries share is in chunks, which the bundler names after one of their modules.
  const isChunk = (path: string) => path.startsWith('dist/chunks/');

  const files = installed.files.filter((path) => !isChunk(path));
  const chunks = installed.files.filter(isChunk).map((path) => path.replace(/^dist\/chunks\/[\w-]+\./, ''));

  expect(files.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...built, ...pages].sort());
  expect(new Set(chunks)).toEqual(new Set([...kinds, 'd.ts', 'd.cts']));
});

test('every script has a source map that carries its sources', () => {
  const scripts = installed.files.filter((path) => /\.c?js$/.test(path));
  for (const script of scripts) {
    expect(read(script)).toContain(`//# sourceMappingURL=${script.split('/').at(-1)}.map`);
    const { sources, sourcesContent } = JSON.parse(read(`${script}.map`));
    expect(sources.length).toBeGreaterThan(0);
    expect(sourcesContent.every((text: unknown) => typeof text === 'string')).toBe(true);
    expect(sourcesContent).toHaveLength(sources.length);
  }
});

test.each(['js', 'cjs'])('the entries share their code as .%s', (extension) => {
  const scripts = installed.files.filter((path) => path.endsWith(`.${extension}`)).map(read);
  expect(scripts.filter((script) => /^class BaseStorageBackend\b/m.test(script))).toHaveLength(1);
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
      Object.keys(await import(script))
        .filter((name) => name !== 'default')
        .sort(),
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

test.each([
  { module: 'ESNext', moduleResolution: 'bundler', source: 'mts', script: 'mjs' },
  { module: 'Node16', moduleResolution: 'node16', source: 'mts', script: 'mjs' },
  { module: 'Node16', moduleResolution: 'node16', source: 'cts', script: 'cjs' },
])('a strict consumer without DOM and Node types compiles as .$source for $moduleResolution, and runs', (target) => {
  const { module, moduleResolution, source, script } = target;
  const folder = join(installed.folder, `${moduleResolution}-${source}`);
  const compilerOptions = {
    ...{ target: 'ES2022', lib: ['ES2022'], types: [], strict: true, skipLibCheck: false, declaration: true },
    ...{ module, moduleResolution, rootDir: '.', outDir: folder },
  };
  writeFileSync(join(installed.folder, `consumer.${source}`), readFileSync(join(installed.folder, 'consumer.ts')));
  writeFileSync(`${folder}.json`, JSON.stringify({ compilerOptions, files: [`consumer.${source}`] }));

  installed.node(join(root, 'node_modules/typescript/bin/tsc'), '--project', `${folder}.json`);
  installed.node(join(folder, `consumer.${script}`));
});
