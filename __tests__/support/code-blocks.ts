import ts from 'typescript';

/**
 * The code blocks of a Markdown page, in order, as one TypeScript module: a later block can use what an earlier one
 * declared. Every line of code keeps its line number, so whatever is wrong can be told by page and line.
 */

/** A page of the documentation. The name is its path. */
export interface Page {
  readonly name: string;
  readonly text: string;
}

export interface PageModule {
  readonly name: string;
  /** `export async function page($page)`, and the imports. */
  readonly code: string;
  /** What `console.log` must have printed, by line. */
  readonly expected: ReadonlyMap<number, string>;
  readonly blockCount: number;
  /** What is wrong with the page already, as `name:line: message`. */
  readonly problems: readonly string[];
}

/** A block that shows a file of the project. It is compared with the file, and not run: the file has tests of its own. */
export const SHOWN_FILE = /^```\w+\n\/\/ (examples\/\S+)\n(.*?)^```$/gms;

/** Languages whose blocks are compiled and run. */
const CODE = /^(ts|tsx|mts|typescript|js|jsx|mjs|javascript)$/;
const FENCE = /^\s*```+\s*(\S*)/;
const PARAMETER =
  '$page: { at(line: number): void; print(line: number): (...values: unknown[]) => void; runTests(): Promise<void> }';

export function toModule({ name, text }: Page): PageModule {
  const { lines, blockCount } = extract(text.replace(SHOWN_FILE, (block) => block.replace(/[^\n]/g, '')));
  const source = ts.createSourceFile(`${name}.ts`, lines.join('\n'), ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const imports: string[] = [];
  const edits: Edit[] = [];
  const expected = new Map<number, string>();
  const problems: string[] = [];

  for (const statement of source.statements) {
    const [start, end] = [statement.getStart(), statement.getEnd()];
    if (ts.isImportDeclaration(statement)) {
      imports.push(statement.getText().replace(/\s+/g, ' '));
      edits.push({ start, end, text: statement.getText().replace(/[^\n]/g, '') });
    } else {
      // A function can't export, and nothing here needs it to.
      const exported = /^export /.exec(statement.getText())?.[0].length ?? 0;
      edits.push({ start, end: start + exported, text: `$page.at(${lineAt(start)}); ` });
    }
  }
  for (const call of findPrints(source)) {
    const { expression } = call;
    const line = lineAt(call.getStart());
    edits.push({ start: expression.getStart(), end: expression.getEnd(), text: `$page.print(${line})` });
    const comment = EXPECTATION.exec(source.text.slice(call.getEnd()))?.[1];
    if (comment === undefined) problems.push(`${name}:${line}: console.log has no "// → …" that says what it prints`);
    else expected.set(line, comment);
  }
  const arrows = source.text.match(/\/\/ →/g)?.length ?? 0;
  if (arrows > expected.size) problems.push(`${name}: has ${arrows - expected.size} "// → …" without a console.log`);

  const body = applyEdits(source.text, edits);
  const code = `${imports.join(' ')} export async function page(${PARAMETER}) {${body}\n}`;
  return { name, code, expected, blockCount, problems };
}

/** The rest of the line after a call, or the line after it: `); // → { count: 1 }`. */
const EXPECTATION = /^[^\n]*?(?:\n *)?\/\/ → (.*)/;

/** The page with everything but its code blanked out. Where a block ends, the tests that it has declared are run. */
function extract(text: string): { lines: string[]; blockCount: number } {
  let blockCount = 0;
  let language: string | undefined;
  const lines = text.split('\n').map((line) => {
    const fence = FENCE.exec(line);
    if (fence === null) return language !== undefined && CODE.test(language) ? line : '';
    if (language === undefined) {
      language = fence[1] ?? '';
      if (CODE.test(language)) blockCount += 1;
      return '';
    }
    const isCode = CODE.test(language);
    language = undefined;
    return isCode ? 'await $page.runTests();' : '';
  });
  return { lines, blockCount };
}

function findPrints(source: ts.SourceFile): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'console.log') found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  // From the end, so that positions stay true; of two at one place, the one that only inserts comes last and stands first.
  for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  }
  return result;
}
