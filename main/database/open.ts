import { copyFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Clock } from '../clock/clock';
import { syncFile, syncFolder } from '../files/durable';
import { StationError } from '../station-error';
import { backUp, newestGoodBackup, quarantineDatabase } from './backup';
import { connect, type Connection } from './connection';
import { damageOfFile } from './integrity';
import { applyMigrations, inspectMigrations } from './migrate';
import { messageOf } from '../error-message';

export interface OpenOptions {
  readonly file: string;
  readonly backupDir: string;
  readonly migrationsDir: string;
  readonly clock: Clock;
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
    readonly quarantinedAs: string;
    readonly restoredFrom: string | null;
  } | null;
}

/**
 * Opens the station's database: integrity check, quarantine and restore if it is damaged, backup before
 * migration, migration. What no backup holds is found again on disk by the indexer's sweep.
 * @throws StationError DATABASE_FROM_FUTURE, DATABASE_UNUSABLE
 */
export async function openDatabase(options: OpenOptions): Promise<OpenReport> {
  const { file, backupDir, migrationsDir, clock } = options;
  let rescue: OpenReport['rescue'] = null;
  const damage = await findDamage(file, backupDir);
  if (damage !== null) {
    const restoredFrom = await newestGoodBackup(backupDir);
    const quarantinedAs = await quarantineDatabase(file, clock.wallMs());
    if (restoredFrom !== null) {
      await copyFile(restoredFrom, file);
      await syncFile(file);
    }
    await syncFolder(dirname(file));
    rescue = {
      damage,
      quarantinedAs,
      restoredFrom: restoredFrom === null ? null : basename(restoredFrom),
    };
  }
  const connection = reach(file, () => connect(file));
  try {
    const state = inspectMigrations(connection, migrationsDir);
    const backup =
      state.pending > 0 && !state.isNew
        ? await backUp(connection, backupDir, 'before-migration', clock.wallMs())
        : null;
    applyMigrations(connection, migrationsDir);
    return { connection, isNew: state.isNew, migrationsApplied: state.pending, backup, rescue };
  } catch (error) {
    connection.sqlite.close();
    throw error;
  }
}

async function findDamage(file: string, backupDir: string): Promise<string | null> {
  const size = await stat(file).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) return null;
  if (size > 0) return reach(file, () => damageOfFile(file));
  // A first start that was cut short leaves an empty file; where there are backups it was more once.
  return (await newestGoodBackup(backupDir)) === null ? null : 'the file is empty';
}

/** @throws StationError DATABASE_UNUSABLE */
function reach<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = messageOf(error);
    throw new StationError(
      'DATABASE_UNUSABLE',
      `The database ${file} cannot be opened: ${reason}`,
      {
        cause: error,
      },
    );
  }
}
