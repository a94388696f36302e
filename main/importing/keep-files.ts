import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../files/error-code';
import type { KeptFile } from './import-orders';
import { importedPath, sidecarPath } from './imported-path';

/** From so many on, all that waits is forced to the disk at once: each fsync alone takes as long as that. */
const MANY = 4;

/** Forces everything of a folder's file system to the disk; false: it cannot be had here. */
type SyncDisk = (folder: string) => boolean;

/**
 * Forces copies to the disk, each with its sidecar: before any name is given.
 * @throws Node's errors
 */
export function settleCopies(
  files: readonly KeptFile[],
  dataRoot: string,
  syncDisk: SyncDisk = syncFileSystem,
): void {
  for (const { copy, sidecar } of files) writeFileSync(sidecarPath(copy), sidecar, { mode: 0o644 });
  const written = files.flatMap(({ copy }) => [copy, sidecarPath(copy)]);
  if (written.length < MANY || !syncDisk(dataRoot)) written.forEach(sync);
}

/**
 * Gives settled copies their places; the names are on the disk when this returns. Killed in between, it is done again to
 * the same names: the same content has the same one, and what may lie there already is the same file.
 * @throws Node's errors; some may have their places then
 */
export function placeCopies(
  files: readonly KeptFile[],
  dataRoot: string,
  syncDisk: SyncDisk = syncFileSystem,
): void {
  const folders = new Set<string>();
  for (const { copy, id } of files) {
    const place = join(dataRoot, importedPath(id));
    const folder = dirname(place);
    if (!folders.has(folder) && makeFolder(folder)) folders.add(dirname(folder));
    folders.add(folder);
    // In this order: a file in its place always has its sidecar.
    renameSync(sidecarPath(copy), sidecarPath(place));
    renameSync(copy, place);
  }
  if (folders.size < MANY || !syncDisk(dataRoot)) folders.forEach(sync);
}

/** Node has no syncfs(2) of its own. */
function syncFileSystem(folder: string): boolean {
  try {
    execFileSync('sync', ['-f', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** @returns whether it was not there. Not what lies above it: that is gone with its disk. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
