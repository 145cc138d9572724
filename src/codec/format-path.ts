/** Where in the data something is: `data.items[3].onClick`. */
export function formatPath(keys: readonly string[]): string {
  let path = 'data';
  for (const key of keys) {
    if (path.length > LONGEST) return `${path}…`;
    path += INDEX.test(key) ? `[${key}]` : IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return path;
}

const LONGEST = 120;
const INDEX = /^\d+$/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
