import { readFileSync } from 'node:fs';
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
  const sqlite = openSqlite(folder.lockFile, { timeoutMs: 0 });
  try {
    sqlite.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    sqlite.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error;
    throw new StationError(
      'DATA_FOLDER_IN_USE',
      `A console is already running on ${folder.root}${holder(folder)}. Stop it first, or choose another folder with --data.`,
    );
  }
  return {
    release: () => {
      sqlite.close();
    },
  };
}

function holder(folder: DataFolder): string {
  try {
    const { pid } = JSON.parse(readFileSync(folder.runtimeFile, 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? ` (process ${String(pid)})` : '';
  } catch {
    return '';
  }
}
