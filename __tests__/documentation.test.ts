import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findRedisServer, RedisServer } from './redis/redis-server';
import { compilePages } from './support/check-pages';
import { type Page, SHOWN_FILE } from './support/code-blocks';

const ROOT = resolve(__dirname, '..');

function readPage(name: string): Page {
  return { name, text: readFileSync(join(ROOT, name), 'utf8') };
}

const docs = readdirSync(join(ROOT, 'docs'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);
const pages = ['README.md', ...docs].map(readPage);

function page(name: string, ...code: string[]): Page {
  return { name, text: ['# A page', '', '```ts', ...code, '```', ''].join('\n') };
}

/** Pages on which something is wrong, by what it is. */
const wrong = {
  type: page('wrong-type.md', "import { nextRevision } from 'shared-memory-registry';", '', 'nextRevision(1);'),
  error: page('wrong-error.md', 'const fine = true;', "if (fine) throw new RangeError('too late');"),
  await: page('wrong-await.md', 'const one = await Promise.resolve(1);'),
  print: page('wrong-print.md', 'const one = 1;', 'console.log(one);'),
  width: page('wrong-width.md', `const wide = '${'x'.repeat(100)}';`),
  property: page('wrong-property.md', 'class Point {', '  constructor(readonly x: number) {}', '}'),
  test: page('wrong-test.md', "test('adds', () => {", '  expect(1 + 1).toBe(3);', '});'),
};

const passing: Page = {
  name: 'passing.md',
  text: ['# A page', '', '<!-- fails -->', '```ts', '', "test('adds', () => {});", '```', '', '```text', 'no', '```', ''].join(
    '\n',
  ),
};

const check = compilePages(ROOT, [...pages, ...Object.values(wrong), passing]);

/** Its code needs a server. */
const SERVER_PAGE = 'docs/redis.md';

describe('The code of', () => {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    if (findRedisServer() === undefined) return;
    server = await RedisServer.start();
    process.env['REDIS_URL'] = server.url;
  });
  afterAll(() => server?.stop());

  test.each(pages.map(({ name }) => name).filter((name) => name !== SERVER_PAGE || findRedisServer() !== undefined))(
    '%s compiles, and its tests pass',
    async (name) => {
      expect(await check(name)).toEqual([]);
    },
    120_000,
  );
});

test('A page whose test is to fail, and does not, is refused', async () => {
  expect(await check(passing.name)).toEqual([expect.stringContaining('passing.md:6: Error: test "adds" does not fail')]);
});

describe('A page is refused, by name and line, if', () => {
  test.each([
    ['type', expect.stringMatching(/^wrong-type\.md:6: Argument of type '1' is not assignable/)],
    ['error', 'wrong-error.md:5: RangeError: too late'],
    ['await', 'wrong-await.md:4: awaits outside of a test, which CommonJS can not'],
    ['print', 'wrong-print.md:5: prints; expect(…) says the same, and is checked'],
    ['width', 'wrong-width.md:4: has 116 columns'],
    ['property', "wrong-property.md:5: This syntax is not allowed when 'erasableSyntaxOnly' is enabled."],
    ['test', expect.stringMatching(/^wrong-test\.md:4: Error: test "adds": .*toBe/s)],
  ] as const)('its %s is wrong', async (kind, problem) => {
    expect(await check(wrong[kind].name)).toEqual([problem]);
  });
});

describe('The documentation', () => {
  const texts = [...pages, readPage('CONTRIBUTING.md'), readPage('CHANGELOG.md')];
  const links = texts.flatMap(({ name, text }) =>
    Array.from(text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g), ([, target = '']) => ({ name, target })),
  );

  test('links to files and headings that exist', () => {
    const dead = links.filter(({ name, target }) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? name : join(dirname(name), path);
      return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(readPage(file)).includes(anchor));
    });
    expect(dead).toEqual([]);
  });

  test('shows files of the project as they are', () => {
    const shown = pages.flatMap(({ text }) => Array.from(text.matchAll(SHOWN_FILE), ([, file, code]) => ({ file, code })));
    expect(shown.length).toBeGreaterThan(5);
    for (const { file = '', code } of shown) expect({ file, code }).toEqual({ file, code: readPage(file).text });
  });

  test('has a section for every error code, and no other', () => {
    const union = /StorageErrorCode =([^;]+);/.exec(readPage('src/errors.ts').text)?.[1] ?? '';
    const codes = Array.from(union.matchAll(/ERR_\w+|\d+/g), ([code]) => code);
    const sections = Array.from(readPage('docs/errors.md').text.matchAll(/^## `(\w+)`/gm), ([, code]) => code);
    expect(codes.length).toBeGreaterThan(0);
    expect(sections.sort()).toEqual(codes.sort());
  });

  describe('begins with a README', () => {
    const { text } = readPage('README.md');
    const lines = text.split('\n');

    test('of at most 150 lines, with a test that fails, its timeline and its fix by line 40', () => {
      expect(lines.length).toBeLessThanOrEqual(151);
      const top = lines.slice(0, 40).join('\n');
      expect(top).toMatch(/<!-- fails -->\n```ts\n.*\n```text\n.*\n```\n\nThe fix is `counter.update/s);
    });

    test('that has the two commands, and the versions that are tested', () => {
      expect(text).toContain('npm install && npm run example');
      expect(text).toContain('npm test ');
      const { engines } = JSON.parse(readPage('package.json').text);
      expect(text).toContain(`Node ${engines.node.slice('>='.length)} and later`);
      const [oldest] = Object.keys(JSON.parse(readPage('__tests__/dist/consumers/package.json').text).dependencies)
        .filter((name) => name.startsWith('typescript-'))
        .sort();
      expect(text).toContain(`TypeScript ${oldest?.slice('typescript-'.length)} or later`);
      expect(readPage('.github/workflows/ci.yml').text).toContain('node: [20, 22, 24, 26]');
    });
  });
});

/** The anchors that headings get: lower case, words joined by hyphens, punctuation dropped. */
function anchorsOf({ text }: Page): string[] {
  return Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
