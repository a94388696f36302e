import { randomUUID } from 'node:crypto';
import { link, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code';

/** Forces a folder's entries (names) to the disk. */
export async function syncFolder(path: string): Promise<void> {
  await sync(path);
}

/** Forces a file's content to the disk. */
export async function syncFile(path: string): Promise<void> {
  await sync(path);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a small file so that after a power cut it is either whole or not there: temporary name, fsync,
 * rename, fsync of the folder. Replaces what was there.
 */
export async function writeFileDurably(path: string, content: string): Promise<void> {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  await writeFile(temporary, content, { mode: 0o600, flush: true });
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** File systems without hard links (FAT, some network shares) answer so. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Writes a small file so that after a power cut it is either whole or not there, and never over one that is there.
 * @returns whether it was made; false: one of that name was there already
 */
export async function createFileDurably(path: string, content: string): Promise<boolean> {
  // Several may try at once.
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, content, { mode: 0o600, flush: true });
  try {
    await link(temporary, path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw error;
    return await createWhole(path, content);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/** Not whole after a power cut in this very moment; there is no better way without links. */
async function createWhole(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { mode: 0o600, flush: true, flag: 'wx' });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  await syncFolder(dirname(path));
  return true;
}
