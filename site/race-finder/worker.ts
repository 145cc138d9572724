/** Explores a scenario that a reader has written: in a worker, so that one that never ends can be stopped. */

import * as core from 'shared-memory-registry';
import * as simulation from 'shared-memory-registry/simulation';
import * as webStorage from 'shared-memory-registry/web-storage';

/** What a worker says. */
export type Message =
  | { readonly type: 'progress'; readonly schedules: number }
  | { readonly type: 'passed'; readonly schedules: number; readonly complete: boolean }
  | {
      readonly type: 'failed';
      readonly schedules: number;
      readonly failure: string;
      readonly token: string;
      readonly html: string;
      readonly style: string;
    }
  | { readonly type: 'error'; readonly message: string };

const modules: Readonly<Record<string, object>> = {
  'shared-memory-registry': core,
  'shared-memory-registry/simulation': simulation,
  'shared-memory-registry/web-storage': webStorage,
};

Object.assign(globalThis, { siteModules: modules });

self.onmessage = async ({ data: code }: MessageEvent<string>) => {
  self.postMessage(await explore(code));
};

async function explore(code: string): Promise<Message> {
  const url = URL.createObjectURL(new Blob([withoutImports(code)], { type: 'text/javascript' }));
  let schedules = 0;
  try {
    const { default: scenario, options = {} } = await import(/* @vite-ignore */ url);
    const report = await simulation.explore(scenario, {
      timeoutMs: 10_000,
      ...options,
      onProgress: (progress) => {
        schedules = progress.schedules;
        self.postMessage({ type: 'progress', schedules } satisfies Message);
      },
    });
    return { type: 'passed', schedules: report.schedules, complete: report.complete };
  } catch (error) {
    if (!(error instanceof simulation.ExplorationError)) return { type: 'error', message: String(error) };
    const failure = error.received;
    const html = simulation.drawRecording(error.recording, { id: 'found', failure: failure.split('\n')[0] });
    return { type: 'failed', schedules: error.schedules, failure, token: error.token, html, style: simulation.recordingStyle };
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A module of a worker finds no packages: what it imports from this one is handed to it. Lines keep their numbers. */
function withoutImports(code: string): string {
  return code.replace(/import\s*\{([^}]*)\}\s*from\s*['"]([^'"]+)['"];?/g, (statement, names: string, name: string) => {
    if (!(name in modules))
      return `throw new Error(${JSON.stringify(`Only shared-memory-registry can be imported here, not ${name}`)});`;
    const lines = '\n'.repeat(statement.split('\n').length - 1);
    return `const {${names.replace(/\s+as\s+/g, ': ').replace(/\btype\s+/g, '')}} = siteModules[${JSON.stringify(name)}];${lines}`;
  });
}
