import type Sqlite from 'better-sqlite3';
import { StationError } from '../station-error';
import { openSqlite } from './connection';

/**
 * What SQLite says of a file that is not open, or null when it is well. Looks only: a connection that may
 * write would, when it closes, do away with the log of a database that it cannot read.
 * @throws better-sqlite3's SqliteError when the file cannot be opened at all
 */
export function damageOfFile(file: string): string | null {
  try {
    const sqlite = openSqlite(file, { readonly: true });
    try {
      return findDamage(sqlite);
    } finally {
      sqlite.close();
    }
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  }
}

/**
 * What SQLite says of a file's health, or null when it is well.
 * A badly damaged file makes the pragma throw instead of answering: that is an answer too.
 */
function findDamage(sqlite: Sqlite.Database): string | null {
  try {
    const rows = sqlite.pragma('quick_check(3)') as readonly { quick_check: string }[];
    const problems = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
    return problems.length === 0 ? null : problems.join('; ');
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  }
}

/** Is this SQLite saying that the file itself is damaged (and not, say, that it is busy)? */
function isDamage(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB')
  );
}

/** A failure of SQLite as one sentence for a person; anything else stays what it is. */
export function asDatabaseError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (typeof error.code !== 'string' || !error.code.startsWith('SQLITE_')) return error;
  const message = `The database ${file} cannot be used: ${error.message}`;
  return new StationError('DATABASE_UNUSABLE', message, { cause: error });
}
