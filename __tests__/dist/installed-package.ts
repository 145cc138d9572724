import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

/** The package as its users get it: packed, and installed into a folder of its own, without a network. */
export class InstalledPackage {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'shared-memory-registry-')));
  /** What the tarball holds. */
  readonly files: readonly string[];
  /** In bytes. */
  readonly unpackedSize: number;

  constructor() {
    const packed = run(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', this.folder);
    const [{ filename, files, unpackedSize }] = JSON.parse(packed) as [
      { filename: string; files: { path: string }[]; unpackedSize: number },
    ];
    this.files = files.map(({ path }) => path).sort();
    this.unpackedSize = unpackedSize;
    writeFileSync(join(this.folder, 'package.json'), '{ "private": true, "type": "module" }');
    run(this.folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', join(this.folder, filename));
    cpSync(join(__dirname, 'fixtures'), this.folder, { recursive: true });
  }

  /** The optional peer, for `shared-memory-registry/redis`. */
  addRedisClient(): void {
    cpSync(join(root, 'node_modules/@redis/client'), join(this.folder, 'node_modules/@redis/client'), { recursive: true });
  }

  /** What a program prints that runs there. */
  node(...args: string[]): string {
    return run(this.folder, process.execPath, ...args);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a command prints; throws, with what it printed as an error, if it fails. */
function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
}
