import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BackendOptions,
  BaseStorageBackend,
  checkCondition,
  json,
  type StorageCodec,
  type StorageRecord,
  supersede,
  type WriteCondition,
  withMetadataTracking,
} from 'shared-memory-registry';

export interface FolderBackendOptions extends BackendOptions {
  readonly folder: string;
}

/** Another medium altogether: a folder with one JSON file for each key. */
export class FolderBackend<T> extends withMetadataTracking(BaseStorageBackend)<T> {
  readonly #file: string;

  constructor(options: FolderBackendOptions) {
    super(options);
    mkdirSync(options.folder, { recursive: true });
    this.#file = join(options.folder, `${Buffer.from(options.key, 'utf16le').toString('hex')}.json`);
  }

  protected override get codec(): StorageCodec<T> {
    return json;
  }

  protected override read(): StorageRecord | null {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  protected override write(record: StorageRecord, condition: WriteCondition): void {
    const text = JSON.stringify(supersede(this.read(), record, condition));
    writeFileSync(`${this.#file}.new`, text);
    renameSync(`${this.#file}.new`, this.#file);
  }

  protected override erase(condition: WriteCondition): void {
    checkCondition(condition, this.read());
    rmSync(this.#file, { force: true });
  }
}
