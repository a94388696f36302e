/** A copy of the database, as its name and its size tell of it. */
export interface Backup {
  readonly name: string;
  readonly sizeBytes: number;
  /** When it was made, UTC milliseconds: by a clock that may have been wrong. */
  readonly atMs: number;
  /** E.g. `scheduled`, `by-hand`, `before-migration`. */
  readonly why: string;
}

/** Copies of before a migration have their own count, so that no night of ordinary ones pushes the last of them out. */
const BEFORE_MIGRATION = 'before-migration';
const KEPT_BEFORE_MIGRATION = 3;
/** What is to be forgotten is in them still: they do not stay for years because no update comes. */
const BEFORE_MIGRATION_DAYS = 30;
const DAY_MS = 86_400_000;

const NAME = /^station_([^_]+)_([a-z0-9-]+)\.db$/;
const STAMP = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2}\.\d{3}Z)$/;

/** @returns null for anything that is no backup of ours */
export function parseBackupName(name: string): Pick<Backup, 'atMs' | 'why'> | null {
  const found = NAME.exec(name);
  if (found === null) return null;
  const [, stamp = '', why = ''] = found;
  const atMs = stampMs(stamp);
  return atMs === null ? null : { atMs, why };
}

/** UTC milliseconds of a time as it stands in file names; null: it is none. */
export function stampMs(stamp: string): number | null {
  const found = STAMP.exec(stamp);
  if (found === null) return null;
  const [, day, hours, minutes, seconds] = found;
  const atMs = Date.parse(`${String(day)}T${String(hours)}:${String(minutes)}:${String(seconds)}`);
  return Number.isNaN(atMs) ? null : atMs;
}

/** The newest first; those that a wrong clock dated into the future come last: nothing tells how old they are. */
export function newestFirst(backups: readonly Backup[], nowMs: number): Backup[] {
  const lies = (backup: Backup): number => (backup.atMs > nowMs ? 1 : 0);
  return [...backups].sort((a, b) => lies(a) - lies(b) || b.atMs - a.atMs);
}

/**
 * Those that may go now that there are enough newer ones.
 * @param backups the newest first
 */
export function surplusOf(backups: readonly Backup[], kept: number): Backup[] {
  const of = (isBefore: boolean): Backup[] =>
    backups.filter(({ why }) => (why === BEFORE_MIGRATION) === isBefore);
  return [...of(false).slice(kept), ...of(true).slice(KEPT_BEFORE_MIGRATION)];
}

/**
 * Copies of before a migration that are too old, but never the newest copy of all.
 * @param backups the newest first
 * @param nowMs by a clock that is known to be right
 */
export function outdatedOf(backups: readonly Backup[], nowMs: number): Backup[] {
  const limitMs = nowMs - BEFORE_MIGRATION_DAYS * DAY_MS;
  return backups.slice(1).filter(({ why, atMs }) => why === BEFORE_MIGRATION && atMs < limitMs);
}

/**
 * Is it time for the next one?
 * @param sinceMadeMs since this console made one, monotonic milliseconds; null: it made none
 * @param clockTrusted does the wall clock tell how old the others are?
 */
export function isBackupDue(facts: {
  readonly backups: readonly Backup[];
  readonly nowMs: number;
  readonly intervalMs: number;
  readonly sinceMadeMs: number | null;
  readonly clockTrusted: boolean;
}): boolean {
  const { backups, nowMs, intervalMs, sinceMadeMs, clockTrusted } = facts;
  if (sinceMadeMs !== null) return sinceMadeMs >= intervalMs;
  if (backups.length === 0) return true;
  if (!clockTrusted) return false;
  return !backups.some(({ atMs }) => atMs <= nowMs && nowMs - atMs < intervalMs);
}

/** How room is made for a copy: what goes, and whether it is enough then. */
export interface RoomPlan {
  readonly drop: readonly Backup[];
  readonly enough: boolean;
  readonly missingBytes: number;
}

/**
 * Older copies make room for a newer one, but never the newest.
 * @param backups the newest first
 * @param reserveBytes what must stay free for recordings
 */
export function planRoom(facts: {
  readonly backups: readonly Backup[];
  readonly copyBytes: number;
  readonly freeBytes: number;
  readonly reserveBytes: number;
}): RoomPlan {
  const { backups, copyBytes, freeBytes, reserveBytes } = facts;
  let missingBytes = copyBytes + reserveBytes - freeBytes;
  const drop: Backup[] = [];
  for (const backup of backups.slice(1).reverse()) {
    if (missingBytes <= 0) break;
    drop.push(backup);
    missingBytes -= backup.sizeBytes;
  }
  const enough = missingBytes <= 0;
  return { drop: enough ? drop : [], enough, missingBytes: Math.max(0, missingBytes) };
}
