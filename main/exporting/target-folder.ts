import { lstat, mkdir, realpath, rename, stat, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { orNothing } from '../files/absent';
import { errorCode } from '../files/error-code';
import { InvalidValueError } from '../request-error';
import { settleFolder } from './settle-folder';

/** What an export wants to put where. */
export interface TargetRequest {
  /** As a person chose it. */
  readonly folder: string;
  /** Of the new folder in it. */
  readonly name: string;
  readonly neededBytes: number;
  readonly dataRoot: string;
  /** How full the data disk may become, percent: beyond it the station deletes recordings to go on. */
  readonly dataDiskLimitPercent: number;
}

/** A folder that was not there before. */
export interface NewFolder {
  /** Its name when all is there. */
  readonly path: string;
  /** Its name until then. */
  readonly workPath: string;
  readonly isOnDataDisk: boolean;
}

const UNFINISHED = '.unfinished';

/**
 * Makes a new folder to export into.
 * @throws InvalidValueError `folder`, with what is wrong with it
 */
export async function makeTargetFolder(request: TargetRequest): Promise<NewFolder> {
  const folder = await existingFolder(request.folder);
  const isOnDataDisk = await checkApart(folder, request.dataRoot);
  const room = roomProblem(await space(folder), request, isOnDataDisk);
  if (room !== null) throw wrong(room);
  try {
    return { ...(await makeNew(folder, request.name)), isOnDataDisk };
  } catch (error) {
    const code = errorCode(error);
    // It is there: it was looked at. /proc and the like say "no such entry" to whoever makes one.
    const why = code === 'ENOENT' ? 'no folder can be made there' : inWords(code);
    throw wrong(`it cannot be written: ${why}`);
  }
}

/** Gives the folder its name, now that all is there and on the disk. @throws Node's errors */
export async function finishFolder({ path, workPath }: NewFolder): Promise<void> {
  await settleFolder(workPath);
  await rename(workPath, path);
  await settleFolder(dirname(path));
}

function wrong(problem: string): InvalidValueError {
  return new InvalidValueError('folder', problem);
}

async function existingFolder(path: string): Promise<string> {
  if (!isAbsolute(path) || path.includes('\0')) throw wrong('expected an absolute path');
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    throw wrong(inWords(errorCode(error)));
  }
  throw wrong('it is a file, not a folder');
}

/** Nothing but recordings lies in the data folder. @returns whether both are on one disk */
async function checkApart(folder: string, dataRoot: string): Promise<boolean> {
  const data = await orNothing(stat(dataRoot));
  if (data === null) return false;
  for (let above = folder; ; above = dirname(above)) {
    const { dev, ino } = await stat(above);
    // By what it is, not by its name: it may be mounted in two places.
    if (dev === data.dev && ino === data.ino) throw wrong('it lies within the data folder');
    if (above === dirname(above)) break;
  }
  return (await stat(folder)).dev === data.dev;
}

interface Space {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** null: the file system does not tell. */
async function space(folder: string): Promise<Space | null> {
  const disk = await statfs(folder).catch(() => null);
  if (disk === null || disk.blocks === 0) return null;
  return { totalBytes: disk.blocks * disk.bsize, freeBytes: disk.bavail * disk.bsize };
}

/** The data disk has become fuller than an export may make it. */
export class DataDiskLimitError extends Error {
  constructor() {
    super('the data disk has become so full that room must be kept for recording');
    this.name = 'DataDiskLimitError';
  }
}

/**
 * Others write while an export runs, recorders first of all.
 * @throws DataDiskLimitError
 */
export async function checkLimit(
  { workPath, isOnDataDisk }: NewFolder,
  dataDiskLimitPercent: number,
): Promise<void> {
  if (!isOnDataDisk) return;
  const request = { neededBytes: 1, dataDiskLimitPercent };
  if (roomProblem(await space(workPath), request, true) !== null) throw new DataDiskLimitError();
}

/** Why there is no room; null: there is. */
export function roomProblem(
  disk: Space | null,
  {
    neededBytes,
    dataDiskLimitPercent,
  }: Pick<TargetRequest, 'neededBytes' | 'dataDiskLimitPercent'>,
  isOnDataDisk: boolean,
): string | null {
  if (disk === null) return null;
  const kept = isOnDataDisk ? disk.totalBytes * (1 - dataDiskLimitPercent / 100) : 0;
  const usable = Math.max(0, disk.freeBytes - kept);
  if (neededBytes <= usable) return null;
  const needs = `it has room for ${gigabytes(usable)}, and ${gigabytes(neededBytes)} are needed`;
  return isOnDataDisk
    ? `${needs}: it lies on the data disk, where room is kept for recording`
    : needs;
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

async function makeNew(
  folder: string,
  name: string,
): Promise<Pick<NewFolder, 'path' | 'workPath'>> {
  for (let n = 1; ; n += 1) {
    const path = join(folder, n === 1 ? name : `${name}.${String(n)}`);
    const workPath = `${path}${UNFINISHED}`;
    if ((await orNothing(lstat(path))) !== null) continue;
    try {
      await mkdir(workPath);
      return { path, workPath };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

function inWords(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'it does not exist',
    ENOTDIR: 'a file is in the way',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EROFS: 'the disk is mounted read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk is full for this user',
    EIO: 'the disk reports an error',
    ELOOP: 'its links lead in a circle',
    ENAMETOOLONG: 'the path is too long',
  };
  return words[code] ?? code;
}
