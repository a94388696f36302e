import { lstat, realpath, unlink } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { orNothing } from './absent';
import { syncFolder } from './durable';

/** What rows of recordings may name: a row that names anything else is damaged, or somebody's trick. */
export const RECORDING_FOLDERS: readonly string[] = ['recorder', 'imported', 'derived'];

/** A path in the database that must not be removed. */
class ForeignPathError extends Error {}

/**
 * Removes files for good: after a power cut they are not back. One that is not there is as good as removed.
 * @param root the data folder
 * @param paths relative to it, `/`-separated
 * @param links `leave`: a symbolic link is no file of ours, and neither is what lies behind one
 * @returns what went wrong, by path; the others are removed
 */
export async function removeFiles(
  root: string,
  paths: readonly string[],
  { links = 'remove' }: { readonly links?: 'remove' | 'leave' } = {},
): Promise<Map<string, unknown>> {
  const failed = new Map<string, unknown>();
  const touched = new Map<string, string[]>();
  const realRoot = await realpath(root);
  for (const path of paths) {
    try {
      const folder = await removeOne({ root, realRoot, path, links });
      if (folder !== null) touched.set(folder, [...(touched.get(folder) ?? []), path]);
    } catch (error) {
      failed.set(path, error);
    }
  }
  for (const [folder, removed] of touched) {
    try {
      await syncFolder(folder);
    } catch (error) {
      for (const path of removed) failed.set(path, error);
    }
  }
  return failed;
}

/** @returns the folder whose entry is gone */
async function removeOne({
  root,
  realRoot,
  path,
  links,
}: {
  root: string;
  realRoot: string;
  path: string;
  links: 'remove' | 'leave';
}): Promise<string | null> {
  const [first = ''] = path.split('/');
  if (posix.normalize(path) !== path || !RECORDING_FOLDERS.includes(first) || path.includes('\0')) {
    throw new ForeignPathError(`${path} is no path of a recording`);
  }
  const file = join(root, path);
  const folder = await orNothing(realpath(dirname(file)));
  if (folder === null) return null;
  // Somebody may have put a link in place of a folder: what lies behind it is not ours.
  if (!folder.startsWith(realRoot + sep)) {
    throw new ForeignPathError(`${path} leads out of the data folder`);
  }
  if (links === 'leave' && folder !== join(realRoot, dirname(path))) {
    throw new ForeignPathError(`${path} leads through a symbolic link`);
  }
  const info = await orNothing(lstat(file));
  if (info === null) return folder;
  if (info.isDirectory()) throw new ForeignPathError(`${path} is a folder`);
  if (links === 'leave' && !info.isFile()) throw new ForeignPathError(`${path} is no file`);
  await orNothing(unlink(file));
  return folder;
}
