import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncFile, syncFolder } from '../files/durable';
import { type Connection, openSqlite } from './connection';
import { damageOfFile } from './integrity';
import { holdsMigrations } from './migrate';

const BACKUPS_KEPT = 5;

/** A time as it stands in file names: sorts by time, holds no colon. */
export function fileStamp(utcMs: number): string {
  return new Date(utcMs).toISOString().replaceAll(':', '-');
}

/**
 * Copies the live database into `backupDir`, verified and durable, and drops the oldest beyond five.
 * @param why part of the file's name, e.g. `before-migration`
 * @returns the path of the copy
 */
export async function backUp(
  connection: Connection,
  backupDir: string,
  why: string,
  nowMs: number,
): Promise<string> {
  await mkdir(backupDir, { recursive: true });
  const path = join(backupDir, `station_${fileStamp(nowMs)}_${why}.db`);
  const temporary = `${path}.tmp`;
  await connection.sqlite.backup(temporary);
  makeOneFile(temporary);
  const damage = damageOfFile(temporary);
  if (damage !== null) {
    await rm(temporary, { force: true });
    throw new Error(`the backup of ${connection.sqlite.name} is damaged: ${damage}`);
  }
  await syncFile(temporary);
  await rename(temporary, path);
  await syncFolder(backupDir);
  const older = (await listBackups(backupDir)).slice(BACKUPS_KEPT);
  await Promise.all(older.map((name) => rm(join(backupDir, name), { force: true })));
  return path;
}

/** The newest backup that is whole, or null. One that cannot be read is passed over, whatever the reason. */
export async function newestGoodBackup(backupDir: string): Promise<string | null> {
  for (const name of await listBackups(backupDir)) {
    const path = join(backupDir, name);
    if (isGood(path)) return path;
  }
  return null;
}

/** Moves a damaged database out of the way, with all that belongs to it. Nothing is deleted. */
export async function quarantineDatabase(file: string, nowMs: number): Promise<string> {
  const target = `${file}.damaged-${fileStamp(nowMs)}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) await rename(file + suffix, target + suffix);
  }
  return basename(target);
}

async function listBackups(backupDir: string): Promise<string[]> {
  if (!existsSync(backupDir)) return [];
  const names = await readdir(backupDir);
  return names
    .filter((name) => name.startsWith('station_') && name.endsWith('.db'))
    .sort()
    .reverse();
}

/** Out of WAL mode, so that whoever reads the copy leaves nothing beside it and needs no right to write. */
function makeOneFile(file: string): void {
  const sqlite = openSqlite(file);
  try {
    sqlite.pragma('journal_mode = DELETE');
  } finally {
    sqlite.close();
  }
}

function isGood(file: string): boolean {
  try {
    if (damageOfFile(file) !== null) return false;
    const sqlite = openSqlite(file, { readonly: true });
    try {
      return holdsMigrations(sqlite); // an empty file is a whole database too, but none of ours
    } finally {
      sqlite.close();
    }
  } catch {
    return false;
  }
}
