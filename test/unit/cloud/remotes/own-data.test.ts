import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { whyOwnData } from '@main/cloud/remotes/own-data';
import { temporaryFolder } from '../../../support/temporary-folder';

it('takes no folder in the data folder, by whatever name', async () => {
  const root = temporaryFolder();
  const data = join(root, 'data');
  mkdirSync(join(data, 'recorder'), { recursive: true });
  symlinkSync(data, join(root, 'link'));
  const ask = (path: string, basePath = 'silvasonic') =>
    whyOwnData({ type: 'local', options: { path }, basePath }, data);
  for (const path of [
    data,
    join(data, 'recorder'),
    join(root, 'link'),
    join(data, 'not/yet/there'),
  ]) {
    expect(await ask(path), path).toContain('data folder');
  }
  expect(await ask(root, 'data')).toContain('data folder');
  for (const path of [root, join(root, 'data2'), join(root, 'usb')]) {
    expect(await ask(path), path).toBeNull();
  }
  expect(
    await whyOwnData({ type: 'sftp', options: { path: data }, basePath: '' }, data),
  ).toBeNull();
});
