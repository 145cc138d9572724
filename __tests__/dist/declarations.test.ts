import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { InstalledPackage } from './installed-package';

jest.setTimeout(120_000);

let installed: InstalledPackage;
beforeAll(() => {
  installed = new InstalledPackage();
});
afterAll(() => installed.remove());

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
};

/** An editor on one file in a project that has the package installed. */
function editor(text: string): { readonly service: ts.LanguageService; readonly file: string } {
  const file = join(installed.folder, 'edited.ts');
  writeFileSync(file, text);
  const service = ts.createLanguageService({
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => (ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(readFileSync(name, 'utf8')) : undefined),
    getCurrentDirectory: () => installed.folder,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
  });
  return { service, file };
}

const CURSOR = '/*cursor*/';

/** The members that an editor offers where the cursor is. */
function completions(text: string): string[] {
  const { service, file } = editor(text);
  const found = service.getCompletionsAtPosition(file, text.indexOf(CURSOR), { includeSymbol: true } as object);
  return (found?.entries ?? []).map(({ name }) => name).sort();
}

const IMPORTS = `
import { KeyedMemoryBackend, SharedMemoryRegistry, type Checkpoint, type MemoryStore } from 'shared-memory-registry';
import { FaultPlan, Journal, VirtualClock } from 'shared-memory-registry/simulation';
import { WebStorageArea } from 'shared-memory-registry/web-storage';
declare const area: WebStorageArea;
declare const registry: SharedMemoryRegistry<number>;
declare const checkpoint: Checkpoint<number>;
declare const store: MemoryStore<number>;
`;

const HANDLE = [
  'clear',
  'client',
  'getUsage',
  'key',
  'load',
  'loadWithMetadata',
  'save',
  'saveWithMetadata',
  'stat',
  'subscribe',
  'update',
];
const HOOKS = ['codec', 'now', 'perform', 'read', 'validate', 'write'];
const EVENT_TARGET = ['addEventListener', 'dispatchEvent', 'removeEventListener'];

test.each<[string, string, string[]]>([
  [
    'a subclass of a handle',
    `class Mine<T> extends KeyedMemoryBackend<T> { mine() { this.${CURSOR} } }`,
    [...HANDLE, ...HOOKS, 'mine'],
  ],
  ['a handle', `registry.getBackend('a').${CURSOR}`, HANDLE],
  [
    'a registry',
    `registry.${CURSOR}`,
    [
      ...['checkpoint', 'clearAll', 'dispose', 'entries', 'getBackend', 'getUsage', 'has', 'keys', 'peek', 'reset', 'restore'],
      ...['size', 'subscribe', 'toJSON'],
    ],
  ],
  ['a checkpoint', `checkpoint.${CURSOR}`, ['size']],
  ['the store of a registry', `store.${CURSOR}`, []],
  ['a journal', `new Journal().${CURSOR}`, ['clear', 'entries', 'find', 'note', 'recorded', 'toMermaid', 'toString']],
  ['a fault plan', `new FaultPlan().${CURSOR}`, ['crash', 'crashed', 'fail', 'failNext', 'hold', 'reset', 'restart']],
  ['a virtual clock', `new VirtualClock().${CURSOR}`, ['advance', 'next', 'now', 'runAll', 'sleep']],
  [
    'a storage area',
    `area.${CURSOR}`,
    ['blocked', 'closeWindows', 'corrupt', 'openWindow', 'origin', 'registry', 'reset', 'settled', 'windows'],
  ],
  [
    'a window',
    `area.openWindow().${CURSOR}`,
    [
      ...EVENT_TARGET,
      ...['Storage', 'StorageEvent', 'client', 'close', 'closed', 'install', 'localStorage', 'location', 'onstorage'],
      ...['openFrame', 'reload', 'sessionStorage', 'toJSON'],
    ],
  ],
  ['the options of getBackend', `registry.getBackend('a', { ${CURSOR} })`, ['Backend', 'client']],
  [
    'the options of a registry',
    `new SharedMemoryRegistry<number>({ ${CURSOR} })`,
    ['Backend', 'codec', 'initial', 'now', 'onListenerError', 'quota', 'weigh'],
  ],
  ['the options of a save', `registry.getBackend('a').save({ revision: '1', data: 1 }, { ${CURSOR} })`, ['ifMatch', 'signal']],
])('an editor offers what is documented, and nothing else, on %s', (_name, text, expected) => {
  expect(completions(`${IMPORTS}${text}`)).toEqual([...expected].sort());
});

test('an editor shows the class of a handle by its name', () => {
  const text = `${IMPORTS}
class Mine<T> extends KeyedMemoryBackend<T> {}
const handle = registry.getBackend('a', { Backend: Mine });
const plain = registry.getBackend('a');`;
  const { service, file } = editor(text);
  const typeOf = (name: string) =>
    ts.displayPartsToString(service.getQuickInfoAtPosition(file, text.indexOf(`${name} =`))?.displayParts);
  expect([typeOf('handle'), typeOf('plain')]).toEqual(['const handle: Mine<number>', 'const plain: KeyedMemoryBackend<number>']);
});

test('a message names types by their names, where those of two builds meet', () => {
  const text = `
import { SharedMemoryRegistry } from 'shared-memory-registry';
declare const cjs: import('shared-memory-registry', { with: { 'resolution-mode': 'require' } }).SharedMemoryRegistry<string>;
const esm: SharedMemoryRegistry<number> = cjs;`;
  const { service, file } = editor(text);
  const messages = service
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  expect(messages.join()).toMatch(/SharedMemoryRegistry<string/);
  expect(messages.join()).not.toMatch(/\)\.[A-Za-z]{1,2}</);
});

test('no declaration has a mangled name, or shows what is internal', () => {
  const declarations = installed.files.filter((path) => /\.d\.c?ts$/.test(path));
  expect(declarations.length).toBeGreaterThan(8);
  for (const path of declarations) {
    const text = readFileSync(join(installed.folder, 'node_modules/shared-memory-registry', path), 'utf8');
    expect(text.match(/^(?:import|export).*\b\w+ as \w+\b.*/gm) ?? []).toEqual([]);
    expect(text).not.toMatch(/\b\w+\$\d/);
    expect(text).not.toMatch(/@internal/);
  }
});
