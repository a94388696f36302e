import { lstat, realpath, rename } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { orNothing } from '../../files/absent';
import { syncFolder } from '../../files/durable';
import { makeFoldersBelow } from '../../files/folders-below';
import { RECORDING_FOLDERS } from '../../files/remove-files';

/** A file cannot be put where its row says. */
export class PlaceError extends Error {}

/**
 * Looks whether a file may get its place in the data folder, and makes what is missing above it.
 * @param root the data folder, which must be there
 * @param path relative to it, `/`-separated
 * @returns the absolute place
 * @throws PlaceError; Node's errors
 */
export async function prepareForPlace(root: string, path: string): Promise<string> {
  const [first = ''] = path.split('/');
  if (posix.normalize(path) !== path || !RECORDING_FOLDERS.includes(first) || path.includes('\0')) {
    throw new PlaceError(`${path} is no path of a recording`);
  }
  const place = join(root, path);
  await makeFoldersBelow(root, dirname(place));
  // Somebody may have put a link in place of a folder: what lies behind it is not ours.
  if ((await realpath(dirname(place))) !== join(await realpath(root), dirname(path))) {
    throw new PlaceError(`${path} leads through a symbolic link`);
  }
  if ((await orNothing(lstat(place))) !== null) {
    throw new PlaceError(`something lies at ${path} already; an audit tells what it is`);
  }
  return place;
}

/** Gives a settled file its place: after a power cut it is there, or it is not. @throws Node's errors */
export async function putInPlace(settled: string, place: string): Promise<void> {
  await rename(settled, place);
  await syncFolder(dirname(place));
}
