import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncFile, syncFolder } from '../files/durable';
import { StationError } from '../station-error';
import { type Backup, newestFirst, parseBackupName, planRoom, surplusOf } from './backup-plan';
import type { RunJob } from './jobs';
import { openSqlite } from './open-sqlite';
import { holdsMigrations } from './migrate';

/** So much stays free for recordings when a copy is made. */
const RESERVE_BYTES = 96 * 1024 * 1024;
/** On a small disk no more than this share of it. */
const LARGEST_RESERVE = 0.1;

export interface BackupOrder {
  readonly file: string;
  readonly backupDir: string;
  /** Part of the name, e.g. `before-migration`. */
  readonly why: string;
  readonly nowMs: number;
  /** How many stay, this one among them; those of before migrations have their own count. */
  readonly kept: number;
}

/** Writes a copy of the live database. @returns what is damaged in it, or null */
export type MakeCopy = (target: string) => Promise<string | null>;

/** The live database is damaged: so is every copy of it. */
export class DamagedCopyError extends Error {
  readonly damage: string;

  constructor(file: string, damage: string) {
    super(`the copy of ${file} is damaged: ${damage}`);
    this.name = 'DamagedCopyError';
    this.damage = damage;
  }
}

/** A time as it stands in file names: sorts by time, holds no colon. */
export function fileStamp(utcMs: number): string {
  return new Date(utcMs).toISOString().replaceAll(':', '-');
}

/**
 * Copies the live database into `backupDir`, verified and durable, and drops what there is too much of. Where room is
 * short older copies make it, all but the newest.
 * @returns the name of the copy
 * @throws StationError NO_ROOM_FOR_BACKUP; DamagedCopyError
 */
export async function backUp(copy: MakeCopy, order: BackupOrder): Promise<Backup> {
  const { file, backupDir, why, nowMs, kept } = order;
  await mkdir(backupDir, { recursive: true });
  await removeRemains(backupDir);
  await makeRoom(file, backupDir, nowMs);
  const name = `station_${fileStamp(nowMs)}_${why}.db`;
  const path = join(backupDir, name);
  const temporary = `${path}.tmp`;
  try {
    const damage = await copy(temporary);
    if (damage !== null) throw new DamagedCopyError(file, damage);
    await syncFile(temporary);
    await rename(temporary, path);
  } catch (error) {
    await removeRemains(backupDir);
    throw error;
  }
  await syncFolder(backupDir);
  // Whatever the clock says, this one is the newest.
  const all = await listBackups(backupDir, nowMs);
  const made = all.find((backup) => backup.name === name);
  const others = all.filter((backup) => backup !== made);
  const { size: sizeBytes } = await stat(path);
  const newest = made ?? { name, sizeBytes, atMs: nowMs, why };
  await dropBackups(backupDir, surplusOf([newest, ...others], kept).map(nameOf));
  return newest;
}

/** The newest first; empty where there is no such folder. */
export async function listBackups(backupDir: string, nowMs: number): Promise<Backup[]> {
  const names = await readdir(backupDir).catch(() => []);
  const found = await Promise.all(
    names.map(async (name): Promise<Backup[]> => {
      const parsed = parseBackupName(name);
      const file = parsed === null ? null : await stat(join(backupDir, name)).catch(() => null);
      if (parsed === null || file?.isFile() !== true) return [];
      return [{ name, sizeBytes: file.size, ...parsed }];
    }),
  );
  return newestFirst(found.flat(), nowMs);
}

/** The newest backup that is whole, or null. One that cannot be read is passed over, whatever the reason. */
export async function newestGoodBackup(
  run: RunJob,
  backupDir: string,
  nowMs: number,
): Promise<string | null> {
  for (const { name } of await listBackups(backupDir, nowMs)) {
    const path = join(backupDir, name);
    if (await isGood(run, path)) return path;
  }
  return null;
}

/** Moves a damaged database out of the way, with all that belongs to it. */
export async function quarantineDatabase(file: string, nowMs: number): Promise<string> {
  const target = `${file}.damaged-${fileStamp(nowMs)}`;
  for (const suffix of ['', '-wal', '-shm']) {
    await rename(file + suffix, target + suffix).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
  }
  return basename(target);
}

/** @throws StationError NO_ROOM_FOR_BACKUP */
async function makeRoom(file: string, backupDir: string, nowMs: number): Promise<void> {
  const sizes = await Promise.all([file, `${file}-wal`].map(sizeOf));
  const disk = await statfs(backupDir);
  const plan = planRoom({
    backups: await listBackups(backupDir, nowMs),
    copyBytes: sizes.reduce((sum, size) => sum + size, 0),
    freeBytes: disk.bavail * disk.bsize,
    reserveBytes: Math.min(RESERVE_BYTES, disk.blocks * disk.bsize * LARGEST_RESERVE),
  });
  if (!plan.enough) {
    const missing = (plan.missingBytes / 1e6).toFixed(1);
    throw new StationError(
      'NO_ROOM_FOR_BACKUP',
      `There is no room for a copy of the database in ${backupDir}: ${missing} MB more must be free.`,
      { cause: Object.assign(new Error('no room'), { code: 'ENOSPC' }) },
    );
  }
  await dropBackups(backupDir, plan.drop.map(nameOf));
}

/** @throws Node's errors */
export async function dropBackups(backupDir: string, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => rm(join(backupDir, name), { force: true })));
}

function nameOf({ name }: Backup): string {
  return name;
}

/** What a copy leaves that was broken off, and what SQLite lays beside it. */
async function removeRemains(backupDir: string): Promise<void> {
  const names = await readdir(backupDir);
  const remains = names.filter((name) => /^station_.*\.db\.tmp(-|$)/.test(name));
  await Promise.all(remains.map((name) => rm(join(backupDir, name), { force: true })));
}

async function isGood(run: RunJob, file: string): Promise<boolean> {
  try {
    if ((await run('check', { file, depth: 'quick' })) !== null) return false;
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

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
