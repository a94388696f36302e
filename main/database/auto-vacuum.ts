import { existsSync } from 'node:fs';
import { rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFile, syncFolder } from '../files/durable';
import type { RunJob } from './jobs';

/** A larger one would keep a start waiting: it stays as it is, and only reuses its free pages itself. */
const LARGEST_BYTES = 256 * 1024 * 1024;
/** The copy beside the original, and as much again left free. */
const ROOM_FACTOR = 2;

/**
 * Rewrites a database of an older version so that it can give back space in small steps. It must be closed and have no
 * log. What there is stays untouched until a whole copy takes its place.
 * @returns whether it was done; false: too large, no room, or still with a log
 */
export async function makeVacuumIncremental(run: RunJob, file: string): Promise<boolean> {
  const { size } = await stat(file);
  const disk = await statfs(dirname(file));
  if (size > LARGEST_BYTES || disk.bavail * disk.bsize < ROOM_FACTOR * size) return false;
  const target = `${file}.compacting`;
  await removeUnfinished(file);
  try {
    const damage = await run('compact', { file, target });
    if (damage !== null || existsSync(`${file}-wal`)) return false;
    await syncFile(target);
    await rename(target, file);
  } finally {
    await removeUnfinished(file);
  }
  await syncFolder(dirname(file));
  return true;
}

/** What was left of it by a power cut. */
async function removeUnfinished(file: string): Promise<void> {
  for (const suffix of ['', '-journal', '-wal', '-shm']) {
    await rm(`${file}.compacting${suffix}`, { force: true });
  }
}
