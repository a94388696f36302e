import { readFileSync, truncateSync } from 'node:fs';
import type { DataFolder } from './data-folder';
import { openSqlite } from './database/connection';
import { StationError } from './station-error';

export interface FolderLock {
  release(): void;
}

/**
 * Takes the one right to run a station on a data folder. It is an exclusive SQLite transaction on a file
 * of its own: the kernel lets go of it when the process dies, however it dies, so it is never stale.
 * @throws StationError DATA_FOLDER_IN_USE
 */
export function lockFolder(folder: DataFolder): FolderLock {
  try {
    return tryLock(folder);
  } catch (error) {
    // The file never holds anything; what a failing disk made of it is no reason not to record. Nobody
    // else has the lock: else SQLite had not come as far as reading.
    if (codeOf(error) === 'SQLITE_NOTADB') {
      truncateSync(folder.lockFile);
      return tryLock(folder);
    }
    if (codeOf(error) !== 'SQLITE_BUSY') throw error;
    throw new StationError(
      'DATA_FOLDER_IN_USE',
      `A console is already running on ${folder.root}${holder(folder)}. Stop it first, or choose another folder with --data.`,
    );
  }
}

function tryLock(folder: DataFolder): FolderLock {
  const sqlite = openSqlite(folder.lockFile, { timeoutMs: 0 });
  try {
    sqlite.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    sqlite.close();
    throw error;
  }
  return {
    release: () => {
      sqlite.close();
    },
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function holder(folder: DataFolder): string {
  try {
    const { pid } = JSON.parse(readFileSync(folder.runtimeFile, 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? ` (process ${String(pid)})` : '';
  } catch {
    return '';
  }
}
