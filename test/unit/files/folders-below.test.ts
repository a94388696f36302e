import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFoldersBelow } from '@main/files/folders-below';
import { temporaryFolder } from '../../support/temporary-folder';

it('makes what is missing, and is content with what is there', async () => {
  const base = temporaryFolder();
  const path = join(base, 'a', 'b', 'c');
  await makeFoldersBelow(base, path);
  await makeFoldersBelow(base, path);
  await makeFoldersBelow(base, join(base, 'a'));
  expect(statSync(path).isDirectory()).toBe(true);
});

it('makes nothing where its base is gone, as below a disk that was unplugged', async () => {
  const mountPoint = temporaryFolder();
  const base = join(mountPoint, 'recorder');
  await expect(makeFoldersBelow(base, join(base, 'mic', 'data', 'raw'))).rejects.toMatchObject({
    code: 'ENOENT',
  });
  expect(readdirSync(mountPoint)).toEqual([]);
});

it('tells when a file is in the way', async () => {
  const base = temporaryFolder();
  mkdirSync(join(base, 'a'));
  writeFileSync(join(base, 'a', 'b'), '');
  await expect(makeFoldersBelow(base, join(base, 'a', 'b', 'c'))).rejects.toMatchObject({
    code: 'ENOTDIR',
  });
  expect(existsSync(join(base, 'a', 'b'))).toBe(true);
});
