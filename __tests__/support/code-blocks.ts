import ts from 'typescript';

/**
 * The code blocks of a Markdown page, in order, as one TypeScript module: a later block can use what an earlier one
 * declared, as in a test file into which all of them are pasted. Every line of code keeps its line number, so whatever is
 * wrong can be told by page and line.
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
  /** What is wrong with the page already, as `name:line: message`. */
  readonly problems: readonly string[];
}

/** A block that shows a file of the project. It is compared with the file, and not run: the file has tests of its own. */
export const SHOWN_FILE = /^```\w+\n\/\/ (examples\/\S+)\n(.*?)^```$/gms;

/** What stands before a block whose test fails, with what the next block of text says. */
const FAILS = '<!-- fails -->';

/** The longest line that is read without scrolling. */
const MOST_COLUMNS = 100;

/** Languages whose blocks are compiled and run. */
const CODE = /^(ts|tsx|mts|typescript|js|jsx|mjs|javascript)$/;
const FENCE = /^\s*```+\s*(\S*)/;
const PARAMETER = '$page: { at(line: number): void; runTests(failure?: string): Promise<void> }';

export function toModule({ name, text }: Page): PageModule {
  const lines = extract(text.replace(SHOWN_FILE, (block) => block.replace(/[^\n]/g, '')));
  const source = ts.createSourceFile(`${name}.ts`, lines.join('\n'), ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const imports: string[] = [];
  const edits: Edit[] = [];
  const problems: string[] = [];
  const refuse = (node: ts.Node, what: string) => problems.push(`${name}:${lineAt(node.getStart())}: ${what}`);

  for (const statement of source.statements) {
    const [start, end] = [statement.getStart(), statement.getEnd()];
    if (ts.isImportDeclaration(statement)) {
      imports.push(statement.getText().replace(/\s+/g, ' '));
      edits.push({ start, end, text: statement.getText().replace(/[^\n]/g, '') });
    } else if (!statement.getText().startsWith(RUN_TESTS)) {
      // A function can't export, and nothing here needs it to.
      const exported = /^export /.exec(statement.getText())?.[0].length ?? 0;
      edits.push({ start, end: start + exported, text: `$page.at(${lineAt(start)}); ` });
      if (awaitsOutside(statement)) refuse(statement, 'awaits outside of a test, which CommonJS can not');
    }
  }
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(RUN_TESTS)) continue;
    const columns = [...line].length;
    if (columns > MOST_COLUMNS) problems.push(`${name}:${index + 1}: has ${columns} columns`);
    if (line.includes('console.log')) problems.push(`${name}:${index + 1}: prints; expect(…) says the same, and is checked`);
  }
  const code = `${imports.join(' ')} export async function page(${PARAMETER}) {${applyEdits(source.text, edits)}\n}`;
  return { name, code, problems };
}

function awaitsOutside(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return ts.isAwaitExpression(node) || ts.forEachChild(node, awaitsOutside) === true;
}

const RUN_TESTS = 'await $page.runTests(';

/** The page with everything but its code blanked out. Where a block ends, the tests that it has declared are run. */
function extract(text: string): string[] {
  const all = text.split('\n');
  let language: string | undefined;
  let begin = 0;
  return all.map((line, index) => {
    const fence = FENCE.exec(line);
    if (fence === null) return language !== undefined && CODE.test(language) ? line : '';
    if (language === undefined) {
      language = fence[1] ?? '';
      begin = index;
      return '';
    }
    const isCode = CODE.test(language);
    language = undefined;
    if (!isCode) return '';
    const failure = all[begin - 1] === FAILS ? JSON.stringify(nextText(all.slice(index + 1))) : '';
    return `${RUN_TESTS}${failure});`;
  });
}

function nextText(lines: readonly string[]): string {
  const begin = lines.indexOf('```text') + 1;
  return lines.slice(begin, lines.indexOf('```', begin)).join('\n');
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  // From the end, so that positions stay true.
  for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  }
  return result;
}
