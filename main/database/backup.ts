import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncFile, syncFolder } from '../files/durable';
import { type Connection, openSqlite } from './connection';
import { findDamage, isDamage } from './integrity';

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
  const damage = damageOf(temporary);
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

/** The newest backup that is whole, or null. */
export async function newestGoodBackup(backupDir: string): Promise<string | null> {
  for (const name of await listBackups(backupDir)) {
    const path = join(backupDir, name);
    if (damageOf(path) === null) return path;
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

function damageOf(file: string): string | null {
  try {
    const sqlite = openSqlite(file, { readonly: true });
    try {
      return findDamage(sqlite);
    } finally {
      sqlite.close();
    }
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  }
}
