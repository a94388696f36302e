import { constants, existsSync } from 'node:fs';
import { copyFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../clock/clock';
import { syncFile, syncFolder } from '../files/durable';
import { StationError } from '../station-error';
import { makeVacuumIncremental } from './auto-vacuum';
import { backUp, newestGoodBackup, quarantineDatabase } from './backup';
import { connect, type Connection } from './connection';
import { type RunJob, runHere } from './jobs';
import { clearMark, readMark, type Restoration, setMark } from './marks';
import { applyMigrations, inspectMigrations } from './migrate';
import { messageOf } from '../error-message';

/** A larger database is not read whole before recording may begin, but behind its back. */
const READ_WHOLE_BYTES = 64 * 1024 * 1024;
/** A smaller one is read faster than a thread is started. */
const READ_HERE_BYTES = 8 * 1024 * 1024;
/** Ordinary copies that stay: all. How many are too many is the upkeep's to say, which knows the settings. */
const KEPT = Number.POSITIVE_INFINITY;

export interface OpenOptions {
  readonly file: string;
  readonly backupDir: string;
  readonly migrationsDir: string;
  readonly clock: Clock;
  /** Where the checks and copies of a larger database are made; default: right here. */
  readonly run?: RunJob;
  /** A station was here before: a database that is new then is one that was lost. */
  readonly isKnown?: boolean;
  /** Files up to this size are read whole at each start; default 64 MB. */
  readonly readWholeBytes?: number;
}

/** What was found and done while opening, for alerts and the log. */
export interface OpenReport {
  readonly connection: Connection;
  /** It was made just now: there was none, or an empty one. */
  readonly isNew: boolean;
  readonly migrationsApplied: number;
  /** Path of the backup made before migrating. */
  readonly backup: string | null;
  /** The file was damaged: what SQLite said, where it lies now, and what took its place. */
  readonly rescue: {
    readonly damage: string;
    /** null: nothing of it was left. */
    readonly quarantinedAs: string | null;
    readonly restoredFrom: string | null;
  } | null;
  /** False: it is large and was only looked at here and there. */
  readonly readWhole: boolean;
  /** What had spoken against it while it ran, and proved wrong; null: nothing had. */
  readonly clearedSuspicion: string | null;
  /** It is not the one that knew all, and no audit has passed since; null: it is. */
  readonly restoration: Restoration | null;
}

/**
 * Opens the station's database: integrity check, quarantine and restore if it is damaged, backup before
 * migration, migration. What no backup holds is found again on disk by the indexer's sweep.
 * @throws StationError DATABASE_FROM_FUTURE, DATABASE_UNUSABLE, NO_ROOM_FOR_BACKUP
 */
export async function openDatabase(options: OpenOptions): Promise<OpenReport> {
  const { file, backupDir, migrationsDir, clock } = options;
  const run = ((await sizeOf(file)) ?? 0) > READ_HERE_BYTES ? (options.run ?? runHere) : runHere;
  const suspicion = await readMark(file, 'suspected');
  const look = await lookAt(options, run, suspicion !== null);
  const rescue = look.damage === null ? null : await rescueFrom(options, run, look.damage);
  if (suspicion !== null) await clearMark(file, 'suspected');
  let connection = reach(file, () => connect(file));
  try {
    const state = inspectMigrations(connection, migrationsDir);
    if (state.isNew && rescue === null && options.isKnown === true) {
      const reason = 'the database was missing';
      await setMark(file, 'restored', { atMs: clock.wallMs(), reason, restoredFrom: null });
    }
    const order = { file, backupDir, why: 'before-migration', nowMs: clock.wallMs(), kept: KEPT };
    const copy = (target: string): Promise<string | null> => run('copy', { file, target });
    const made = state.pending > 0 && !state.isNew ? await backUp(copy, order) : null;
    applyMigrations(connection, migrationsDir);
    if (!reclaimsSpace(connection)) {
      connection.sqlite.close();
      await makeVacuumIncremental(run, file);
      connection = reach(file, () => connect(file));
    }
    return {
      connection,
      isNew: state.isNew,
      migrationsApplied: state.pending,
      backup: made === null ? null : join(backupDir, made.name),
      rescue,
      readWhole: look.readWhole || rescue !== null,
      clearedSuspicion: rescue === null ? (suspicion?.reason ?? null) : null,
      restoration: await readMark(file, 'restored'),
    };
  } catch (error) {
    connection.sqlite.close();
    throw error;
  }
}

interface Look {
  readonly damage: string | null;
  readonly readWhole: boolean;
}

async function lookAt(options: OpenOptions, run: RunJob, isSuspected: boolean): Promise<Look> {
  const { file, backupDir, clock, readWholeBytes = READ_WHOLE_BYTES } = options;
  const size = await sizeOf(file);
  if (size !== null && size > 0) {
    const readWhole = isSuspected || size <= readWholeBytes;
    const depth = isSuspected ? 'whole' : readWhole ? 'quick' : 'light';
    const damage = await run('check', { file, depth }).catch((error: unknown) => {
      throw unusable(file, error);
    });
    return { damage, readWhole };
  }
  // A first start that was cut short leaves an empty file; where there are backups it was more once.
  const wasMore = (await newestGoodBackup(run, backupDir, clock.wallMs())) !== null;
  const what = size === null ? 'the file is missing' : 'the file is empty';
  return { damage: wasMore ? what : null, readWhole: true };
}

/** Nothing is deleted, and a power cut at any moment leaves what the next opening can go on from. */
async function rescueFrom(
  { file, backupDir, clock }: OpenOptions,
  run: RunJob,
  damage: string,
): Promise<NonNullable<OpenReport['rescue']>> {
  const nowMs = clock.wallMs();
  const source = await newestGoodBackup(run, backupDir, nowMs);
  const restoredFrom = source === null ? null : basename(source);
  await setMark(file, 'restored', { atMs: nowMs, reason: damage, restoredFrom });
  const restoring = `${file}.restoring`;
  if (source !== null) {
    // Before the other is moved: for want of room it would lie there with nothing in its place.
    await copyFile(source, restoring, constants.COPYFILE_FICLONE);
    await syncFile(restoring);
  }
  const wasThere = ['', '-wal', '-shm'].some((suffix) => existsSync(file + suffix));
  // The log of another file would be taken for that of the copy.
  const quarantinedAs = wasThere ? await quarantineDatabase(file, nowMs) : null;
  if (source !== null) await rename(restoring, file);
  await syncFolder(dirname(file));
  return { damage, quarantinedAs, restoredFrom };
}

/** Bytes; null where there is no such file. */
function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    (found) => found.size,
    () => null,
  );
}

function reclaimsSpace({ sqlite }: Connection): boolean {
  return sqlite.pragma('auto_vacuum', { simple: true }) !== 0;
}

/** @throws StationError DATABASE_UNUSABLE */
function reach<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, error: unknown): StationError {
  const reason = messageOf(error);
  return new StationError('DATABASE_UNUSABLE', `The database ${file} cannot be opened: ${reason}`, {
    cause: error,
  });
}
