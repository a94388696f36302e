import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stampMs } from '../database/backup-plan';

/** Damaged databases that are kept for whoever wants to look into them. */
const KEPT = 3;
/** And not longer: what is to be forgotten is in them still. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Lets go of the oldest: a disk that damages one after the other must not be filled with them.
 * @param nowMs by a clock that is known to be right; null: none tells how old they are
 * @returns their names
 */
export async function dropOldQuarantine(
  databaseFile: string,
  nowMs: number | null,
): Promise<string[]> {
  const folder = dirname(databaseFile);
  const prefix = `${basename(databaseFile)}.damaged-`;
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const stampOf = (name: string): string => name.slice(prefix.length).replace(/-(wal|shm)$/, '');
  const stamps = [...new Set(names.map(stampOf))].sort();
  const limitMs = nowMs === null ? -Infinity : nowMs - KEPT_DAYS * DAY_MS;
  const isOutdated = (stamp: string): boolean => (stampMs(stamp) ?? Infinity) < limitMs;
  const old = new Set([...stamps.slice(0, -KEPT), ...stamps.filter(isOutdated)]);
  const drop = names.filter((name) => old.has(stampOf(name)));
  await Promise.all(drop.map((name) => rm(join(folder, name), { force: true })));
  return drop;
}
