import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { syncFolder, writeFileDurably } from '@main/files/durable';
import { temporaryFolder } from '../../support/temporary-folder';

describe('writing a small file durably', () => {
  it('replaces what was there and leaves nothing else', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'console.json');
    writeFileSync(path, 'old and longer than what follows');
    await writeFileDurably(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['console.json']);
  });

  it('keeps it from other users', async () => {
    const path = join(temporaryFolder(), 'console.json');
    await writeFileDurably(path, '{}');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps the old content when the new cannot be put in its place', async () => {
    const path = join(temporaryFolder(), 'taken');
    mkdirSync(join(path, 'by a folder'), { recursive: true });
    await expect(writeFileDurably(path, 'new')).rejects.toThrow();
    expect(existsSync(join(path, 'by a folder'))).toBe(true);
  });

  it('says so when the folder is gone', async () => {
    const gone = join(temporaryFolder(), 'gone');
    await expect(writeFileDurably(join(gone, 'a'), '')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(syncFolder(gone)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
