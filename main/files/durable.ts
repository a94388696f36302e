import { open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

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
