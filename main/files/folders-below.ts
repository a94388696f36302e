import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code';

/**
 * Makes a folder and what is missing between it and `base`, but never `base` itself: where a disk was unplugged a
 * moment ago nothing may be made in its mount point, and no look beforehand could be sure of that.
 * @param base a folder that must be there
 * @param path a folder below it
 * @throws Node's errors; ENOENT: `base` is not there
 */
export async function makeFoldersBelow(base: string, path: string): Promise<void> {
  if (path === base) return;
  try {
    await mkdir(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === base) throw error;
    await makeFoldersBelow(base, dirname(path));
    await makeFoldersBelow(base, path);
  }
}
