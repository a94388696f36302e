import { cp, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataFolder } from '../data-folder';
import { codesOf } from '../files/error-code';
import { StationError } from '../station-error';

/** Reasons for which nothing can be written, though what is there can be read. */
const UNWRITABLE = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT']);
const UNWRITABLE_DATABASE = /^SQLITE_(READONLY|FULL|CANTOPEN|IOERR_(SHM|WRITE|FSYNC|TRUNCATE))/;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE']);

/** Was something refused because the data folder cannot be written: read-only, full, another user's? */
export function isUnwritable(error: unknown): boolean {
  return codesOf(error).some((code) => UNWRITABLE.has(code) || UNWRITABLE_DATABASE.test(code));
}

/** Did it fail for want of room alone? Room may come back. */
export function isNoRoom(error: unknown): boolean {
  return codesOf(error).some((code) => NO_ROOM.has(code));
}

export interface DatabaseCopy {
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * Copies a data folder's database, with what its log holds, to where there is room: SQLite cannot read one with a log
 * where it may not write. Nobody may be writing to it meanwhile.
 * @throws StationError DATA_FOLDER_UNWRITABLE when there is no room for the copy anywhere
 */
export async function copyDatabase(folder: DataFolder): Promise<DatabaseCopy> {
  const parts = [folder.databaseFile, `${folder.databaseFile}-wal`];
  const sizes = await Promise.all(parts.map(sizeOf));
  const place = await roomFor(2 * sizes.reduce((sum, size) => sum + size, 0));
  if (place === null) {
    throw new StationError(
      'DATA_FOLDER_UNWRITABLE',
      `The data folder ${folder.root} cannot be written, and there is no room elsewhere for a copy of its database.`,
    );
  }
  const dir = await mkdtemp(join(place, 'silvasonic-look-'));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  const file = join(dir, 'station.db');
  try {
    await cp(folder.databaseFile, file);
    if ((sizes[1] ?? 0) > 0) await cp(`${folder.databaseFile}-wal`, `${file}-wal`);
  } catch (error) {
    await remove();
    throw error;
  }
  return { file, remove };
}

/** In memory first: where the data disk is full, the disk of the temporary files is often the same one. */
async function roomFor(bytes: number): Promise<string | null> {
  for (const place of ['/dev/shm', tmpdir()]) {
    const disk = await statfs(place).catch(() => null);
    if (disk !== null && disk.bavail * disk.bsize > bytes) return place;
  }
  return null;
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
