import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BackendOptions,
  BaseStorageBackend,
  json,
  nextRecord,
  type ReadContext,
  type StorageCodec,
  StorageError,
  type StorageRecord,
  type WriteCondition,
  withMetadataTracking,
} from 'shared-memory-registry';

export interface FolderBackendOptions extends BackendOptions {
  readonly folder: string;
}

/** Another store altogether, for several processes at once: a folder with one JSON file for each key. */
export class FolderBackend<T> extends withMetadataTracking(BaseStorageBackend)<T> {
  readonly #file: string;

  constructor(options: FolderBackendOptions) {
    super(options);
    // Any string is a key, but not every string is the name of a file.
    this.#file = join(options.folder, `${Buffer.from(options.key, 'utf16le').toString('hex')}.json`);
  }

  protected override get codec(): StorageCodec<T> {
    return json;
  }

  protected override async read(_context: ReadContext = {}): Promise<StorageRecord | null> {
    const text = await readFile(this.#file, 'utf8').catch(unless('ENOENT'));
    return text === undefined ? null : JSON.parse(text);
  }

  protected override async write(record: StorageRecord | null, condition: WriteCondition = {}): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    const unlock = await lock(`${this.#file}.lock`, condition.signal);
    try {
      const next = nextRecord(await this.read(), record, condition);
      if (next === null) return await rm(this.#file, { force: true });
      // Written beside and then renamed: a reader finds the old file or the new one, never half of one.
      await writeFile(`${this.#file}.new`, JSON.stringify(next));
      await rename(`${this.#file}.new`, this.#file);
    } finally {
      await unlock();
    }
  }
}

/** To check and to store must be one step: only one process can create the file that others wait to see removed. */
async function lock(file: string, signal: WriteCondition['signal']): Promise<() => Promise<void>> {
  for (const start = Date.now(); Date.now() < start + 10_000; await sleep(1)) {
    if (signal?.aborted) throw signal.reason;
    const created = await open(file, 'wx').catch(unless('EEXIST'));
    await created?.close();
    if (created !== undefined) return () => rm(file);
  }
  throw new StorageError('ERR_LOCKED', { expected: `${file} to be removed within 10 s`, received: 'a lock that stays' });
}

function unless(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
