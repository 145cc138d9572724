import { readdirSync, readFileSync, rmSync } from 'node:fs';
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';
import { dts } from 'rollup-plugin-dts';

/** `src/index.ts` is `shared-memory-registry`; `src/<name>/index.ts` is `shared-memory-registry/<name>`. */
const input = Object.fromEntries(
  readdirSync('src', { recursive: true })
    .filter((path) => /^([^/]+\/)?index\.ts$/.test(path))
    .map((path) => [path.replace(/\/?index\.ts$/, '') || 'index', `src/${path}`]),
);

/** Any warning fails the build: a circular import, a Node module, a type error. */
function onwarn({ message }) {
  throw new Error(message);
}

/** Optional peers of single entries: code that imports those has them. */
const peers = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).peerDependencies ?? {});

/** Node's modules are for entries that run nowhere else: imported by others, they are unresolved, which fails the build. */
function external(id, importer) {
  if (peers.some((name) => id === name || id.startsWith(`${name}/`))) return true;
  return id.startsWith('node:') && /\/src\/redis\//.test(importer);
}

function output(format, extension) {
  return { dir: 'dist', format, entryFileNames: `[name].${extension}`, chunkFileNames: `chunks/[name].${extension}` };
}

/** What each entry exports when the program runs. */
const values = new Map();

const rememberValues = {
  name: 'remember-values',
  generateBundle(_options, bundle) {
    for (const { name, isEntry, exports } of Object.values(bundle)) if (isEntry) values.set(name, exports);
  },
};

/** Packages of which a part is bundled come with their licenses. */
const bundledLicenses = {
  name: 'bundled-licenses',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap(({ modules = {} }) => Object.keys(modules));
    const packages = new Set(modules.flatMap((id) => id.match(/.*\/node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []));
    for (const folder of packages) {
      const source = readFileSync(`${folder}/LICENSE`, 'utf8');
      this.emitFile({ type: 'asset', fileName: `licenses/${folder.split('/node_modules/').at(-1)}.txt`, source });
    }
  },
};

/** `rollup-plugin-dts` turns `export type { SomeClass }` into `export { SomeClass }`, a value that isn't there. */
const exportTypesAsTypes = {
  name: 'export-types-as-types',
  renderChunk(code, { name, isEntry }) {
    if (!isEntry) return null;
    const mark = (exported) => (values.get(name).includes(exported.split(' as ').at(-1)) ? exported : `type ${exported}`);
    return code.replace(/^export \{ (.*) \}/gm, (_, list) => `export { ${list.split(', ').map(mark).join(', ')} }`);
  },
};

/** Without comments, which declarations have, and white space: a fourth smaller. Names stay, so that stacks can be read. */
const shortened = terser({
  ecma: 2022,
  module: true,
  compress: false,
  mangle: false,
  format: { comments: false, max_line_len: 120 },
});

/** Declarations are indented by one character for each level, not four. */
const indentedByTabs = {
  name: 'indented-by-tabs',
  renderChunk: (code) => code.replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4)),
};

/** A module can wait until its runner knows of it, before the tests are imported; CommonJS can't. */
function waitUntilReady({ isEntry, exports }) {
  return isEntry && exports.includes('isReady') ? 'await isReady;' : '';
}

rmSync('dist', { recursive: true, force: true });

export default [
  {
    input,
    external,
    onwarn,
    plugins: [
      nodeResolve(),
      typescript({ include: 'src/**/*.ts', noEmit: false, noEmitOnError: true }),
      rememberValues,
      bundledLicenses,
      shortened,
    ],
    output: [{ ...output('es', 'js'), footer: waitUntilReady }, output('cjs', 'cjs')],
  },
  {
    input,
    external,
    onwarn,
    plugins: [dts({ compilerOptions: { stripInternal: true } }), exportTypesAsTypes, indentedByTabs],
    output: [output('es', 'd.ts'), output('es', 'd.cts')].map((declarations) => ({
      ...declarations,
      // A user reads the names of these in messages and in an editor.
      minifyInternalExports: false,
      // For consumers whose `lib` has no `Disposable`.
      banner: '/// <reference lib="esnext.disposable" />',
    })),
  },
];
