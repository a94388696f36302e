import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { type DataFolder, dataFolderAt } from './data-folder';
import { openSqlite } from './database/connection';
import { asDatabaseError } from './database/database-error';
import { StationError } from './station-error';

/** A command that asks one question holds the folder for a moment; a console that starts waits for it. */
const PATIENCE_MS = 2_000;

export interface FolderLock {
  release(): void;
}

/**
 * Takes the one right to run a station on a data folder. It is an exclusive SQLite transaction on a file
 * of its own: the kernel lets go of it when the process dies, however it dies, so it is never stale.
 * @throws StationError DATA_FOLDER_IN_USE
 */
export function lockFolder(folder: DataFolder, patienceMs = PATIENCE_MS): FolderLock {
  try {
    return tryLock(folder, patienceMs);
  } catch (error) {
    // The file never holds anything; what a failing disk made of it is no reason not to record. Nobody
    // else has the lock: else SQLite had not come as far as reading.
    if (codeOf(error) === 'SQLITE_NOTADB') {
      truncateSync(folder.lockFile);
      return tryLock(folder, patienceMs);
    }
    if (codeOf(error) !== 'SQLITE_BUSY') throw asDatabaseError(error, folder.lockFile);
    throw new StationError(
      'DATA_FOLDER_IN_USE',
      `A console is already running on ${folder.root}${holder(folder)}. Stop it first, or choose another folder with --data.`,
    );
  }
}

/** Does a console run on this data folder now? */
export function isAttended(dataDir: string): boolean {
  const folder = dataFolderAt(dataDir);
  if (!existsSync(folder.lockFile)) return false;
  try {
    lockFolder(folder, 0).release();
    return false;
  } catch (error) {
    // Where that cannot be told it counts as attended: nobody's recording is ended by mistake.
    return error instanceof Error;
  }
}

function tryLock(folder: DataFolder, patienceMs: number): FolderLock {
  let sqlite: ReturnType<typeof openSqlite> | null = null;
  try {
    sqlite = openSqlite(folder.lockFile, { timeoutMs: patienceMs });
    sqlite.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    sqlite?.close();
    throw error;
  }
  const held = sqlite;
  return {
    release: () => {
      held.close();
    },
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function holder(folder: DataFolder): string {
  try {
    const { pid } = JSON.parse(readFileSync(folder.runtimeFile, 'utf8')) as { pid?: unknown };
    if (typeof pid !== 'number') return '';
    process.kill(pid, 0); // throws when nobody has that number: the file is an old one
    return ` (process ${String(pid)})`;
  } catch {
    return '';
  }
}
