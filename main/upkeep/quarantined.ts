import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Damaged databases that are kept for whoever wants to look into them. */
const KEPT = 3;

/** Lets go of the oldest: a disk that damages one after the other must not be filled with them. @returns their names */
export async function dropOldQuarantine(databaseFile: string): Promise<string[]> {
  const folder = dirname(databaseFile);
  const prefix = `${basename(databaseFile)}.damaged-`;
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const stamps = [...new Set(names.map((name) => name.replace(/-(wal|shm)$/, '')))].sort();
  const old = new Set(stamps.slice(0, -KEPT));
  const drop = names.filter((name) => old.has(name.replace(/-(wal|shm)$/, '')));
  await Promise.all(drop.map((name) => rm(join(folder, name), { force: true })));
  return drop;
}
