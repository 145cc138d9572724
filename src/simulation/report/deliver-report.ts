import { describe, fail } from '../../errors';

/** Where the page of a failing exploration goes: a file, by its path, or what takes the page. */
export type ReportTarget = string | ((page: string) => unknown);

/** The parts of Node that are used. */
interface NodeModules {
  'node:fs': { mkdirSync(path: string, options: { recursive: true }): unknown; writeFileSync(path: string, text: string): void };
  'node:path': { resolve(path: string): string; dirname(path: string): string };
}

/**
 * Writes the page, or hands it over.
 * @returns what the failure's message says of it. A page that can't be written must not hide the failure.
 */
export async function deliverReport(target: ReportTarget, page: string): Promise<string> {
  try {
    if (typeof target === 'function') {
      await target(page);
      return '';
    }
    const { resolve, dirname } = nodeModule('node:path');
    const { mkdirSync, writeFileSync } = nodeModule('node:fs');
    const path = resolve(target);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, page);
    return `As a page: ${path}`;
  } catch (error) {
    return `The report could not be written: ${describe(error)}`;
  }
}

/** @throws {StorageError} `ERR_INVALID_OPTION`: for a path, too, where there are no files, as in a browser */
export function checkReportTarget(target: unknown): void {
  if (typeof target === 'function') return;
  if (typeof target !== 'string' || target === '')
    fail('ERR_INVALID_OPTION', 'report to be the path of a file, or a function', target);
  nodeModule('node:fs');
}

function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const module = process?.getBuiltinModule?.(name);
  if (module !== undefined) return module as NodeModules[Name];
  return fail('ERR_INVALID_OPTION', 'report to be a function, where there are no files', name, 'a path');
}
