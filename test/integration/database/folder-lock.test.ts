import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DataFolder, dataFolderAt } from '@main/data-folder';
import { type FolderLock, lockFolder } from '@main/folder-lock';
import { StationError } from '@main/station-error';
import { temporaryFolder } from '../../support/temporary-folder';
import { typescriptProcess } from '../../support/typescript-process';

const MAIN = resolve(import.meta.dirname, '../../../main');

function take(folder: DataFolder, patienceMs?: number): FolderLock {
  const lock = lockFolder(folder, patienceMs);
  onTestFinished(() => {
    lock.release();
  });
  return lock;
}

function refusal(folder: DataFolder): StationError {
  try {
    take(folder, 50);
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
  throw new Error('the lock was free');
}

/** Another process that holds the lock, for ever or for so many milliseconds. */
const holderOf = (folder: DataFolder, ms = 2 ** 30): Promise<ChildProcess> =>
  typescriptProcess(`
    import { lockFolder } from '${MAIN}/folder-lock.ts';
    import { dataFolderAt } from '${MAIN}/data-folder.ts';
    globalThis.lock = lockFolder(dataFolderAt(${JSON.stringify(folder.root)}));
    console.log('held');
    setTimeout(() => globalThis.lock.release(), ${String(ms)});
    setInterval(() => undefined, 1000);
  `);

describe('the lock of a data folder', () => {
  it('is had by one at a time', () => {
    const folder = dataFolderAt(temporaryFolder());
    const lock = take(folder);
    expect(refusal(folder).code).toBe('DATA_FOLDER_IN_USE');
    lock.release();
    expect(() => take(folder)).not.toThrow();
  });

  it('can be let go of twice', () => {
    const lock = take(dataFolderAt(temporaryFolder()));
    lock.release();
    expect(() => {
      lock.release();
    }).not.toThrow();
  });

  it('is refused soon while another process holds it, and free when that is killed', async () => {
    const folder = dataFolderAt(temporaryFolder());
    const holder = await holderOf(folder);
    const started = performance.now();
    expect(refusal(folder).code).toBe('DATA_FOLDER_IN_USE');
    expect(performance.now() - started).toBeLessThan(2000);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(() => take(folder)).not.toThrow();
  });

  it('names the folder, and the process that holds it, in one sentence', () => {
    const folder = dataFolderAt(temporaryFolder());
    take(folder);
    writeFileSync(folder.runtimeFile, JSON.stringify({ pid: process.pid }));
    expect(refusal(folder).message).toBe(
      `A console is already running on ${folder.root} (process ${process.pid}). Stop it first, or choose another folder with --data.`,
    );
  });

  it.each([
    ['nothing that can be read', 'nonsense'],
    ['a number that is none', '{"pid":"4711"}'],
    ['the number of a process that is long gone', JSON.stringify({ pid: 2 ** 22 + 1 })],
  ])('says nothing of the process where it left %s', (_, left) => {
    const folder = dataFolderAt(temporaryFolder());
    take(folder);
    writeFileSync(folder.runtimeFile, left);
    expect(refusal(folder).message).toContain(`running on ${folder.root}. Stop it first`);
  });

  it('is waited for by whoever comes while a question is being answered', async () => {
    const folder = dataFolderAt(temporaryFolder());
    const holder = await holderOf(folder, 300);
    expect(() => take(folder)).not.toThrow();
    holder.kill('SIGKILL');
  });

  it('can be had although something spoilt the file of the lock', () => {
    const folder = dataFolderAt(temporaryFolder());
    writeFileSync(
      folder.lockFile,
      'no database, and never was one; longer than a header of SQLite '.repeat(20),
    );
    expect(() => take(folder)).not.toThrow();
    expect(refusal(folder).code).toBe('DATA_FOLDER_IN_USE');
  });
});
