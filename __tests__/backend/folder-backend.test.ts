import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeBackendContract } from 'shared-memory-registry/testing';
import { FolderBackend } from './folder-backend';

const newFolder = () => mkdtempSync(join(tmpdir(), 'folder-backend-'));

/** A connection to a folder. */
const connect = (folder: string) => ({
  folder,
  getBackend: (key: string, options?: { readonly client?: string | undefined }) => new FolderBackend({ key, folder, ...options }),
});

describeBackendContract(
  'a folder of JSON files',
  () => {
    const folder = newFolder();
    return { ...connect(folder), dispose: () => rmSync(folder, { recursive: true, force: true }) };
  },
  { without: ['changes', 'quota', 'clearAll', 'disposal'], reopen: ({ folder }) => connect(folder) },
);

describe('a folder of JSON files', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('keeps data and metadata in one file, which another process could read', async () => {
    await new FolderBackend({ key: 'settings', folder }).save({ revision: '1', data: { theme: 'dark' } });
    const [file, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, String(file)), 'utf8'))).toEqual({
      revision: '1',
      data: '{"theme":"dark"}',
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      saveCount: 1,
    });
  });

  test('fails on a file that someone has damaged, with a coded error', async () => {
    const backend = new FolderBackend({ key: 'settings', folder });
    await backend.save({ revision: '1', data: 1 });
    const file = join(folder, String(readdirSync(folder)[0]));
    writeFileSync(file, '{"revision":"01"}');
    await expect(backend.load()).rejects.toMatchObject({ code: 'ERR_INVALID_RECORD', key: 'settings', operation: 'load' });
    writeFileSync(file, '{"revision":"1","data":"2"}');
    await expect(backend.load()).resolves.toEqual({ revision: '1', data: 2 });
    await expect(backend.stat()).rejects.toMatchObject({ code: 'ERR_INVALID_RECORD' });
    writeFileSync(file, '{');
    await expect(backend.load()).rejects.toMatchObject({ code: 'ERR_HOOK_FAILED', cause: expect.any(SyntaxError) });
  });
});
