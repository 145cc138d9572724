import ts from 'typescript';
import { type Page, type PageModule, toModule } from './code-blocks';

/** Compiles the code of all pages at once, under this project's strict options. The result checks one page and runs it. */
export function compilePages(root: string, pages: readonly Page[]): (name: string) => Promise<string[]> {
  const modules = new Map(pages.map((page) => [page.name, toModule(page)]));
  const typeProblems = findTypeProblems(root, [...modules.values()]);
  return async (name) => {
    const module = modules.get(name);
    if (module === undefined) throw new Error(`There is no page ${name}`);
    const problems = [...module.problems, ...(typeProblems.get(name) ?? [])];
    // What does not compile is not worth running: its errors would only repeat the ones that are known.
    return problems.length > 0 ? problems : run(module);
  };
}

function findTypeProblems(root: string, modules: readonly PageModule[]): Map<string, string[]> {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
    {
      // A page may leave things unused, and reads keys as its readers do: localStorage.theme.
      ...{ noUnusedLocals: false, noUnusedParameters: false, noPropertyAccessFromIndexSignature: false },
      // A reader's project may let Node strip the types.
      erasableSyntaxOnly: true,
    },
  );
  options.lib?.push('lib.dom.d.ts'); // some pages show code of browsers
  const files = new Map(modules.map((module) => [`${root}/${module.name}.ts`, module]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, languageVersion) => {
    const module = files.get(file);
    return module ? ts.createSourceFile(file, module.code, languageVersion) : getSourceFile(file, languageVersion);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return new Map(
    Array.from(files, ([file, { name }]) => {
      const diagnostics = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
      return [name, diagnostics.map((diagnostic) => describe(name, diagnostic))];
    }),
  );
}

function describe(name: string, { file, start, messageText }: ts.Diagnostic): string {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `${name}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}

/** Runs a page with the package's names leading to its sources, as Jest's moduleNameMapper has it. */
async function run({ name, code }: PageModule): Promise<string[]> {
  const problems: string[] = [];
  let line = 1;
  const suite = collectTests(() => line);
  const fail = (error: unknown, at: number) => problems.push(`${name}:${at}: ${error}`);
  const context = {
    at: (next: number) => {
      line = next;
    },
    runTests: (failure?: string) => suite.run(fail, failure),
  };
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const exports: { page?: (context: object) => Promise<void> } = {};
  const restoreGlobals = replaceGlobals(suite.globals);
  try {
    new Function('exports', 'require', 'jest', `${outputText}\n//# sourceURL=${name}`)(exports, require, jest);
    await exports.page?.(context);
  } catch (error) {
    fail(error, line);
  } finally {
    await suite.end();
    restoreGlobals();
  }
  return problems;
}

type Step = () => unknown;

/** Stands in for Jest's globals, which can't be called inside a test. */
function collectTests(currentLine: () => number) {
  let tests: { name: string; line: number; body: Step }[] = [];
  const hooks = { beforeAll: [] as Step[], beforeEach: [] as Step[], afterEach: [] as Step[], afterAll: [] as Step[] };
  const test = (name: string, body: Step) => {
    tests.push({ name, line: currentLine(), body });
  };
  const runAll = async (steps: readonly Step[]) => {
    for (const step of steps) await step();
  };
  return {
    globals: {
      test,
      it: test,
      describe: (_name: string, body: Step) => body(),
      ...Object.fromEntries(Object.entries(hooks).map(([name, steps]) => [name, (step: Step) => void steps.push(step)])),
    },
    /** Runs what was declared since the last time. Where a failure is expected, each test has to fail with it. */
    async run(fail: (error: unknown, line: number) => void, failure?: string): Promise<void> {
      const declared = tests;
      tests = [];
      await runAll(hooks.beforeAll.splice(0));
      for (const { name, line, body } of declared) {
        const error = await runAll([...hooks.beforeEach, body]).then(
          () => undefined,
          (thrown) => thrown ?? new Error(`threw ${thrown}`),
        );
        await runAll(hooks.afterEach);
        const message = error instanceof Error ? error.message : String(error);
        if (failure === undefined && error !== undefined) fail(new Error(`test "${name}": ${message}`, { cause: error }), line);
        if (failure !== undefined && !message.includes(failure)) {
          fail(new Error(`test "${name}" does not fail with what the page says, but: ${message}`), line);
        }
      }
    },
    end: () => runAll(hooks.afterAll),
  };
}

/** @returns what puts these globals back, and takes away those that a page has added */
function replaceGlobals(replacements: object): () => void {
  const known = new Set(Object.getOwnPropertyNames(globalThis));
  const names = Object.keys(replacements);
  const originals = names.map((name) => [name, Reflect.get(globalThis, name)] as const);
  Object.assign(globalThis, replacements);
  return () => {
    Object.assign(globalThis, Object.fromEntries(originals));
    for (const name of Object.getOwnPropertyNames(globalThis)) if (!known.has(name)) Reflect.deleteProperty(globalThis, name);
  };
}
